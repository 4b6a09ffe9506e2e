import type { CountMetric } from "../../evaluate/metric";
import type { FairnessConstraint, FairnessVerdict } from "../constraint";
import type { Figure } from "../figure";
import { estimatesAsContrasts } from "../intervals/contrasts";
import { disparityOf, type NamedEstimate } from "../intervals/disparity";
import { noFigure } from "../intervals/estimate";
import { highest } from "../intervals/highest";
import {
  groupEstimates,
  type GroupEvidence,
  type Growth,
  type JudgedGroups,
} from "./group-estimates";
import { judgedMetrics } from "./judged-metrics";

/** What is judged of groups: how far they are apart, their ratio, or the largest loss; and how much is allowed. */
export type Measure = { kind: "difference" | "ratio" | "loss"; limit: number };

export interface Judgement {
  verdict: FairnessVerdict;
  figure: Figure;
  /** The metric that is farthest from the limit, and the two groups farthest apart in it. */
  metric: CountMetric;
  lowest: NamedEstimate | null;
  highest: NamedEstimate | null;
  unjudged: JudgedGroups["unjudged"];
  /** How many contrasts were judged together: pairs of groups, or groups. */
  contrasts: number;
}

export const asTheyAre: Growth = { factor: 1, margin: 0 };

/**
 * Pass where the whole interval of the figure keeps the limit and no group is unjudged, fail where the whole of it is
 * beyond.
 */
export function judgeGroups(
  constraint: FairnessConstraint,
  measure: Measure,
  evidence: GroupEvidence,
  growth = asTheyAre,
): Judgement {
  const seen = judgedMetrics(constraint.constraint).map((metric) => ({
    metric,
    ...groupEstimates(evidence, metric, growth, measure.kind === "loss" ? "exact" : "wilson"),
  }));
  const least = measure.kind === "loss" ? 1 : 2;
  const comparable = seen.filter(({ judged }) => judged.length >= least);
  const figure = figureOf(
    measure,
    (comparable.length > 0 ? comparable : seen).map(({ judged }) => judged),
    evidence.confidence,
  );
  const unjudged = seen
    .flatMap((each) => each.unjudged)
    .filter((one, i, all) => all.findIndex(({ group }) => group === one.group) === i);
  const worst = farthest(measure, comparable);
  const contrasts = comparable.reduce((sum, { judged: { length } }) => {
    return sum + (measure.kind === "loss" ? length : (length * (length - 1)) / 2);
  }, 0);
  const verdict = verdictOf(figure, measure, unjudged.length === 0);
  return {
    verdict,
    figure,
    unjudged,
    contrasts,
    ...(worst ?? { metric: firstOf(seen), ...nobody }),
  };
}

const nobody = { lowest: null, highest: null };

function firstOf(seen: readonly { metric: CountMetric }[]): CountMetric {
  return (seen[0] as { metric: CountMetric }).metric;
}

function figureOf(measure: Measure, metrics: NamedEstimate[][], confidence: number): Figure {
  if (measure.kind !== "loss") return disparityOf(metrics, { confidence })[measure.kind];
  const groups = metrics.flat();
  const { value, low, high } = highest(estimatesAsContrasts(groups), confidence);
  const denominator = Math.min(...groups.map((group) => group.denominator));
  if (!Number.isFinite(value)) return noFigure(0);
  const interval = low === null || high === null ? null : "simultaneous";
  return { value, low, high, denominator, interval };
}

function verdictOf(
  { low, high }: Figure,
  { kind, limit }: Measure,
  isWhole: boolean,
): FairnessVerdict {
  if (low === null || high === null) return "insufficient";
  const [isKept, isBroken] =
    kind === "ratio" ? [low >= limit, high < limit] : [high <= limit, low > limit];
  if (isBroken) return "fail";
  return isKept && isWhole ? "pass" : "insufficient";
}

/** The metric in which two groups are farthest apart, and the two. */
function farthest(
  { kind }: Measure,
  metrics: readonly { metric: CountMetric; judged: readonly NamedEstimate[] }[],
): { metric: CountMetric; lowest: NamedEstimate; highest: NamedEstimate } | null {
  const distance = (lowest: NamedEstimate, highest: NamedEstimate) =>
    kind === "ratio" ? -lowest.value / highest.value : highest.value - lowest.value;
  let worst: ReturnType<typeof farthest> = null;
  for (const { metric, judged } of metrics) {
    const sorted = Array.from(judged).sort((a, b) => a.value - b.value);
    const [lowest, highest] = [sorted[0], sorted.at(-1)];
    if (lowest === undefined || highest === undefined) continue;
    if (worst === null || distance(lowest, highest) > distance(worst.lowest, worst.highest))
      worst = { metric, lowest, highest };
  }
  return worst;
}

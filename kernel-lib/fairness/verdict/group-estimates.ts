import type { BinaryCounts, CountMetric } from "../../evaluate/metric";
import { countEstimate } from "../intervals/count-estimate";
import type { NamedEstimate } from "../intervals/disparity";
import { estimateOf, type Estimate } from "../intervals/estimate";
import type { FairnessGroup, FairnessReport } from "../report";
import { regressionLoss } from "./judged-metrics";

/** What the rows would be if there were more of them. */
export interface Growth {
  /** Rows by the rows there are, 1 for these. */
  factor: number;
  /** Standard errors by which every interval is wider on either side, 0 for as it is. */
  margin: number;
}

export interface GroupEvidence {
  /** Of a regression figures tell, else counts alone. */
  problem: FairnessReport["problem"];
  groups: readonly FairnessGroup[];
  /** Of the figures' intervals. */
  confidence: number;
  smallGroup: number;
}

export interface JudgedGroups {
  judged: NamedEstimate[];
  unjudged: { group: string; reason: string }[];
}

/**
 * Of each group its value with its uncertainty, or why there is none to judge by.
 *
 * @param method the interval of a rate that is judged by itself is best exact: the ends of Wilson's miss small rates
 * more often on one side than on the other
 */
export function groupEstimates(
  evidence: GroupEvidence,
  metric: CountMetric,
  growth: Growth,
  method: "wilson" | "exact",
): JudgedGroups {
  const judged: NamedEstimate[] = [];
  const unjudged: JudgedGroups["unjudged"] = [];
  for (const group of evidence.groups) {
    const estimate = widened(estimateOfGroup(evidence, group, metric, growth, method), growth);
    const reason = whyUnjudged(evidence, group, metric, estimate, growth.factor);
    if (reason === null) judged.push({ ...estimate, name: group.name });
    else unjudged.push({ group: group.name, reason });
  }
  return { judged, unjudged };
}

function estimateOfGroup(
  { confidence, problem }: GroupEvidence,
  group: FairnessGroup,
  metric: CountMetric,
  { factor }: Growth,
  method: "wilson" | "exact",
): Estimate {
  const { counts, rowCounts, weightSquares } = group;
  if (counts !== null && problem === "binary")
    return countEstimate(
      metric,
      {
        counts: times(counts, factor),
        rowCounts: rowCounts === null ? null : times(rowCounts, factor),
        weightSquares: weightSquares ? times(weightSquares, factor) : null,
      },
      method,
    );
  const figure = problem === "regression" ? group.figures[regressionLoss] : undefined;
  if (figure === undefined) return { value: NaN, limits: null, denominator: 0, method: null };
  const { limits, ...estimate } = estimateOf(figure, confidence);
  return { ...estimate, limits: limits && ((z) => limits(z / Math.sqrt(factor))) };
}

function times(counts: BinaryCounts, factor: number): BinaryCounts {
  return {
    truePositives: counts.truePositives * factor,
    falsePositives: counts.falsePositives * factor,
    falseNegatives: counts.falseNegatives * factor,
    trueNegatives: counts.trueNegatives * factor,
  };
}

function widened(estimate: Estimate, { margin }: Growth): Estimate {
  const { limits } = estimate;
  return { ...estimate, limits: limits && ((z) => limits(z + margin)) };
}

const nothingToDivideBy: Readonly<Record<CountMetric["denominator"], string>> = {
  rows: "no rows",
  positives: "no positives",
  negatives: "no negatives",
  "predicted-positives": "no row was selected",
  "predicted-negatives": "no row was rejected",
};

function whyUnjudged(
  { smallGroup, problem }: GroupEvidence,
  group: FairnessGroup,
  metric: CountMetric,
  estimate: Estimate,
  factor: number,
): string | null {
  if (group.rows === 0) return "no rows";
  if (factor === 1 ? group.small : group.rows * factor < smallGroup)
    return `${group.rows} ${group.rows === 1 ? "row" : "rows"}, too few to judge by`;
  if (problem === "binary" && group.counts === null) return "no answers were counted";
  if (!Number.isFinite(estimate.value))
    return problem === "regression" ? "no error is known" : nothingToDivideBy[metric.denominator];
  return estimate.limits === null ? "no interval is known" : null;
}

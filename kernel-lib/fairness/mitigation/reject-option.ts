import { AssayerError } from "../../errors";
import type { BinaryCounts } from "../../evaluate/metric";
import { requireProbabilities } from "../../evaluate/score-rows";
import type { DecisionRule } from "../decision-rule";
import { countsOf, groupCurves, type GroupCurve, type ScoredRows } from "./group-curves";
import { rateNamed } from "./parity";
import { outcomeOf, sumCounts, type RuleOutcome } from "./rule-outcome";

const metrics = {
  statisticalParityDifference: ["selectionRate"],
  averageOddsDifference: ["falsePositiveRate", "truePositiveRate"],
  equalOpportunityDifference: ["truePositiveRate"],
} as const;

/** The disadvantaged groups' rate minus the others'; of average odds, the mean of two such. */
export type RejectOptionMetric = keyof typeof metrics;

export interface RejectOptionOptions extends ScoredRows {
  /** Names of the groups that have the advantage; all others are helped. */
  privileged: readonly string[];
  /** Default `statisticalParityDifference`. */
  metric?: RejectOptionMetric;
  /** Range that the metric has to keep to, default -0.05 to 0.05. */
  lower?: number;
  upper?: number;
  /** Thresholds that are tried: default 100 from 0.01 to 0.99. */
  lowThreshold?: number;
  highThreshold?: number;
  thresholds?: number;
  /** Margins that are tried at each threshold, from 0 to the nearer end of 0 to 1; default 50. */
  margins?: number;
}

export interface RejectOption {
  rule: DecisionRule;
  threshold: number;
  /** Scores as near to the threshold as this get a yes when disadvantaged, else a no. */
  margin: number;
  /** What the metric is then. */
  fairness: number;
  balancedAccuracy: number;
  /** False when no threshold and margin keep the metric in its range: then it is the one nearest to 0. */
  satisfied: boolean;
  outcome: RuleOutcome;
}

const balancedAccuracy = rateNamed("balancedAccuracy");

/**
 * Around the threshold, where the model is least sure, disadvantaged groups get a yes and the others a no. Of all
 * thresholds and margins tried it takes the one of highest balanced accuracy whose metric keeps to its range.
 *
 * @throws AssayerError "invalid-argument" for bad rows or options, unknown groups, scores outside 0 to 1, or a side
 *   without a class that the metric needs
 * @see Kamiran, Karim and Zhang 2012; AIF360 0.6, `RejectOptionClassification`
 */
export function rejectOption(options: RejectOptionOptions): RejectOption {
  const { privileged, metric = "statisticalParityDifference" } = options;
  const { lower = -0.05, upper = 0.05, lowThreshold = 0.01, highThreshold = 0.99 } = options;
  const { thresholds = 100, margins = 50 } = options;
  if (!Object.hasOwn(metrics, metric))
    refuse(`unknown metric: ${metric}; expected one of ${Object.keys(metrics).join(", ")}`);
  if (!(lower <= upper)) refuse(`rejectOption requires lower ≤ upper; got ${lower} and ${upper}`);
  if (!(lowThreshold >= 0 && lowThreshold < highThreshold && highThreshold <= 1))
    refuse(
      `rejectOption requires 0 ≤ lowThreshold < highThreshold ≤ 1; got ${lowThreshold} and ${highThreshold}`,
    );
  for (const count of [thresholds, margins])
    if (!Number.isInteger(count) || count < 1)
      refuse(
        `rejectOption requires numbers of thresholds and margins of 1 or more; got ${thresholds} and ${margins}`,
      );
  const { groups, sensitiveFeatures } = groupCurves("rejectOption", options);
  requireProbabilities("rejectOption", Float64Array.from(options.yScore));
  for (const name of privileged)
    if (!groups.some(({ group }) => group === name))
      refuse(
        `unknown group: ${name}; expected one of ${groups.map(({ group }) => group).join(", ")}`,
      );
  const advantaged = groups.filter(({ group }) => privileged.includes(group));
  const others = groups.filter(({ group }) => !privileged.includes(group));
  if (advantaged.length === 0 || others.length === 0)
    refuse("rejectOption requires privileged and other groups; got one side alone");
  const rates = metrics[metric].map(rateNamed);

  const measured = (threshold: number, margin: number) => {
    const above = sumCounts(advantaged.map((curve) => countsAbove(curve, threshold + margin)));
    const helped = sumCounts(others.map((curve) => countsAbove(curve, threshold - margin)));
    const fairness =
      rates.reduce((sum, { compute }) => sum + (compute(helped) - compute(above)), 0) /
      rates.length;
    return {
      threshold,
      margin,
      fairness,
      balancedAccuracy: balancedAccuracy.compute(sumCounts([above, helped])),
    };
  };
  const tried = spaced(lowThreshold, highThreshold, thresholds).flatMap((threshold) =>
    spaced(0, Math.min(threshold, 1 - threshold), margins).map((margin) =>
      measured(threshold, margin),
    ),
  );
  if (tried.some((each) => Number.isNaN(each.fairness + each.balancedAccuracy)))
    refuse(
      `rejectOption requires positive and negative labels on both sides for ${metric}; got none of a kind`,
    );
  const within = tried.filter(({ fairness }) => fairness >= lower && fairness <= upper);
  const satisfied = within.length > 0;
  const chosen = satisfied
    ? within.reduce((best, each) => (each.balancedAccuracy > best.balancedAccuracy ? each : best))
    : tried.reduce((best, each) =>
        Math.abs(each.fairness) < Math.abs(best.fairness) ? each : best,
      );
  const limitOf = (group: string) =>
    privileged.includes(group)
      ? chosen.threshold + chosen.margin
      : chosen.threshold - chosen.margin;
  return {
    rule: {
      kind: "decision-rule",
      format: 1,
      constraint: metric,
      objective: "balancedAccuracy",
      sensitiveFeatures,
      groups: groups.map(({ group }) => ({
        group,
        thresholds: [limitOf(group)],
        levels: [0, 1],
      })),
      otherwise: { thresholds: [chosen.threshold], levels: [0, 1] },
      key: "",
    },
    ...chosen,
    satisfied,
    outcome: outcomeOf(
      groups.map((curve) => ({ curve, counts: countsAbove(curve, limitOf(curve.group)) })),
    ),
  };
}

function refuse(message: string): never {
  throw new AssayerError("invalid-argument", message);
}

/** Counts of scores above a limit. */
function countsAbove(curve: GroupCurve, limit: number): BinaryCounts {
  let low = 0;
  let high = curve.scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((curve.scores[middle] as number) > limit) low = middle + 1;
    else high = middle;
  }
  return countsOf(curve, curve.truePositives[low] as number, curve.falsePositives[low] as number);
}

/** Evenly spaced numbers, rounded as NumPy's `linspace` rounds them. */
function spaced(from: number, to: number, count: number): number[] {
  const step = (to - from) / (count - 1);
  return Array.from({ length: count }, (_, i) =>
    count > 1 && i === count - 1 ? to : i === 0 ? from : i * step + from,
  );
}

import { AssayerError } from "../../errors";
import { countMetrics, type CountMetricName } from "../../evaluate/count-metrics";
import type { CountMetric } from "../../evaluate/metric";

/**
 * Which rates are to be equal in all groups: selection rates (`demographicParity`, `selectionRateParity`), true positive
 * rates (`truePositiveRateParity`, `equalOpportunity`), the other rates by their names, or true and false positive rates
 * together (`equalizedOdds`).
 */
export type ParityConstraint = keyof typeof constraints;

/** What is to be as high as the constraint allows. */
export type ParityObjective = (typeof objectives)[number];

const constraints = {
  demographicParity: ["selectionRate"],
  selectionRateParity: ["selectionRate"],
  truePositiveRateParity: ["truePositiveRate"],
  equalOpportunity: ["truePositiveRate"],
  falsePositiveRateParity: ["falsePositiveRate"],
  trueNegativeRateParity: ["trueNegativeRate"],
  falseNegativeRateParity: ["falseNegativeRate"],
  equalizedOdds: ["falsePositiveRate", "truePositiveRate"],
} as const;

const objectives = [
  "accuracy",
  "balancedAccuracy",
  "selectionRate",
  "truePositiveRate",
  "trueNegativeRate",
] as const;

/** With equalized odds the others would be best at always or never. */
const objectivesOfEqualizedOdds = ["accuracy", "balancedAccuracy"] as const;

/** The metrics that a constraint wants equal. */
export function parityMetrics(constraint: ParityConstraint): CountMetric[] {
  if (!Object.hasOwn(constraints, constraint))
    throw new AssayerError(
      "invalid-argument",
      `unknown constraint: ${constraint}; expected one of ${Object.keys(constraints).join(", ")}`,
    );
  return constraints[constraint].map(rateNamed);
}

/** The metric that an objective is. */
export function objectiveMetric(
  constraint: ParityConstraint,
  objective: ParityObjective,
): CountMetric {
  const allowed: readonly ParityObjective[] =
    constraint === "equalizedOdds" ? objectivesOfEqualizedOdds : objectives;
  if (!allowed.includes(objective))
    throw new AssayerError(
      "invalid-argument",
      `unknown objective for ${constraint}: ${objective}; expected one of ${allowed.join(", ")}`,
    );
  return rateNamed(objective);
}

export function rateNamed(name: CountMetricName): CountMetric {
  return countMetrics.find((metric) => metric.name === name) as CountMetric;
}

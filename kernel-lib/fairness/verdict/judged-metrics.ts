import { countMetrics, type CountMetricName } from "../../evaluate/count-metrics";
import type { CountMetric } from "../../evaluate/metric";
import type { ConstraintName } from "../constraint";

const names: Readonly<Record<ConstraintName, readonly CountMetricName[]>> = {
  demographicParity: ["selectionRate"],
  equalOpportunity: ["truePositiveRate"],
  equalizedOdds: ["truePositiveRate", "falsePositiveRate"],
  predictiveParity: ["precision"],
  falsePositiveRateParity: ["falsePositiveRate"],
  accuracyParity: ["accuracy"],
  boundedGroupLoss: ["zeroOneLoss"],
};

export const constraintNames = Object.keys(names) as readonly ConstraintName[];

/** What a constraint keeps equal between groups, or of `boundedGroupLoss` small. */
export function judgedMetrics(constraint: ConstraintName): CountMetric[] {
  return countMetrics.filter(({ name }) => names[constraint].includes(name));
}

/** The figure of a regression's groups that `boundedGroupLoss` judges. */
export const regressionLoss = "mae";

import type { GroupedLabels } from "./demographic-parity";
import type { Figure } from "./figure";
import { metricFrame } from "./metric-frame";

/**
 * How far groups are apart in how often those who deserve it are selected: the highest true positive rate minus the
 * lowest. A group without a positive has none, and is left out; where fewer than two are left, the answer is null.
 *
 * @throws AssayerError "invalid-argument" as `metricFrame`
 * @see https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.equal_opportunity_difference.html
 */
export function equalOpportunityDifference(input: GroupedLabels): Figure {
  return metricFrame({ ...input, metrics: ["truePositiveRate"] }).difference(input.method)
    .truePositiveRate as Figure;
}

/** The lowest true positive rate by the highest. */
export function equalOpportunityRatio(input: GroupedLabels): Figure {
  return metricFrame({ ...input, metrics: ["truePositiveRate"] }).ratio(input.method)
    .truePositiveRate as Figure;
}

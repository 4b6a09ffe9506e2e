import type { Comparison, Figure } from "./figure";
import type { MetricFrameInput } from "./frame/frame-input";
import { metricFrame } from "./metric-frame";

/** Labels, predicted labels and groups, and how intervals are made. */
export interface GroupedLabels extends Omit<
  MetricFrameInput,
  "metrics" | "yPred" | "yScore" | "controlFeatures" | "smallGroup"
> {
  yPred: NonNullable<MetricFrameInput["yPred"]>;
  /** Default `betweenGroups`. */
  method?: Comparison;
}

/**
 * How far groups are apart in how often they are selected: the highest selection rate minus the lowest. 0 is parity.
 *
 * @param input labels of n ≥ 1 rows and their groups
 * @returns 0 to 1, with its interval; null where fewer than two groups have rows
 * @throws AssayerError "invalid-argument" as `metricFrame`
 * @see https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.demographic_parity_difference.html
 */
export function demographicParityDifference(input: GroupedLabels): Figure {
  return metricFrame({ ...input, metrics: ["selectionRate"] }).difference(input.method)
    .selectionRate as Figure;
}

/** The lowest selection rate by the highest: 1 is parity, and 0.8 what the four-fifths rule asks for. */
export function demographicParityRatio(input: GroupedLabels): Figure {
  return metricFrame({ ...input, metrics: ["selectionRate"] }).ratio(input.method)
    .selectionRate as Figure;
}

import type { GroupedLabels } from "./demographic-parity";
import type { Figure } from "./figure";
import { metricFrame } from "./metric-frame";

export interface EqualizedOddsInput extends GroupedLabels {
  /** Of the true positive and the false positive rate the worse, which is the default, or their mean. */
  agg?: "worstCase" | "mean";
}

/**
 * How far groups are apart in true positive and in false positive rate: the larger of the two differences, or their
 * mean. Null where either cannot be told.
 *
 * @throws AssayerError "invalid-argument" as `metricFrame`
 * @see https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.equalized_odds_difference.html
 */
export function equalizedOddsDifference(input: EqualizedOddsInput): Figure {
  return oddsOf(input).difference;
}

/** The smaller of the ratios of lowest to highest true positive and false positive rate, or their mean. */
export function equalizedOddsRatio(input: EqualizedOddsInput): Figure {
  return oddsOf(input).ratio;
}

function oddsOf({ agg = "worstCase", method = "betweenGroups", ...input }: EqualizedOddsInput): {
  difference: Figure;
  ratio: Figure;
} {
  const frame = metricFrame({ ...input, metrics: ["truePositiveRate", "falsePositiveRate"] });
  return agg === "mean" ? frame.mean(method) : frame.worst(method);
}

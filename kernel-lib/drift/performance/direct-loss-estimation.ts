import { AssayerError } from "../../errors";
import { FeatureBins } from "../boosted-trees/bins";
import { growBoostedTrees } from "../boosted-trees/boosted-trees";
import type { Chunk, Period } from "../timeline/chunks";
import { assembleTimeline } from "../timeline/assemble-timeline";
import type { FeatureValues } from "../multivariate/feature-values";
import {
  metricOfLosses,
  realisedMetric,
  regressionSamplingError,
  type RegressionMetricName,
  type RegressionRows,
} from "./regression-metrics";
import type { Threshold } from "../timeline/threshold";
import type { DriftTimeline, TimelineChunk } from "../timeline";

/** Rows of a regression, how they are cut, and the loss that each is estimated to have. */
export interface EstimatedSide {
  rows: RegressionRows;
  chunks: readonly Chunk[];
  losses: Float64Array;
}

/**
 * A metric of regression as it is estimated in each chunk, with the sampling error of so few rows, and as it turned out.
 * The band comes from the realised metric of the reference chunks. As NannyML 0.13.1 of the same estimated losses.
 */
export function lossTimeline(
  metric: RegressionMetricName,
  reference: EstimatedSide,
  current: EstimatedSide,
  options: { threshold?: Threshold; period?: Period } = {},
): DriftTimeline {
  const errorOf = regressionSamplingError(metric, reference.rows);
  const chunksOf = (side: "reference" | "current"): TimelineChunk[] => {
    const { rows, chunks, losses } = side === "reference" ? reference : current;
    return chunks.map((chunk) => {
      const { start, end } = chunk;
      const value = metricOfLosses(metric, losses.subarray(start, end));
      const predicted = rows.yPred.subarray(start, end).filter(Number.isFinite).length;
      const reach = 3 * errorOf(predicted);
      return {
        ...chunk,
        side,
        value,
        low: Math.max(0, value - reach),
        high: value + reach,
        realised: realisedMetric(metric, rows, start, end),
        alarm: false,
      };
    });
  };
  return assembleTimeline(metric, [...chunksOf("reference"), ...chunksOf("current")], {
    ...options,
    of: "realised",
    limits: { lower: 0, upper: null },
  });
}

/**
 * Learns from the reference how large the loss of a row is, given its features and prediction, and tells it of other
 * rows before their truth is known: direct loss estimation. It sees what depends on the features; it cannot see that
 * the same features have come to mean something else.
 *
 * @param features of the reference rows, without the prediction
 * @returns for each other row the estimated loss, which may be a little below 0
 * @throws AssayerError "empty-sample" when no reference row has both truth and prediction
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html
 */
export function fitLossEstimator(
  features: readonly FeatureValues[],
  losses: Float64Array,
  yPred: Float64Array,
): (features: readonly FeatureValues[], yPred: Float64Array) => Float64Array {
  const rows = Uint32Array.from(losses.keys()).filter((row) => !Number.isNaN(losses[row]));
  if (rows.length === 0)
    throw new AssayerError(
      "empty-sample",
      `fitLossEstimator requires reference rows with both truth and prediction; got none of ${losses.length}`,
    );
  const withPrediction = (columns: readonly FeatureValues[], values: Float64Array) => [
    ...columns,
    { name: "prediction", kind: "number" as const, values },
  ];
  const learnt = withPrediction(features, yPred);
  const bins = FeatureBins.of(learnt);
  const trees = growBoostedTrees(bins.apply(learnt), losses, { loss: "squared-error", rows });
  return (given, values) => trees.predict(bins.apply(withPrediction(given, values)));
}

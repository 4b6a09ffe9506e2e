import type { Labels } from "./metric";
import { scoreRows, type ScoreOptions } from "./score-rows";
import { thresholdCounts } from "./threshold-counts";

export interface LiftCurve {
  /** Share of the rows that are selected, rising to 1. */
  selected: Float64Array;
  /** Share of the positives among them that is found by then: the cumulative gain. NaN without a positive. */
  gain: Float64Array;
  /** Gain by share selected: how many times as many positives as chance would find. */
  lift: Float64Array;
  /** Falling: a row is selected when its score is at or above. */
  thresholds: Float64Array;
}

/**
 * What is gained by taking rows from the highest score down. Rows of one score are taken together.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n finite scores, higher for `posLabel`
 * @throws AssayerError "invalid-argument" as `rocAuc`
 * @example liftCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).lift // [2, 1, 1.333…, 1]
 */
export function liftCurve(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  options: ScoreOptions = {},
): LiftCurve {
  const { codes, scores, weights } = scoreRows("liftCurve", yTrue, yScore, options);
  const { thresholds, truePositives, falsePositives } = thresholdCounts(codes, scores, weights);
  const last = thresholds.length - 1;
  const positives = truePositives[last] as number;
  const rows = positives + (falsePositives[last] as number);
  const selected = truePositives.map((found, i) => (found + (falsePositives[i] as number)) / rows);
  const gain = truePositives.map((found) => found / positives);
  return {
    selected,
    gain,
    lift: gain.map((found, i) => found / (selected[i] as number)),
    thresholds,
  };
}

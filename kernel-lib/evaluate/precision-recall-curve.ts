import type { Labels } from "./metric";
import { keptPoints, type CurveOptions } from "./roc-curve";
import { scoreRows } from "./score-rows";
import { thresholdCounts } from "./threshold-counts";

export interface PrecisionRecallCurve {
  /** One more than thresholds; the last is 1. */
  precision: Float64Array;
  /** Falling, one more than thresholds; the last is 0. 1 at every threshold without a positive. */
  recall: Float64Array;
  /** Rising: a row is selected when its score is at or above. */
  thresholds: Float64Array;
}

/**
 * Precision and recall at each score.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n finite scores, higher for `posLabel`
 * @param options.dropIntermediate default false
 * @throws AssayerError "invalid-argument" as `rocAuc`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_curve.html
 * @example precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).recall // [1, 1, 0.5, 0.5, 0]
 */
export function precisionRecallCurve(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { dropIntermediate = false, ...options }: CurveOptions = {},
): PrecisionRecallCurve {
  const { codes, scores, weights } = scoreRows("precisionRecallCurve", yTrue, yScore, options);
  const counts = thresholdCounts(codes, scores, weights);
  const found = counts.truePositives;
  const last = found.length - 1;
  const kept = keptPoints(
    found.length,
    (i) =>
      !dropIntermediate ||
      i === 0 ||
      i === last ||
      found[i] !== found[i - 1] ||
      found[i] !== found[i + 1],
  );
  const n = kept.length;
  const positives = found[last] as number;
  const precision = new Float64Array(n + 1);
  const recall = new Float64Array(n + 1);
  const thresholds = new Float64Array(n);
  for (const [at, i] of kept.entries()) {
    const truePositives = found[i] as number;
    const selected = truePositives + (counts.falsePositives[i] as number);
    precision[n - 1 - at] = truePositives / selected;
    recall[n - 1 - at] = positives === 0 ? 1 : truePositives / positives;
    thresholds[n - 1 - at] = counts.thresholds[i] as number;
  }
  precision[n] = 1;
  return { precision, recall, thresholds };
}

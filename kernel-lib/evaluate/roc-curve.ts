import type { Labels } from "./metric";
import { scoreRows, type ScoreOptions } from "./score-rows";
import { thresholdCounts } from "./threshold-counts";

export interface CurveOptions extends ScoreOptions {
  /** Leaves out points that do not change the drawn line. */
  dropIntermediate?: boolean;
}

export interface RocCurve {
  /** Rising; NaN without a negative. */
  falsePositiveRate: Float64Array;
  /** Rising; NaN without a positive. */
  truePositiveRate: Float64Array;
  /** Falling: a row is selected when its score is at or above. The first is Infinity, which selects none. */
  thresholds: Float64Array;
}

/**
 * True and false positive rate at each score.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n finite scores, higher for `posLabel`
 * @param options.dropIntermediate default true
 * @throws AssayerError "invalid-argument" as `rocAuc`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_curve.html
 * @example rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).truePositiveRate // [0, 0.5, 0.5, 1, 1]
 */
export function rocCurve(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { dropIntermediate = true, ...options }: CurveOptions = {},
): RocCurve {
  const { codes, scores, weights } = scoreRows("rocCurve", yTrue, yScore, options);
  const counts = thresholdCounts(codes, scores, weights);
  const [tp, fp] = [counts.truePositives, counts.falsePositives];
  const last = tp.length - 1;
  // A point stays where the line bends: where the second difference of either count is not 0.
  const bends = (of: Float64Array, i: number) =>
    (of[i + 1] as number) - 2 * (of[i] as number) + (of[i - 1] as number) !== 0;
  const kept = keptPoints(
    tp.length,
    (i) => !dropIntermediate || i === 0 || i === last || bends(tp, i) || bends(fp, i),
  );
  const rate = (of: Float64Array) => {
    const all = of[last] as number;
    const rates = new Float64Array(kept.length + 1);
    for (const [at, i] of kept.entries()) rates[at + 1] = (of[i] as number) / all;
    return all > 0 ? rates : rates.fill(NaN);
  };
  const thresholds = new Float64Array(kept.length + 1);
  thresholds[0] = Infinity;
  for (const [at, i] of kept.entries()) thresholds[at + 1] = counts.thresholds[i] as number;
  return { falsePositiveRate: rate(fp), truePositiveRate: rate(tp), thresholds };
}

/** Positions that `keep` says yes to. */
export function keptPoints(length: number, keep: (i: number) => boolean): Uint32Array {
  const kept = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) if (keep(i)) kept[count++] = i;
  return kept.subarray(0, count);
}

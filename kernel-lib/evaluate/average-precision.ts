import type { Labels } from "./metric";
import { scoreRows, type ScoreOptions } from "./score-rows";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts";

/**
 * Average precision: the precision at each score, weighted by the recall gained there. Rows of one score count
 * together. 0 without a positive, as scikit-learn has it.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n finite scores, higher for `posLabel`
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" for other labels, scores that are not finite, arrays of different length,
 * and weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 * @example averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.833…
 */
export function averagePrecision(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  options: ScoreOptions = {},
): number {
  const { codes, scores, weights } = scoreRows("averagePrecision", yTrue, yScore, options);
  return precisionOfCounts(thresholdCounts(codes, scores, weights));
}

/** @returns 0 without a positive */
export function precisionOfCounts({ truePositives, falsePositives }: ThresholdCounts): number {
  const n = truePositives.length;
  let sum = 0;
  let before = 0;
  for (let i = 0; i < n; i++) {
    const found = truePositives[i] as number;
    if (found === before) continue;
    sum += ((found - before) * found) / (found + (falsePositives[i] as number));
    before = found;
  }
  return before === 0 ? 0 : sum / before;
}

/**
 * Average precision of rows by falling score.
 *
 * @param weights how often each row counts; once each by default
 */
export function fallingAveragePrecision(
  yTrue: ArrayLike<number>,
  yScore: Float64Array,
  weights?: Uint32Array,
): number {
  const n = yScore.length;
  let rows = 0;
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < n;) {
    const score = yScore[i] as number;
    let gained = 0;
    for (; i < n && yScore[i] === score; i++) {
      const weight = weights === undefined ? 1 : (weights[i] as number);
      rows += weight;
      if (yTrue[i] === 1) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += gained * (positives / rows);
  }
  return positives === 0 ? 0 : sum / positives;
}

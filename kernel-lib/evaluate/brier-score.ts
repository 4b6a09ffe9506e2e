import { meanOfRows } from "./mean-of-rows";
import type { Labels } from "./metric";
import { probabilityRows, type ScoreOptions } from "./score-rows";

/**
 * Mean squared difference of the probability and what happened, 1 or 0.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n probabilities of `posLabel`
 * @returns 0 to 1, lower is better
 * @throws AssayerError "invalid-argument" for other labels, scores outside 0 to 1, arrays of different length, and
 * weights that are negative or all 0
 * @see Brier 1950; https://scikit-learn.org/stable/modules/generated/sklearn.metrics.brier_score_loss.html
 * @example brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) // 0.0375
 */
export function brierScore(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  options: ScoreOptions = {},
): number {
  const { codes, scores, weights } = probabilityRows("brierScore", yTrue, yScore, options);
  return meanOfRows(
    codes.length,
    weights,
    (row) => ((codes[row] as number) - (scores[row] as number)) ** 2,
  );
}

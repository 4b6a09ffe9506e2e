import { meanOfRows } from "./mean-of-rows";
import type { Labels } from "./metric";
import { probabilityRows, type ScoreOptions } from "./score-rows";

export interface LogLossOptions extends ScoreOptions {
  /** How far scores are kept away from 0 and 1; default 2⁻⁵², as scikit-learn has it for doubles. */
  epsilon?: number;
}

/**
 * Mean negative log likelihood of the labels.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n probabilities of `posLabel`
 * @returns nats, ≥ 0
 * @throws AssayerError "invalid-argument" for other labels, scores outside 0 to 1, arrays of different length, and
 * weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.log_loss.html
 * @example logLoss([1, 0], [0.9, 0.2]) // 0.164…
 */
export function logLoss(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { epsilon = Number.EPSILON, ...options }: LogLossOptions = {},
): number {
  const { codes, scores, weights } = probabilityRows("logLoss", yTrue, yScore, options);
  return meanOfRows(codes.length, weights, (row) => {
    const score = scores[row] as number;
    const likelihood = codes[row] === 1 ? score : 1 - score;
    return -Math.log(Math.min(Math.max(likelihood, epsilon), 1 - epsilon));
  });
}

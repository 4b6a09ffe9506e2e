import { requireBinary, requirePairs } from "./check";

/**
 * Mean negative log likelihood of binary labels. Scores are kept `epsilon` away from 0 and 1.
 *
 * @param yTrue n ≥ 1 labels, 0 or 1
 * @param yScore n probabilities of 1
 * @param epsilon default 2⁻⁵², as scikit-learn has it for doubles
 * @returns nats, ≥ 0
 * @throws AssayerError "invalid-argument" for other labels, or arrays of different length
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.log_loss.html
 * @example logLoss([1, 0], [0.9, 0.2]) // 0.164…
 */
export function logLoss(
  yTrue: ArrayLike<number>,
  yScore: ArrayLike<number>,
  epsilon = Number.EPSILON,
): number {
  requirePairs("logLoss", yTrue, yScore);
  requireBinary("logLoss", yTrue);
  let sum = 0;
  for (let i = 0; i < yTrue.length; i++) {
    const score = Math.min(Math.max(Number(yScore[i]), epsilon), 1 - epsilon);
    sum -= Math.log(yTrue[i] === 1 ? score : 1 - score);
  }
  return sum / yTrue.length;
}

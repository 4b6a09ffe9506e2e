import { requirePairs } from "./check";

/**
 * Share of predictions that are right.
 *
 * @param yTrue n ≥ 1 labels
 * @param yPred n predicted labels
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" for arrays of different length or none
 * @example accuracy([0, 1, 1, 1], [0, 1, 0, 1]) // 0.75
 */
export function accuracy(
  yTrue: ArrayLike<number | string>,
  yPred: ArrayLike<number | string>,
): number {
  requirePairs("accuracy", yTrue, yPred);
  let right = 0;
  for (let i = 0; i < yTrue.length; i++) if (yTrue[i] === yPred[i]) right++;
  return right / yTrue.length;
}

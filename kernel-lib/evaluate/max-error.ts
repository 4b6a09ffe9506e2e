import { regressionRows } from "./mean-loss";

/**
 * The largest absolute error.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the unit of the numbers, ≥ 0
 * @throws AssayerError "invalid-argument" for arrays of different length or none, and numbers that are not finite
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.max_error.html
 * @example maxError([3, 2, 7, 1], [4, 2, 7, 1]) // 1
 */
export function maxError(yTrue: ArrayLike<number>, yPred: ArrayLike<number>): number {
  const rows = regressionRows("maxError", yTrue, yPred);
  let largest = 0;
  for (let i = 0; i < rows.yTrue.length; i++)
    largest = Math.max(largest, Math.abs((rows.yTrue[i] as number) - (rows.yPred[i] as number)));
  return largest;
}

import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Mean absolute error.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the unit of the numbers, ≥ 0
 * @throws AssayerError "invalid-argument" for arrays of different length or none, numbers that are not finite, and
 * weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_error.html
 * @example mae([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.5
 */
export function mae(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return meanLoss(regressionRows("mae", yTrue, yPred, options), (actual, predicted) =>
    Math.abs(actual - predicted),
  );
}

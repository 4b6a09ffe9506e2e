import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Mean absolute error as a share of the true number. A true number of 0 counts as 2⁻⁵², as scikit-learn has it, so
 * that one such row outweighs all others.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns a share, not percent: 0.2 is an error of a fifth
 * @throws AssayerError "invalid-argument" as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_percentage_error.html
 * @example mape([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.327…
 */
export function mape(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return meanLoss(
    regressionRows("mape", yTrue, yPred, options),
    (actual, predicted) =>
      Math.abs(predicted - actual) / Math.max(Math.abs(actual), Number.EPSILON),
  );
}

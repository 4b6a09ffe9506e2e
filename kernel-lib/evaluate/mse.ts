import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Mean squared error.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the squared unit of the numbers, ≥ 0
 * @throws AssayerError "invalid-argument" as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_squared_error.html
 * @example mse([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.375
 */
export function mse(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return meanSquare("mse", yTrue, yPred, options);
}

/**
 * Root of the mean squared error.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the unit of the numbers, ≥ 0
 * @throws AssayerError "invalid-argument" as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_error.html
 * @example rmse([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.612…
 */
export function rmse(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return Math.sqrt(meanSquare("rmse", yTrue, yPred, options));
}

function meanSquare(
  caller: string,
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions,
): number {
  return meanLoss(
    regressionRows(caller, yTrue, yPred, options),
    (actual, predicted) => (actual - predicted) ** 2,
  );
}

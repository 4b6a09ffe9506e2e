import { AssayerError } from "../errors";
import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Mean squared error of the logarithms of the numbers plus 1: an error by so many times, not by so much.
 *
 * @param yTrue n ≥ 1 numbers above −1
 * @param yPred n predicted numbers above −1
 * @returns ≥ 0
 * @throws AssayerError "invalid-argument" for numbers of −1 or less, and as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_squared_log_error.html
 * @example msle([3, 5, 2.5, 7], [2.5, 5, 4, 8]) // 0.0397…
 */
export function msle(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return meanSquareOfLogs("msle", yTrue, yPred, options);
}

/**
 * Root of `msle`.
 *
 * @param yTrue n ≥ 1 numbers above −1
 * @param yPred n predicted numbers above −1
 * @returns ≥ 0
 * @throws AssayerError "invalid-argument" as `msle`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_log_error.html
 * @example rmsle([3, 5, 2.5, 7], [2.5, 5, 4, 8]) // 0.199…
 */
export function rmsle(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return Math.sqrt(meanSquareOfLogs("rmsle", yTrue, yPred, options));
}

function meanSquareOfLogs(
  caller: string,
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions,
): number {
  const rows = regressionRows(caller, yTrue, yPred, options);
  const { yTrue: actual, yPred: predicted } = rows;
  for (const values of [actual, predicted])
    for (let i = 0; i < values.length; i++)
      if ((values[i] as number) <= -1)
        throw new AssayerError(
          "invalid-argument",
          `${caller} requires numbers above -1; got ${values[i] as number} at position ${i} of ${values === actual ? "yTrue" : "yPred"}`,
        );
  return meanLoss(rows, (a, p) => (Math.log1p(a) - Math.log1p(p)) ** 2);
}

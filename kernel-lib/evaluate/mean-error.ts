import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Mean of predicted minus true number: how much too high the predictions are, on the whole.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the unit of the numbers; below 0 where predictions are too low
 * @throws AssayerError "invalid-argument" as `mae`
 * @example meanError([3, 5], [4, 5]) // 0.5
 */
export function meanError(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return meanLoss(
    regressionRows("meanError", yTrue, yPred, options),
    (actual, predicted) => predicted - actual,
  );
}

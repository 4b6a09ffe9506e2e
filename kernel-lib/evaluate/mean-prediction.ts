import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Mean of the predicted numbers, whatever the true ones are: Fairlearn's `mean_prediction`.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the unit of the numbers
 * @throws AssayerError "invalid-argument" as `mae`
 * @example meanPrediction([3, 5], [4, 6]) // 5
 */
export function meanPrediction(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  return meanLoss(
    regressionRows("meanPrediction", yTrue, yPred, options),
    (_, predicted) => predicted,
  );
}

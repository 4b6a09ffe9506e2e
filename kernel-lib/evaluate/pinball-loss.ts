import { AssayerError } from "../errors";
import { meanLoss, regressionRows, type RegressionOptions } from "./mean-loss";

export interface PinballLossOptions extends RegressionOptions {
  /** Which quantile is predicted, 0 to 1; default 0.5, half of `mae`. */
  alpha?: number;
}

/**
 * Loss of a predicted quantile: what is too low costs `alpha`, what is too high 1 − `alpha`.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted quantiles
 * @returns in the unit of the numbers, ≥ 0
 * @throws AssayerError "invalid-argument" for alpha outside 0 to 1, and as `mae`
 * @see Koenker and Bassett 1978, "Regression quantiles"
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_pinball_loss.html
 * @example pinballLoss([1, 2, 3], [0, 2, 3], { alpha: 0.1 }) // 0.0333…
 */
export function pinballLoss(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  { alpha = 0.5, ...options }: PinballLossOptions = {},
): number {
  if (!(alpha >= 0 && alpha <= 1))
    throw new AssayerError(
      "invalid-argument",
      `pinballLoss requires alpha from 0 to 1; got ${alpha}`,
    );
  return meanLoss(regressionRows("pinballLoss", yTrue, yPred, options), (actual, predicted) => {
    const below = actual - predicted;
    return below >= 0 ? alpha * below : (alpha - 1) * below;
  });
}

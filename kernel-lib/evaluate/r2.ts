import { meanLoss, regressionRows, type RegressionOptions, type RegressionRows } from "./mean-loss";

/**
 * Coefficient of determination: the share of the numbers' variance that the predictions take away. 1 is perfect, 0 is
 * no better than the mean, and it may be far below 0. When all true numbers are equal it is 1 for perfect predictions
 * and else 0; NaN for one row alone.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns at most 1, or NaN
 * @throws AssayerError "invalid-argument" as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html
 * @example r2([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.948…
 */
export function r2(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  const rows = regressionRows("r2", yTrue, yPred, options);
  if (rows.yTrue.length < 2) return NaN;
  const mean = meanOf(rows);
  return shareExplained(
    meanLoss(rows, (actual, predicted) => (actual - predicted) ** 2),
    meanLoss(rows, (actual) => (actual - mean) ** 2),
  );
}

/**
 * Share of the numbers' variance that the predictions explain: as `r2`, but an error that is the same for all rows
 * does not count.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns at most 1
 * @throws AssayerError "invalid-argument" as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.explained_variance_score.html
 * @example explainedVariance([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.957…
 */
export function explainedVariance(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  const rows = regressionRows("explainedVariance", yTrue, yPred, options);
  const bias = meanLoss(rows, (actual, predicted) => actual - predicted);
  const mean = meanOf(rows);
  return shareExplained(
    meanLoss(rows, (actual, predicted) => (actual - predicted - bias) ** 2),
    meanLoss(rows, (actual) => (actual - mean) ** 2),
  );
}

/** Exact where all numbers that have weight are the same, so that no rounding passes for variance. */
function meanOf(rows: RegressionRows): number {
  const { yTrue, weights } = rows;
  const first = yTrue[
    weights === undefined ? 0 : weights.findIndex((weight) => weight > 0)
  ] as number;
  return first + meanLoss(rows, (actual) => actual - first);
}

function shareExplained(left: number, all: number): number {
  if (left === 0) return 1;
  return all === 0 ? 0 : 1 - left / all;
}

import { argsort } from "../stats/argsort";
import { quantileOfSorted } from "../stats/quantile";
import { sortedCopy } from "../stats/sorted-copy";
import { regressionRows, type RegressionOptions } from "./mean-loss";

/**
 * Median of the absolute errors. With weights it is the error at which half the weight is reached; where that is
 * exactly between two errors, the mean of both.
 *
 * @param yTrue n ≥ 1 finite numbers
 * @param yPred n predicted numbers
 * @returns in the unit of the numbers, ≥ 0
 * @throws AssayerError "invalid-argument" as `mae`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.median_absolute_error.html
 * @see Hyndman and Fan 1996, "Sample quantiles in statistical packages", type 2
 * @example medianAbsoluteError([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // 0.5
 */
export function medianAbsoluteError(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: RegressionOptions = {},
): number {
  const rows = regressionRows("medianAbsoluteError", yTrue, yPred, options);
  const errors = rows.yTrue.map((actual, i) => Math.abs(actual - (rows.yPred[i] as number)));
  return rows.weights === undefined
    ? quantileOfSorted(sortedCopy(errors), 0.5)
    : weightedMedian(errors, rows.weights);
}

function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const order = argsort(values);
  let total = 0;
  for (const row of order) total += weights[row] as number;
  const half = 0.5 * total;
  let reached = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number;
    reached += weights[row] as number;
    if (reached < half) continue;
    const value = values[row] as number;
    if (reached - half > Number.EPSILON) return value;
    // Half the weight is below: the next value that has any weight is above.
    for (let k = i + 1; k < order.length; k++) {
      const next = order[k] as number;
      if ((weights[next] as number) > 0) return (value + (values[next] as number)) / 2;
    }
    return value;
  }
  return NaN;
}

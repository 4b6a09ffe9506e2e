import { AssayerError } from "../errors";

/**
 * Exponential moving average without the bias towards its start: each value is the mean of all up
 * to it, where one k values back weighs `weight`^k. A value that is not finite stays as it is and
 * has no part in the others.
 *
 * @param values n ≥ 0 values in the order of their steps
 * @param weight 0 for the values themselves, to 1 for the plain mean of all so far
 * @returns n values
 * @throws AssayerError "invalid-argument" for a weight outside 0 to 1
 * @see the "adjust" form of https://pandas.pydata.org/docs/user_guide/window.html#exponentially-weighted-window
 * @example exponentialMovingAverage([0, 3, 3], 0.5) // [0, 2, 2.571…]
 */
export function exponentialMovingAverage(values: ArrayLike<number>, weight: number): Float64Array {
  if (!(weight >= 0 && weight <= 1))
    throw new AssayerError(
      "invalid-argument",
      `exponentialMovingAverage requires a weight from 0 to 1; got ${weight}`,
    );
  const result = Float64Array.from(values);
  let average = 0;
  let weights = 0;
  result.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    weights = weight * weights + 1;
    average += (value - average) / weights;
    result[i] = average;
  });
  return result;
}

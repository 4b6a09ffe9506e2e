import { ascending } from "./ascending";

/**
 * First Wasserstein distance, or earth mover's distance: the area between the two cumulative distributions, which is
 * how far the values of one sample must move, on average, to become those of the other.
 *
 * @param reference n ≥ 1 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 1 values
 * @returns ≥ 0, in the unit of the values
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Ramdas, Garcia and Cuturi 2017, "On Wasserstein two-sample testing"; SciPy's `wasserstein_distance`
 * @example wasserstein([0, 1, 3], [5, 6, 8]) // 5
 */
export function wasserstein(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  return wassersteinOfSorted(
    ascending("wasserstein", "reference", reference),
    ascending("wasserstein", "current", current),
  );
}

/**
 * The same without a look at the order of the values.
 *
 * @param x n ≥ 1 finite values, ascending
 * @param y m ≥ 1 finite values, ascending
 */
export function wassersteinOfSorted(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  const m = y.length;
  // Over the quantile functions: each value of x has a weight of m, each of y one of n, of which so much is left. Unlike
  // a merge of the values, it has no branch that a processor cannot guess.
  let i = 0;
  let j = 0;
  let leftX = m;
  let leftY = n;
  let area = 0;
  while (i < n && j < m) {
    const step = leftX < leftY ? leftX : leftY;
    area += Math.abs((x[i] as number) - (y[j] as number)) * step;
    leftX -= step;
    leftY -= step;
    if (leftX === 0) {
      i++;
      leftX = m;
    }
    if (leftY === 0) {
      j++;
      leftY = n;
    }
  }
  return area / (n * m);
}

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
  const x = ascending("wasserstein", "reference", reference);
  const y = ascending("wasserstein", "current", current);
  const n = x.length;
  const m = y.length;
  let i = 0;
  let j = 0;
  // Over the quantile functions, in steps of 1 / (n·m): unlike a merge of the values, no branch that is hard to guess.
  let reached = 0;
  let area = 0;
  while (i < n && j < m) {
    const endX = (i + 1) * m;
    const endY = (j + 1) * n;
    const end = Math.min(endX, endY);
    area += Math.abs((x[i] as number) - (y[j] as number)) * (end - reached);
    reached = end;
    if (endX === end) i++;
    if (endY === end) j++;
  }
  return area / (n * m);
}

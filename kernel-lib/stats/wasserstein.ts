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
  let area = 0;
  let before = Math.min(x[0] as number, y[0] as number);
  while (i < n && j < m) {
    const a = x[i] as number;
    const b = y[j] as number;
    const value = a < b ? a : b;
    area += Math.abs(i * m - j * n) * (value - before);
    before = value;
    // Without branches: which of two random values is less, a processor cannot guess.
    i += +(a <= b);
    j += +(b <= a);
  }
  for (; i < n; i++) {
    area += (n - i) * m * ((x[i] as number) - before);
    before = x[i] as number;
  }
  for (; j < m; j++) {
    area += (m - j) * n * ((y[j] as number) - before);
    before = y[j] as number;
  }
  return area / (n * m);
}

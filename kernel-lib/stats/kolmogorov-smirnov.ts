import { ascending } from "./ascending";
import { kolmogorovTail, twoSampleKolmogorovTail } from "./kolmogorov-tail";
import type { TestResult } from "./test-result";

/** The largest sample for which the p-value is exact, as in SciPy. */
const exactUpTo = 10_000;

/**
 * Two-sample Kolmogorov–Smirnov test, two-sided: the largest distance between the two cumulative distributions.
 * The p-value is exact up to 10,000 values a side; beyond, that of the one-sample distribution at n·m / (n + m).
 *
 * @param reference n ≥ 1 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 1 values
 * @returns statistic 0 to 1, and its p-value
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Hodges 1957, "The significance probability of the Smirnov two-sample test"; SciPy's `ks_2samp`
 * @example kolmogorovSmirnov([1, 2, 3], [1, 2, 4]) // { statistic: 0.333…, pValue: 1 }
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): TestResult {
  const x = ascending("kolmogorovSmirnov", "reference", reference);
  const y = ascending("kolmogorovSmirnov", "current", current);
  const n = x.length;
  const m = y.length;
  const distance = largestDistance(x, y);
  const statistic = distance / (n * m);
  const pValue =
    Math.max(n, m) <= exactUpTo
      ? twoSampleKolmogorovTail(n, m, distance)
      : kolmogorovTail(roundHalfEven((n * m) / (n + m)), statistic);
  return { statistic, pValue };
}

/**
 * Kolmogorov–Smirnov distance alone.
 *
 * @param x n ≥ 1 finite values, ascending
 * @param y m ≥ 1 finite values, ascending
 */
export function kolmogorovDistance(x: Float64Array, y: Float64Array): number {
  return largestDistance(x, y) / (x.length * y.length);
}

/** The largest |i / n − j / m| over all values, times n·m: a whole number. */
function largestDistance(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  const m = y.length;
  let i = 0;
  let j = 0;
  let largest = 0;
  let before = -Infinity;
  while (i < n && j < m) {
    const a = x[i] as number;
    const b = y[j] as number;
    const value = a < b ? a : b;
    // Between two values all of the lower one are counted.
    const distance = value > before ? Math.abs(i * m - j * n) : 0;
    if (distance > largest) largest = distance;
    before = value;
    // Without branches: which of two random values is less, a processor cannot guess.
    i += +(a <= b);
    j += +(b <= a);
  }
  while (i < n && x[i] === before) i++;
  while (j < m && y[j] === before) j++;
  return Math.max(largest, Math.abs(i * m - j * n));
}

/** As numpy rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

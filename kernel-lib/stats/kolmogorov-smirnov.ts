import { ascending } from "./ascending";
import { largestGap } from "./largest-gap";
import { kolmogorovTail } from "./kolmogorov-tail";
import type { TestResult } from "./test-result";
import { twoSampleKolmogorovTail } from "./two-sample-kolmogorov-tail";

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
  return kolmogorovSmirnovOfSorted(
    ascending("kolmogorovSmirnov", "reference", reference),
    ascending("kolmogorovSmirnov", "current", current),
  );
}

/**
 * The same without a look at the order of the values.
 *
 * @param x n ≥ 1 finite values, ascending
 * @param y m ≥ 1 finite values, ascending
 */
export function kolmogorovSmirnovOfSorted(x: Float64Array, y: Float64Array): TestResult {
  const n = x.length;
  const m = y.length;
  const gap = largestGap(x, y);
  const statistic = gap / (n * m);
  const pValue =
    Math.max(n, m) <= exactUpTo
      ? twoSampleKolmogorovTail(n, m, gap)
      : kolmogorovTail(roundHalfEven((n * m) / (n + m)), statistic);
  return { statistic, pValue };
}

/** The statistic alone, of two samples in ascending order and without missing values. */
export function kolmogorovDistance(reference: Float64Array, current: Float64Array): number {
  return largestGap(reference, current) / (reference.length * current.length);
}

/** As numpy rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

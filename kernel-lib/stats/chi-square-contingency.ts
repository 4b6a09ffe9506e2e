import { chiSquareTail } from "./gamma-tail";
import { totals } from "./shares";
import type { TestResult } from "./test-result";

/**
 * Chi-square test that two samples come from one distribution, which both together estimate. With two categories
 * Yates' correction for continuity is applied.
 *
 * @param reference k ≥ 1 counts
 * @param current k counts of the same categories; one that is 0 on both sides does not count
 * @returns statistic ≥ 0 and p-value with k − 1 degrees of freedom; 0 and 1 for a single category
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Pearson 1900; SciPy's `chi2_contingency`
 * @example chiSquareContingency([10, 10, 10], [15, 5, 10]) // { statistic: 2.666…, pValue: 0.2635… }
 */
export function chiSquareContingency(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): TestResult {
  const [n, m] = totals("chiSquareContingency", reference, current);
  const sizes = Array.from(reference, (count, i) => count + (current[i] as number));
  const categories = sizes.filter((size) => size > 0).length;
  if (categories === 1) return { statistic: 0, pValue: 1 };
  const continuity = categories === 2 ? 0.5 : 0;
  let statistic = 0;
  sizes.forEach((size, i) => {
    if (size === 0) return;
    const expected = (size * n) / (n + m);
    // Of both sides the same, since a category's sum is fixed.
    const difference = Math.abs((reference[i] as number) - expected);
    const square = (difference - Math.min(continuity, difference)) ** 2;
    statistic += square / expected + square / (size - expected);
  });
  return { statistic, pValue: chiSquareTail(statistic, categories - 1) };
}

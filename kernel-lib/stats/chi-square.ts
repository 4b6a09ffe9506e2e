import { chiSquareTail } from "./gamma-tail";
import { totals } from "./shares";
import type { TestResult } from "./test-result";

/**
 * Pearson's chi-square test that the current counts come from the distribution of the reference: the reference, scaled
 * to the current total, is taken as expected, without its own sampling error. For that too, see `chiSquareContingency`.
 * A category that the reference does not have makes the statistic infinite, and the p-value 0.
 *
 * @param reference k ≥ 1 counts
 * @param current k counts of the same categories; one that is 0 on both sides does not count
 * @returns statistic ≥ 0; p-value with k − 1 degrees of freedom, NaN for a single category
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Pearson 1900; SciPy's `chisquare(current, reference * scale)`
 * @example chiSquare([10, 10], [15, 5]) // { statistic: 5, pValue: 0.0253… }
 */
export function chiSquare(reference: ArrayLike<number>, current: ArrayLike<number>): TestResult {
  const [n, m] = totals("chiSquare", reference, current);
  const scale = m / n;
  let statistic = 0;
  let categories = 0;
  for (let i = 0; i < reference.length; i++) {
    const expected = (reference[i] as number) * scale;
    const difference = (current[i] as number) - expected;
    if (expected === 0 && difference === 0) continue;
    statistic += (difference * difference) / expected;
    categories++;
  }
  return { statistic, pValue: categories > 1 ? chiSquareTail(statistic, categories - 1) : NaN };
}

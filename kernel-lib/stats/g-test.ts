import { chiSquareTail } from "./gamma-tail";
import { totals } from "./shares";
import type { TestResult } from "./test-result";

/**
 * G-test, of the likelihood ratio, that the current counts come from the distribution of the reference, which is scaled
 * to the current total. A category that the reference does not have makes the statistic infinite, and the p-value 0.
 *
 * @param reference k ≥ 1 counts
 * @param current k counts of the same categories; one that is 0 on both sides does not count
 * @returns statistic; p-value with k − 1 degrees of freedom, NaN for a single category
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Sokal and Rohlf 1981, "Biometry"; SciPy's `power_divergence(…, lambda_="log-likelihood")`
 * @example gTest([10, 10], [15, 5]) // { statistic: 5.232…, pValue: 0.0221… }
 */
export function gTest(reference: ArrayLike<number>, current: ArrayLike<number>): TestResult {
  const [n, m] = totals("gTest", reference, current);
  let statistic = 0;
  let categories = 0;
  for (let i = 0; i < reference.length; i++) {
    const expected = ((reference[i] as number) * m) / n;
    const observed = current[i] as number;
    if (expected > 0 || observed > 0) categories++;
    if (observed > 0) statistic += 2 * observed * Math.log(observed / expected);
  }
  return { statistic, pValue: categories > 1 ? chiSquareTail(statistic, categories - 1) : NaN };
}

import { chiSquareTail } from "./gamma-tail";
import type { TestResult } from "./test-result";

/**
 * Mann–Kendall test for a trend: whether later values tend to be higher, or lower, than earlier ones. The p-value is
 * two-sided, of the normal approximation with ties, without a correction for continuity; it takes the values as
 * independent.
 *
 * @param values n ≥ 0 finite values in the order of time
 * @returns statistic: pairs that rise less pairs that fall; p-value 1 where all values are equal, or there are fewer than two
 * @see Mann 1945; Kendall 1975. SciPy's `kendalltau(range(n), values, method="asymptotic")` gives the same p-value
 * @example mannKendall([1, 2, 3, 4, 5]).statistic // 10
 */
export function mannKendall(values: ArrayLike<number>): TestResult {
  const n = values.length;
  let statistic = 0;
  const ties = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const value = values[i] as number;
    ties.set(value, (ties.get(value) ?? 0) + 1);
    for (let j = 0; j < i; j++) statistic += Math.sign(value - (values[j] as number));
  }
  const pairs = (count: number): number => count * (count - 1) * (2 * count + 5);
  let variance = pairs(n);
  for (const count of ties.values()) variance -= pairs(count);
  if (variance <= 0) return { statistic, pValue: 1 };
  const z = Math.abs(statistic) / Math.sqrt(variance / 18);
  return { statistic, pValue: chiSquareTail(z * z, 1) };
}

import { ascending } from "./ascending";
import { studentTails } from "./beta-share";
import { moments } from "./moments";
import type { TestResult } from "./test-result";

/**
 * t-test that two samples have the same mean, two-sided.
 *
 * @param reference n ≥ 1 values; those that are not finite are left out
 * @param current m ≥ 1 values, n + m ≥ 3; each sample of 2 or more where the variances may differ
 * @param options.equalVariances default true: Student's test with a pooled variance; false: Welch's
 * @returns t, above 0 where the reference's mean is the larger. NaN for two constants of one value, or too few values
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Student 1908; Welch 1947; SciPy's `ttest_ind`
 * @example tTest([1, 2, 3], [2, 3, 4]) // { statistic: -1.224…, pValue: 0.2878… }
 */
export function tTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { equalVariances = true }: { equalVariances?: boolean } = {},
): TestResult {
  const x = ascending("tTest", "reference", reference);
  const y = ascending("tTest", "current", current);
  const n = x.length;
  const m = y.length;
  const a = moments(x);
  const b = moments(y);
  let freedom = n + m - 2;
  let variance = ((a.squares + b.squares) / freedom) * (1 / n + 1 / m);
  if (!equalVariances) {
    const ofX = a.squares / (n - 1) / n;
    const ofY = b.squares / (m - 1) / m;
    variance = ofX + ofY;
    freedom = variance ** 2 / (ofX ** 2 / (n - 1) + ofY ** 2 / (m - 1));
  }
  const statistic = (a.mean - b.mean) / Math.sqrt(variance);
  // Welch's degrees of freedom are 0 / 0 for two constants.
  return {
    statistic,
    pValue: variance === 0 && a.mean !== b.mean ? 0 : studentTails(statistic, freedom),
  };
}

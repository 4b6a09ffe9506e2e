import { ascending } from "./ascending";
import { cramerVonMisesTail, exactCramerVonMisesTail } from "./cramer-von-mises-tail";
import type { TestResult } from "./test-result";
import { tiedRuns } from "./tied-runs";

/** The largest sample for which the p-value is exact, as in SciPy. */
const exactUpTo = 20;

/**
 * Cramér–von Mises test that two samples come from one distribution: the mean squared distance between the two
 * cumulative distributions. The p-value is exact up to 20 values a side, else that of the limit.
 *
 * @param reference n ≥ 2 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 2 values
 * @returns statistic T and its p-value; NaN for a single value on a side
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Anderson 1962, "On the distribution of the two-sample Cramér–von Mises criterion"; SciPy's `cramervonmises_2samp`
 */
export function cramerVonMises(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): TestResult {
  const x = ascending("cramerVonMises", "reference", reference);
  const y = ascending("cramerVonMises", "current", current);
  const n = x.length;
  const m = y.length;
  if (n < 2 || m < 2) return { statistic: NaN, pValue: NaN };
  const pairs = n * m;
  const size = n + m;
  let ranks = 0;
  tiedRuns(x, y, (i, j, countX, countY) => {
    const middle = (countX + countY + 1) / 2;
    let ofX = 0;
    let ofY = 0;
    for (let k = 1; k <= countX; k++) ofX += (j + middle - k) ** 2;
    for (let k = 1; k <= countY; k++) ofY += (i + middle - k) ** 2;
    ranks += n * ofX + m * ofY;
  });
  const statistic = ranks / (pairs * size) - (4 * pairs - 1) / (6 * size);
  if (Math.max(n, m) <= exactUpTo)
    return { statistic, pValue: exactCramerVonMisesTail(ranks, n, m) };
  const mean = (1 + 1 / size) / 6;
  const variance =
    ((size + 1) * (4 * pairs * size - 3 * (n * n + m * m) - 2 * pairs)) /
    (180 * size * size * pairs);
  return {
    statistic,
    pValue: cramerVonMisesTail(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance)),
  };
}

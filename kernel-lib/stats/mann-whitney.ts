import { ascending } from "./ascending";
import { normalTail } from "./gamma-tail";
import type { TestResult } from "./test-result";
import { tiedRuns } from "./tied-runs";

/** With more values than this on either side, or a tie, the p-value is that of the normal distribution. */
const exactUpTo = 8;
/** The exact p-value takes that many steps at most; SciPy would not end beyond. */
const longestExact = 5e7;

/**
 * Mann–Whitney U test that values of one sample are as often the larger as those of the other. The p-value is exact
 * where a sample has 8 values or fewer and no value occurs twice; else normal, corrected for ties and continuity.
 *
 * @param reference n ≥ 1 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 1 values
 * @param options.alternative default `two-sided`; `less`: the reference tends to be less
 * @returns U of the reference: the number of pairs in which its value is the larger, ties by half
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Mann and Whitney 1947; SciPy's `mannwhitneyu`
 * @example mannWhitney([1, 2, 3], [4, 5, 6], { alternative: "less" }) // { statistic: 0, pValue: 0.05 }
 */
export function mannWhitney(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { alternative = "two-sided" }: { alternative?: "two-sided" | "less" | "greater" } = {},
): TestResult {
  const x = ascending("mannWhitney", "reference", reference);
  const y = ascending("mannWhitney", "current", current);
  const n = x.length;
  const m = y.length;
  let statistic = 0;
  let ties = 0;
  tiedRuns(x, y, (_i, j, countX, countY) => {
    statistic += countX * (j + countY / 2);
    const count = countX + countY;
    ties += count * (count * count - 1);
  });
  const other = n * m - statistic;
  const u = { less: other, greater: statistic, "two-sided": Math.max(statistic, other) }[
    alternative
  ];
  const sides = alternative === "two-sided" ? 2 : 1;
  const isExact =
    ties === 0 && Math.min(n, m) <= exactUpTo && Math.min(n, m) * n * m <= longestExact;
  const tail = isExact ? exactTail(u, n, m) : approximateTail(u, n, m, ties);
  return { statistic, pValue: Math.min(1, sides * tail) };
}

function approximateTail(u: number, n: number, m: number, ties: number): number {
  const size = n + m;
  const variance = ((n * m) / 12) * (size + 1 - ties / (size * (size - 1)));
  return normalTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** The chance of U of at least `u`: coefficients of the Gaussian binomial, by which U is distributed. */
function exactTail(u: number, n: number, m: number): number {
  const [few, many] = n < m ? [n, m] : [m, n];
  const below = Math.min(n * m - u, u);
  const chances = new Float64Array(below + 1);
  chances[0] = 1;
  for (let k = 1; k <= few; k++) {
    for (let i = k; i <= below; i++)
      chances[i] = (chances[i] as number) + (chances[i - k] as number);
    const shift = many + k;
    for (let i = below; i >= shift; i--)
      chances[i] = (chances[i] as number) - (chances[i - shift] as number);
    // Divided by C(many + few, few) on the way, so that no number grows.
    for (let i = 0; i <= below; i++) chances[i] = ((chances[i] as number) * k) / (many + k);
  }
  const share = chances.reduce((sum, chance) => sum + chance, 0);
  return u * 2 >= n * m ? share : 1 - share + (chances[below] as number);
}

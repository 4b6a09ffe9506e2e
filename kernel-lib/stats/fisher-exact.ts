import { logHypergeometric } from "./hypergeometric";
import { totals } from "./shares";
import type { TestResult } from "./test-result";

/** Tables of this much more than the observed chance count as equally likely, against rounding; as in R's `fisher.test`. */
const likelyAsObserved = 1e-7;

/**
 * Fisher's exact test that two categories are equally common in two samples, two-sided: the chance of all tables with
 * these sums that are at most as likely as this one.
 *
 * @param reference 2 counts
 * @param current 2 counts of the same categories
 * @returns the odds ratio of the sample, NaN for a category that does not occur; and the p-value, which is 1 then
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for counts below 0
 * @see Fisher 1922; SciPy's `fisher_exact`
 * @example fisherExact([8, 2], [1, 5]) // { statistic: 20, pValue: 0.0349… }
 */
export function fisherExact(
  reference: readonly [number, number],
  current: readonly [number, number],
): TestResult {
  totals("fisherExact", reference, current);
  const [a, b] = reference;
  const [c, d] = current;
  if (a + c === 0 || b + d === 0) return { statistic: NaN, pValue: 1 };
  const chance = (x: number) => logHypergeometric(x, a + c, b + d, a + b);
  const limit = chance(a) + Math.log1p(likelyAsObserved);
  const lowest = Math.max(0, a - d);
  const highest = Math.min(a + b, a + c);
  const mode = Math.floor(((a + b + 1) * (a + c + 1)) / (a + b + c + d + 2));
  // Chances rise up to the mode and fall from it: two tails, each added from its likelier end.
  const left = lastUpTo(lowest, mode, (x) => chance(x) <= limit);
  const right = lastUpTo(-highest, -mode, (x) => chance(-x) <= limit);
  const pValue =
    left === mode || -right === mode
      ? 1
      : tail(left, lowest, -1, chance) + tail(-right, highest, 1, chance);
  return { statistic: (a * d) / (b * c), pValue: Math.min(1, pValue) };
}

/** The last whole number from `low` to `high` up to which a condition holds; `low` − 1 for none. */
function lastUpTo(low: number, high: number, holds: (x: number) => boolean): number {
  let reached = low - 1;
  while (reached < high) {
    const middle = Math.ceil((reached + high) / 2);
    if (holds(middle)) reached = middle;
    else high = middle - 1;
  }
  return reached;
}

function tail(from: number, to: number, step: number, chance: (x: number) => number): number {
  let sum = 0;
  for (let x = from; step * x <= step * to; x += step) {
    const term = Math.exp(chance(x));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

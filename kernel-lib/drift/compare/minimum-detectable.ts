import { chiSquareTail, normalTail } from "../../stats/gamma-tail";
import { logGamma } from "../../stats/log-gamma";

const power = 0.8;

/** The x at which a falling function of x ≥ low reaches `value`. */
function solve(falling: (x: number) => number, value: number, low: number): number {
  let high = Math.max(1, 2 * low);
  while (falling(high) > value) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (falling(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The number of standard deviations that a normal variable exceeds with that chance, below one half. */
export function normalLimit(chance: number): number {
  return solve(normalTail, chance, 0);
}

/** How many standard errors apart two means must be, to be told apart with a power of 0.8. */
function standardErrors(alpha: number): number {
  return normalLimit(alpha / 2) + normalLimit(1 - power);
}

/** The smallest Cohen's d, or Cohen's h, that a two-sided test shows with a power of 0.8. */
export function detectableMeanShift(n: number, m: number, alpha: number): number {
  return standardErrors(alpha) * Math.sqrt(1 / n + 1 / m);
}

/**
 * What the limit of an effect that is at most 1 is among few rows: 1, where samples of one distribution seldom have all
 * values of one below those of the other; null where they do, so that nothing can be told.
 */
function reachable(limit: number, n: number, m: number, alpha: number): number | null {
  if (limit < 1) return limit;
  const arrangements = logGamma(n + m + 1) - logGamma(n + 1) - logGamma(m + 1);
  return Math.log(2) - arrangements <= Math.log(alpha) ? 1 : null;
}

/**
 * The smallest Kolmogorov–Smirnov distance that its test shows with a power of 0.8 or more: the test's limit, and what
 * the gap at one point, whose deviation is at most half a standard error, falls short of with a chance of 0.2.
 */
export function detectableGap(n: number, m: number, alpha: number): number | null {
  const limit = Math.sqrt(-Math.log(alpha / 2) / 2) + normalLimit(1 - power) / 2;
  return reachable(limit * Math.sqrt(1 / n + 1 / m), n, m, alpha);
}

/**
 * The smallest Cramér's V, of sides of equal weight, that a chi-square test shows with a power of 0.8.
 *
 * @see Sankaran 1963, "Approximations to the non-central chi-square distribution", for the distribution under drift
 */
export function detectableAssociation(
  n: number,
  m: number,
  categories: number,
  alpha: number,
): number {
  const degrees = categories - 1;
  if (degrees < 1) return 1;
  const limit = solve((x) => chiSquareTail(x, degrees), alpha, 0);
  const missed = (noncentrality: number) => {
    const sum = degrees + noncentrality;
    const double = degrees + 2 * noncentrality;
    const h = 1 - (2 * sum * (degrees + 3 * noncentrality)) / (3 * double * double);
    const p = double / (sum * sum);
    const spread = (h - 1) * (1 - 3 * h);
    const deviation = h * Math.sqrt(2 * p * (1 + (spread * p) / 2));
    const mean = 1 + h * p * (h - 1 - ((2 - h) * spread * p) / 2);
    return 1 - normalTail(((limit / sum) ** h - mean) / deviation);
  };
  return Math.min(1, Math.sqrt(solve(missed, 1 - power, 0) / (4 / (1 / n + 1 / m))));
}

/** The smallest ROC AUC, above one half, that the rank test of so many scores shows with a power of 0.8. */
export function detectableAuc(n: number, m: number, alpha: number): number | null {
  const limit = 0.5 + standardErrors(alpha) * Math.sqrt((n + m + 1) / (12 * n * m));
  return reachable(limit, n, m, alpha);
}

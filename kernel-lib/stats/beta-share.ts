import { logGamma } from "./log-gamma";

/**
 * The regularised incomplete beta function: the chance that a beta variable is at most `x`.
 *
 * @param x 0 to 1
 * @param rest 1 − x, with the digits that the difference may lack
 * @param a > 0
 * @param b > 0
 * @see Press et al. 2007, "Numerical Recipes", 6.4: Lentz's continued fraction
 */
export function betaShare(x: number, rest: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(rest, x, b, a);
  const logX = rest < 0.5 ? Math.log1p(-rest) : Math.log(x);
  const logRest = x < 0.5 ? Math.log1p(-x) : Math.log(rest);
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * logX + b * logRest;
  return (Math.exp(logFront) * fraction(x, a, b)) / a;
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let n = 1; n < 1e5; n++) {
    const even = (n * (b - n) * x) / ((a + 2 * n - 1) * (a + 2 * n));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    result *= c * d;
    const odd = (-(a + n) * (a + b + n) * x) / ((a + 2 * n) * (a + 2 * n + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    result *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return result;
}

/** The chance that a variable of Student's distribution is farther from 0 than `t`, on either side. */
export function studentTails(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t)) return NaN;
  if (!Number.isFinite(t)) return 0;
  const square = t * t;
  const sum = degreesOfFreedom + square;
  return betaShare(degreesOfFreedom / sum, square / sum, degreesOfFreedom / 2, 0.5);
}

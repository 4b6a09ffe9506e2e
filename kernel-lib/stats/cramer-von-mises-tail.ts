import { logGamma } from "./log-gamma";

/**
 * The chance of the limit of the Cramér–von Mises statistic to be at least `x`. As in SciPy the series ends at terms
 * below 1e-7, and the tail is 1 less its sum: an absolute precision of about 1e-9.
 *
 * @see Csörgő and Faraway 1996, "The exact and asymptotic distributions of Cramér–von Mises statistics", 1.3
 */
export function cramerVonMisesTail(x: number): number {
  if (x < 0.003) return 1;
  let sum = 0;
  for (let k = 0; ; k++) {
    const y = 4 * k + 1;
    const factor = Math.exp(logGamma(k + 0.5) - logGamma(k + 1)) / (Math.PI ** 1.5 * Math.sqrt(x));
    const q = (y * y) / (16 * x);
    const term = factor * Math.sqrt(y) * Math.exp(-q) * besselK(0.25, q);
    sum += term;
    if (term < 1e-7) return Math.max(0, 1 - sum);
  }
}

/**
 * The modified Bessel function of the second kind, ∫ e^(−x cosh t) cosh(νt) dt from 0 on. The integrand and all its
 * derivatives vanish at the end and are even at 0, so that the trapezoidal rule is exact to a double.
 *
 * @see Abramowitz and Stegun 1964, 9.6.24
 */
function besselK(order: number, x: number): number {
  const step = 1 / 16;
  let sum = Math.exp(-x) / 2;
  for (let t = step; ; t += step) {
    const exponent = x * Math.cosh(t);
    if (exponent > 745) return sum * step;
    sum += Math.exp(-exponent) * Math.cosh(order * t);
  }
}

/**
 * The chance that the sum U of squared rank differences is at least `ranks` for two samples without ties: by counting
 * lattice paths by their sums.
 *
 * @see Xiao, Gordon and Yakovlev 2006, "A C++ program for the Cramér–von Mises two-sample test", equation 11
 */
export function exactCramerVonMisesTail(ranks: number, n: number, m: number): number {
  const multiple = (n * m) / greatestCommonDivisor(n, m);
  const [a, b] = [multiple / n, multiple / m];
  const pairs = n * m;
  const limit = Math.floor(
    (multiple * multiple * (n + m) * (6 * ranks - pairs * (4 * pairs - 1))) / (6 * pairs * pairs),
  );
  // Of the paths to (v, u), v = 0 … n: how many have which sum.
  let row: Map<number, number>[] = Array.from({ length: n + 1 }, () => new Map<number, number>());
  row[0]?.set(0, 1);
  for (let u = 0; u <= m; u++) {
    const nextRow: Map<number, number>[] = [];
    let left = new Map<number, number>();
    row.forEach((above, v) => {
      const gap = (a * v - b * u) ** 2;
      const here = new Map<number, number>();
      for (const paths of [left, above])
        for (const [sum, count] of paths) here.set(sum + gap, (here.get(sum + gap) ?? 0) + count);
      nextRow.push(here);
      left = here;
    });
    row = nextRow;
  }
  let all = 0;
  let tail = 0;
  for (const [sum, count] of row[n] ?? []) {
    all += count;
    if (sum >= limit) tail += count;
  }
  return tail / all;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

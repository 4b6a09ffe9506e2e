import type { Estimate } from "./estimate";

/** Many values, each of them set against its own uncertainty: the limits of all of them at `z` standard errors. */
export interface Contrasts {
  values: Float64Array;
  limits: ((z: number) => { low: Float64Array; high: Float64Array }) | null;
}

/** The estimates themselves. */
export function estimatesAsContrasts(estimates: readonly Estimate[]): Contrasts {
  const limits = limitsOf(estimates);
  return { values: Float64Array.from(estimates, ({ value }) => value), limits };
}

/**
 * Every ordered pair of independent estimates, the first minus the second: pair (i, j) stands at `pairPlace`.
 * The limits join those of the two by the root of the sum of their squares, so that a difference of shares has
 * Newcombe's hybrid score interval.
 *
 * @see Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10;
 * Zou and Donner 2008, "Construction of confidence limits about effect measures"
 */
export function pairDifferences(estimates: readonly Estimate[]): Contrasts {
  const limits = limitsOf(estimates);
  const n = estimates.length;
  const values = eachPair(n, (i, j) => valueAt(estimates, i) - valueAt(estimates, j));
  if (limits === null) return { values, limits: null };
  return {
    values,
    limits: (z) => {
      const { low, high } = limits(z);
      const down = Float64Array.from(low, (limit, i) => valueAt(estimates, i) - limit);
      const up = Float64Array.from(high, (limit, i) => limit - valueAt(estimates, i));
      const at = (array: Float64Array, i: number) => array[i] as number;
      return {
        low: eachPair(
          n,
          (i, j) => valueAt(estimates, i) - valueAt(estimates, j) - root(at(down, i), at(up, j)),
        ),
        high: eachPair(
          n,
          (i, j) => valueAt(estimates, i) - valueAt(estimates, j) + root(at(up, i), at(down, j)),
        ),
      };
    },
  };
}

/**
 * Every ordered pair of independent estimates of 0 or more, the first by the second. NaN where both are 0.
 *
 * @see Donner and Zou 2012, "Closed-form confidence intervals for functions of the normal mean and standard deviation",
 * and Newcombe 2016, "MOVER-R confidence intervals for ratios and products of two independently estimated quantities"
 */
export function pairRatios(estimates: readonly Estimate[]): Contrasts {
  const limits = limitsOf(estimates);
  const n = estimates.length;
  const values = eachPair(n, (i, j) => valueAt(estimates, i) / valueAt(estimates, j));
  if (limits === null) return { values, limits: null };
  return {
    values,
    limits: (z) => {
      const { low, high } = limits(z);
      const end = (i: number, j: number, over: Float64Array, under: Float64Array) => {
        const [a, b] = [valueAt(estimates, i), valueAt(estimates, j)];
        // What an interval of a share never does, that of a mean may: end below 0.
        const [c, d] = [Math.max(0, over[i] as number), Math.max(0, under[j] as number)];
        return { product: a * b, top: c * (2 * a - c), bottom: d * (2 * b - d) };
      };
      return {
        low: eachPair(n, (i, j) => {
          const { product, top, bottom } = end(i, j, low, high);
          if (top <= 0) return 0;
          return top / (product + Math.sqrt(Math.max(0, product * product - top * bottom)));
        }),
        high: eachPair(n, (i, j) => {
          const { product, top, bottom } = end(i, j, high, low);
          if (bottom <= 0) return Infinity;
          return (product + Math.sqrt(Math.max(0, product * product - top * bottom))) / bottom;
        }),
      };
    },
  };
}

/** Of contrasts of which less is worse: their negatives, of which more is. */
export function negated({ values, limits }: Contrasts): Contrasts {
  const minus = (array: Float64Array) => array.map((value) => -value);
  if (limits === null) return { values: minus(values), limits };
  return {
    values: minus(values),
    limits: (z) => {
      const { low, high } = limits(z);
      return { low: minus(high), high: minus(low) };
    },
  };
}

export function joined(all: readonly Contrasts[]): Contrasts {
  const concat = (arrays: readonly Float64Array[]) => {
    const whole = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      whole.set(array, at);
      at += array.length;
    }
    return whole;
  };
  const values = concat(all.map((each) => each.values));
  if (all.some(({ limits }) => limits === null)) return { values, limits: null };
  return {
    values,
    limits: (z) => {
      const ends = all.flatMap(({ limits }) => (limits === null ? [] : [limits(z)]));
      return {
        low: concat(ends.map(({ low }) => low)),
        high: concat(ends.map(({ high }) => high)),
      };
    },
  };
}

/** The estimates of the pair at this place of n estimates. */
export function pairAt(place: number, n: number): [number, number] {
  const first = Math.floor(place / (n - 1));
  const second = place % (n - 1);
  return [first, second + Number(second >= first)];
}

function eachPair(n: number, of: (i: number, j: number) => number): Float64Array {
  const all = new Float64Array(n * (n - 1));
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) all[at++] = of(i, j);
  return all;
}

function root(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}

function valueAt(estimates: readonly Estimate[], i: number): number {
  return (estimates[i] as Estimate).value;
}

function limitsOf(estimates: readonly Estimate[]): Contrasts["limits"] {
  if (estimates.some(({ limits }) => limits === null)) return null;
  return (z) => {
    const ends = estimates.map(({ limits }) => limits?.(z) ?? [NaN, NaN]);
    return {
      low: Float64Array.from(ends, ([low]) => low),
      high: Float64Array.from(ends, ([, high]) => high),
    };
  };
}

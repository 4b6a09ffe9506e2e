/**
 * Count, mean, spread and extremes of finite values, exact but for rounding, which two of them merge to those of all
 * values.
 *
 * @see Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances"
 */
export interface Moments {
  count: number;
  mean: number;
  /** Sum of the squared differences from the mean. */
  squares: number;
  min: number;
  max: number;
}

export const noMoments: Moments = {
  count: 0,
  mean: 0,
  squares: 0,
  min: Infinity,
  max: -Infinity,
};

/** Moments of finite values, in two passes. */
export function momentsOf(values: Float64Array): Moments {
  const count = values.length;
  if (count === 0) return noMoments;
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const apart = (values[i] as number) - mean;
    squares += apart * apart;
  }
  return { count, mean, squares, min, max };
}

export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const apart = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (apart * b.count) / count,
    squares: a.squares + b.squares + (apart * apart * a.count * b.count) / count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

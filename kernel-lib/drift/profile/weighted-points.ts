/** Values in ascending order, each of which stands for as many values as its weight says. */
export interface WeightedPoints {
  values: Float64Array;
  weights: Float64Array;
}

/** Ascending values of one weight. */
export interface WeightedRun {
  values: Float64Array;
  weight: number;
}

/** Two ascending arrays as one. */
export function mergeSorted(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let [i, j] = [0, 0];
  for (let k = 0; k < merged.length; k++)
    merged[k] = (
      j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number)) ? a[i++] : b[j++]
    ) as number;
  return merged;
}

function mergePoints(a: WeightedPoints, b: WeightedPoints): WeightedPoints {
  const length = a.values.length + b.values.length;
  const values = new Float64Array(length);
  const weights = new Float64Array(length);
  let [i, j] = [0, 0];
  for (let k = 0; k < length; k++) {
    const first =
      j >= b.values.length ||
      (i < a.values.length && (a.values[i] as number) <= (b.values[j] as number));
    const from = first ? a : b;
    const at = first ? i++ : j++;
    values[k] = from.values[at] as number;
    weights[k] = from.weights[at] as number;
  }
  return { values, weights };
}

/** All points of the runs, ascending. */
export function pointsOf(runs: readonly WeightedRun[]): WeightedPoints {
  let parts: WeightedPoints[] = runs.map(({ values, weight }) => ({
    values,
    weights: new Float64Array(values.length).fill(weight),
  }));
  while (parts.length > 1) {
    const pairs: WeightedPoints[] = [];
    for (let i = 0; i < parts.length; i += 2) {
      const [a, b] = [parts[i] as WeightedPoints, parts[i + 1]];
      pairs.push(b ? mergePoints(a, b) : a);
    }
    parts = pairs;
  }
  return parts[0] ?? { values: new Float64Array(0), weights: new Float64Array(0) };
}

/**
 * Fewer points of one weight: the middle ones of `length` stretches of equal mass. The rank of any value changes by
 * half of the new weight at most.
 */
export function thinned({ values, weights }: WeightedPoints, length: number): WeightedRun {
  let mass = 0;
  for (const weight of weights) mass += weight;
  const weight = mass / length;
  const kept = new Float64Array(length);
  let [at, reached] = [0, weights[0] ?? 0];
  for (let i = 0; i < length; i++) {
    const middle = (i + 0.5) * weight;
    while (reached < middle && at < values.length - 1) reached += weights[++at] as number;
    kept[i] = values[at] as number;
  }
  return { values: kept, weight };
}

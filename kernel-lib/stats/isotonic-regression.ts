import { AssayerError } from "../errors";
import { argsort } from "./argsort";

/** A function that never falls: linear between the points, and constant beyond them. */
export interface IsotonicFit {
  /** Ascending. */
  x: Float64Array;
  /** As many, never falling. */
  y: Float64Array;
}

/** Values of x that are nearer are one, as scikit-learn has it for doubles. */
const resolution = 1e-15;

/**
 * Isotonic regression: the non-decreasing function with the least squared distance to `y`, by pooling adjacent
 * violators. The answers are those of scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.
 *
 * @param x n ≥ 1 finite numbers, in any order; equal ones share the mean of their `y`
 * @param y n finite numbers
 * @throws AssayerError "invalid-argument" for arrays of different length or none
 * @see Barlow, Bartholomew, Bremner and Brunk 1972; https://scikit-learn.org/stable/modules/isotonic.html
 * @example isotonicPredict(isotonicRegression(Float64Array.of(1, 2, 3), Float64Array.of(0, 1, 0)), 2) // 0.5
 */
export function isotonicRegression(x: Float64Array, y: Float64Array): IsotonicFit {
  if (x.length === 0 || x.length !== y.length)
    throw new AssayerError(
      "invalid-argument",
      `isotonicRegression requires arrays of one length, 1 or more; got ${x.length} and ${y.length}`,
    );
  const points = distinctPoints(x, y);
  const pooled = poolAdjacentViolators(points.y, points.weights);
  return withoutInnerPoints(points.x, pooled);
}

/**
 * The value of an isotonic fit at `x`; that of the nearest point outside of its range. NaN for NaN.
 *
 * @example isotonicPredict({ x: Float64Array.of(0, 1), y: Float64Array.of(0, 10) }, 0.25) // 2.5
 */
export function isotonicPredict(fit: IsotonicFit, x: number): number {
  if (Number.isNaN(x)) return NaN;
  const last = fit.x.length - 1;
  if (last === 0 || x <= Number(fit.x[0])) return Number(fit.y[0]);
  if (x >= Number(fit.x[last])) return Number(fit.y[last]);
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (Number(fit.x[middle]) < x) low = middle;
    else high = middle;
  }
  const slope =
    (Number(fit.y[high]) - Number(fit.y[low])) / (Number(fit.x[high]) - Number(fit.x[low]));
  return slope * (x - Number(fit.x[low])) + Number(fit.y[low]);
}

interface Points {
  x: Float64Array;
  y: Float64Array;
  weights: Float64Array;
}

function distinctPoints(x: Float64Array, y: Float64Array): Points {
  const order = argsort(x);
  const points = {
    x: new Float64Array(x.length),
    y: new Float64Array(x.length),
    weights: new Float64Array(x.length),
  };
  let count = 0;
  for (let i = 0; i < order.length;) {
    const first = Number(x[order[i] ?? 0]);
    let sum = 0;
    let weight = 0;
    for (; i < order.length && Number(x[order[i] ?? 0]) - first < resolution; i++, weight++)
      sum += Number(y[order[i] ?? 0]);
    points.x[count] = first;
    points.y[count] = sum / weight;
    points.weights[count] = weight;
    count++;
  }
  return {
    x: points.x.subarray(0, count),
    y: points.y.subarray(0, count),
    weights: points.weights.subarray(0, count),
  };
}

function poolAdjacentViolators(y: Float64Array, weights: Float64Array): Float64Array {
  const n = y.length;
  const sums = new Float64Array(n);
  const blockWeights = new Float64Array(n);
  const ends = new Uint32Array(n);
  let blocks = 0;
  for (let i = 0; i < n; i++) {
    let weight = Number(weights[i]);
    let sum = Number(y[i]) * weight;
    for (; blocks > 0; blocks--) {
      const before = blocks - 1;
      if (Number(sums[before]) * weight < sum * Number(blockWeights[before])) break;
      sum += Number(sums[before]);
      weight += Number(blockWeights[before]);
    }
    sums[blocks] = sum;
    blockWeights[blocks] = weight;
    ends[blocks] = i + 1;
    blocks++;
  }
  const result = new Float64Array(n);
  for (let block = 0, start = 0; block < blocks; start = Number(ends[block]), block++)
    result.fill(Number(sums[block]) / Number(blockWeights[block]), start, Number(ends[block]));
  return result;
}

/** Of a run of equal values the two ends say it all. */
function withoutInnerPoints(x: Float64Array, y: Float64Array): IsotonicFit {
  const keptX = new Float64Array(x.length);
  const keptY = new Float64Array(x.length);
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    const inner = i > 0 && i < x.length - 1 && y[i] === y[i - 1] && y[i] === y[i + 1];
    if (inner) continue;
    keptX[count] = x[i] as number;
    keptY[count++] = y[i] as number;
  }
  return { x: keptX.slice(0, count), y: keptY.slice(0, count) };
}

import { ascending } from "./ascending";
import { chiSquareTail } from "./gamma-tail";
import { lowerBound, upperBound } from "./histogram";
import { symmetricEigen } from "./symmetric-eigen";
import type { TestResult } from "./test-result";

const points = [0.4, 0.8];
const terms = 2 * points.length;

/**
 * Epps–Singleton test that two samples come from one distribution, by their characteristic functions at 0.4 and 0.8 half
 * interquartile ranges. Also for values with ties.
 *
 * @param reference n ≥ 5 values; those that are not finite are left out. Sorted once, a sample is not sorted again
 * @param current m ≥ 5 values
 * @returns NaN for fewer than 5 values on a side, or an interquartile range of 0 of both together
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Epps and Singleton 1986, "An omnibus test for the two-sample problem using the empirical characteristic
 *   function"; SciPy's `epps_singleton_2samp`
 */
export function eppsSingleton(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): TestResult {
  const x = ascending("eppsSingleton", "reference", reference);
  const y = ascending("eppsSingleton", "current", current);
  const n = x.length;
  const m = y.length;
  const spread = jointQuantile(x, y, 0.75) - jointQuantile(x, y, 0.25);
  if (n < 5 || m < 5 || spread === 0) return { statistic: NaN, pValue: NaN };
  const scales = points.map((point) => (2 * point) / spread);
  const ofX = characteristic(x, scales);
  const ofY = characteristic(y, scales);
  const size = n + m;
  const covariance = ofX.covariance.map(
    (each, i) => size * (each / n + (ofY.covariance[i] as number) / m),
  );
  const difference = ofX.mean.map((each, i) => each - (ofY.mean[i] as number));
  const { form, rank } = inverseForm(covariance, difference);
  const correction =
    Math.max(n, m) < 25 ? 1 / (1 + size ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7)) : 1;
  const statistic = size * form * correction;
  return { statistic, pValue: chiSquareTail(statistic, rank) };
}

/** Quantile of both samples together, without merging them. */
function jointQuantile(x: Float64Array, y: Float64Array, share: number): number {
  const place = share * (x.length + y.length - 1);
  const below = Math.floor(place);
  const low = ofRank(x, y, below);
  const part = place - below;
  return part === 0 ? low : low + (ofRank(x, y, below + 1) - low) * part;
}

/** The value at a place, from 0, of both samples sorted together. */
function ofRank(x: Float64Array, y: Float64Array, place: number): number {
  for (const [own, other] of [
    [x, y],
    [y, x],
  ] as const) {
    let low = 0;
    let high = own.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const value = own[middle] as number;
      if (middle + 1 + upperBound(other, value) <= place) low = middle + 1;
      else high = middle;
    }
    const value = own[low];
    if (value !== undefined && lowerBound(own, value) + lowerBound(other, value) <= place)
      return value;
  }
  return NaN;
}

/** Means and biased covariances (4 × 4) of the cosines and sines of the scaled values. */
function characteristic(
  values: Float64Array,
  scales: readonly number[],
): { mean: number[]; covariance: number[] } {
  const mean = new Array<number>(terms).fill(0);
  const products = new Array<number>(terms * terms).fill(0);
  const at = new Array<number>(terms).fill(0);
  const n = values.length;
  // Around the first value's cosines and sines, so that close values keep their digits.
  const origin = wave(values[0] as number, scales, new Array<number>(terms).fill(0));
  for (let k = 0; k < n; k++) {
    wave(values[k] as number, scales, at);
    for (let i = 0; i < terms; i++) {
      at[i] = (at[i] as number) - (origin[i] as number);
      mean[i] = (mean[i] as number) + (at[i] as number);
      for (let j = 0; j <= i; j++)
        products[i * terms + j] =
          (products[i * terms + j] as number) + (at[i] as number) * (at[j] as number);
    }
  }
  const covariance = products.map((_, place) => {
    const i = Math.max(Math.floor(place / terms), place % terms);
    const j = Math.min(Math.floor(place / terms), place % terms);
    return (
      ((products[i * terms + j] as number) - ((mean[i] as number) * (mean[j] as number)) / n) / n
    );
  });
  return { mean: mean.map((sum, i) => (origin[i] as number) + sum / n), covariance };
}

function wave(value: number, scales: readonly number[], into: number[]): number[] {
  scales.forEach((scale, i) => {
    into[i] = Math.cos(scale * value);
    into[points.length + i] = Math.sin(scale * value);
  });
  return into;
}

/** vᵀ A⁺ v with the pseudo-inverse of a symmetric matrix, and its rank: eigenvalues of 4 roundings count as 0. */
function inverseForm(matrix: number[], vector: number[]): { form: number; rank: number } {
  const { values, vectors } = symmetricEigen(matrix, terms);
  // Two constants: nothing varies but from one sample to the other.
  if (matrix.every((each) => each === 0)) return { form: Infinity, rank: terms };
  const least = Math.max(...values.map(Math.abs)) * terms * Number.EPSILON;
  let form = 0;
  let rank = 0;
  values.forEach((value, k) => {
    if (Math.abs(value) <= least) return;
    rank++;
    const along = vector.reduce(
      (sum, each, i) => sum + each * (vectors[k * terms + i] as number),
      0,
    );
    form += (along * along) / value;
  });
  return { form, rank };
}

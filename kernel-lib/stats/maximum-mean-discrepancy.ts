import { ascending } from "./ascending";
import { seededRandom } from "./seeded-random";
import { sortedCopy } from "./sorted-copy";
import type { TestResult } from "./test-result";

/**
 * Maximum mean discrepancy with a Gaussian kernel, unbiased, and its permutation test. The kernel's width is set by the
 * median squared distance within the reference.
 *
 * @param reference n ≥ 2 values; those that are not finite are left out
 * @param current m ≥ 2 values
 * @param options.permutations default 100
 * @param options.seed default 0; the same seed gives the same p-value
 * @param options.limit of values a side, default 1000: cost and memory grow with its square. Of more, as many are taken
 *   as evenly spaced places of the sorted sample hold
 * @returns the squared discrepancy, below 0 at times; and the share of permutations that are at least as far apart.
 *   NaN for a single value on a side
 * @throws AssayerError "empty-sample" if a sample has no finite value
 * @see Gretton et al. 2012, "A kernel two-sample test", lemma 6; `empirical_mmd` of Evidently 0.7.21
 */
export function maximumMeanDiscrepancy(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  {
    permutations = 100,
    seed = 0,
    limit = 1000,
  }: { permutations?: number; seed?: number; limit?: number } = {},
): TestResult {
  const x = thinned(ascending("maximumMeanDiscrepancy", "reference", reference), limit);
  const y = thinned(ascending("maximumMeanDiscrepancy", "current", current), limit);
  const n = x.length;
  const m = y.length;
  if (n < 2 || m < 2) return { statistic: NaN, pValue: NaN };
  const kernel = kernelMatrix(x, y);
  const order = Uint32Array.from({ length: n + m }, (_, i) => i);
  const statistic = discrepancy(kernel, order.subarray(0, n));
  const random = seededRandom(seed);
  let asFar = 0;
  for (let k = 0; k < permutations; k++) {
    shuffle(order, random);
    if (statistic <= discrepancy(kernel, order.slice(0, n).sort())) asFar++;
  }
  return { statistic, pValue: asFar / permutations };
}

function thinned(sorted: Float64Array, limit: number): Float64Array {
  const n = sorted.length;
  if (n <= limit) return sorted;
  return Float64Array.from(
    { length: limit },
    (_, i) => sorted[Math.floor(((i + 0.5) * n) / limit)] as number,
  );
}

/** Similarities of all pairs of both samples, 0 on the diagonal, and the sum of each row. */
interface Kernel {
  size: number;
  values: Float64Array;
  rowSums: Float64Array;
}

function kernelMatrix(x: Float64Array, y: Float64Array): Kernel {
  const values = new Float64Array(x.length + y.length);
  values.set(x);
  values.set(y, x.length);
  const width = medianSquare(x);
  const rate = 1 / (width === 0 ? 1 : width);
  const size = values.length;
  const similarities = new Float64Array(size * size);
  const rowSums = new Float64Array(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) {
      const distance = (values[i] as number) - (values[j] as number);
      const similarity = Math.exp(-rate * distance * distance);
      similarities[i * size + j] = similarity;
      rowSums[i] = (rowSums[i] as number) + similarity;
      rowSums[j] = (rowSums[j] as number) + similarity;
    }
  return { size, values: similarities, rowSums };
}

/** Median squared distance of all ordered pairs, each value with itself too; of two middle ones that at the even place. */
function medianSquare(x: Float64Array): number {
  const n = x.length;
  const squares = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) squares[i * n + j] = ((x[i] as number) - (x[j] as number)) ** 2;
  const place = (n * n - 1) / 2;
  const below = Math.floor(place);
  return sortedCopy(squares)[place === below || below % 2 === 0 ? below : below + 1] as number;
}

/** Of the values at these places, ascending, from the others. */
function discrepancy({ size, values, rowSums }: Kernel, places: Uint32Array): number {
  const n = places.length;
  const m = size - n;
  let within = 0;
  let ofRows = 0;
  for (let i = 0; i < n; i++) {
    const place = places[i] as number;
    const row = place * size;
    ofRows += rowSums[place] as number;
    let sum = 0;
    for (let j = 0; j < i; j++) sum += values[row + (places[j] as number)] as number;
    within += sum;
  }
  const between = ofRows - 2 * within;
  const all = rowSums.reduce((sum, each) => sum + each, 0) / 2;
  const others = all - within - between;
  return (2 * within) / (n * (n - 1)) + (2 * others) / (m * (m - 1)) - (2 * between) / (n * m);
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const other = order[j] as number;
    order[j] = order[i] as number;
    order[i] = other;
  }
}

import { AssayerError } from "../../errors";
import { seededRandom } from "../../stats/seeded-random";
import { sharesOf, widthOf, type Background } from "../row-matrix";
import { cumulated, drawnPlace } from "./masked-model";

const starts = 10;
const mostSteps = 300;

/**
 * A few rows that stand for many: the centres of k-means, each weighted by the rows it stands for, and each value
 * moved to the nearest one that its column has, so that codes and whole numbers stay what they are. Missing values
 * count as the column's mean. Explaining against them is faster, and approximate.
 *
 * @param data n ≥ 1 rows, with weights where they do not count alike
 * @param count rows of the summary; all that are distinct where those are fewer
 * @param options.seed default 0
 * @throws AssayerError "invalid-argument" for no rows, or a count below 1
 * @see shap's `kmeans`; Lloyd 1982; Arthur and Vassilvitskii 2007, "k-means++", best of 10 starts
 */
export function summariseBackground(
  data: Background,
  count: number,
  { seed = 0 }: { seed?: number } = {},
): Background & { weights: Float64Array } {
  const caller = "summariseBackground";
  const width = widthOf(caller, "row", data);
  if (!Number.isInteger(count) || count < 1)
    throw new AssayerError("invalid-argument", `${caller} requires 1 row or more; got ${count}`);
  const shares = sharesOf(caller, data);
  const rows = imputed(data.rows, shares, width);
  const random = seededRandom(seed);
  let best: Clusters | undefined;
  for (let start = 0; start < starts; start++) {
    const found = lloyd(rows, shares, width, plusPlus(rows, shares, width, count, random));
    if (!best || found.inertia < best.inertia) best = found;
  }
  const { centres = new Float64Array(), of = new Int32Array() } = best ?? {};
  const k = centres.length / width;
  const weights = new Float64Array(k);
  of.forEach((cluster, r) => {
    weights[cluster] = (weights[cluster] as number) + (data.weights?.[r] ?? 1);
  });
  for (let f = 0; f < width; f++) {
    const values = rows.filter((_, at) => at % width === f).sort();
    for (let c = 0; c < k; c++)
      centres[c * width + f] = nearestOf(values, centres[c * width + f] as number);
  }
  return { rows: centres, count: k, weights };
}

function imputed(rows: Float64Array, shares: Float64Array, width: number): Float64Array {
  const filled = rows.slice();
  for (let f = 0; f < width; f++) {
    let [sum, share] = [0, 0];
    for (let r = 0; r < shares.length; r++) {
      const value = rows[r * width + f] as number;
      if (Number.isNaN(value)) continue;
      sum += (shares[r] as number) * value;
      share += shares[r] as number;
    }
    for (let at = f; at < filled.length; at += width)
      if (Number.isNaN(filled[at])) filled[at] = share > 0 ? sum / share : 0;
  }
  return filled;
}

/** Starts far from one another: each next one drawn by its squared distance from those before. */
function plusPlus(
  rows: Float64Array,
  shares: Float64Array,
  width: number,
  count: number,
  random: () => number,
): Float64Array {
  const n = shares.length;
  const chosen: number[] = [];
  const distance = new Float64Array(n).fill(Infinity);
  let next = drawnPlace(cumulated(shares), random);
  for (;;) {
    chosen.push(...rows.subarray(next * width, (next + 1) * width));
    if (chosen.length === count * width) break;
    const centre = chosen.slice(-width);
    const chances = new Float64Array(n);
    for (let r = 0; r < n; r++) {
      distance[r] = Math.min(
        distance[r] as number,
        squareBetween(rows, r * width, centre, 0, width),
      );
      chances[r] = (shares[r] as number) * (distance[r] as number);
    }
    const upTo = cumulated(chances);
    // No row is left that is not chosen already.
    if (!((upTo[n - 1] as number) > 0)) break;
    next = drawnPlace(upTo, random);
  }
  return Float64Array.from(chosen);
}

interface Clusters {
  centres: Float64Array;
  /** By row, its centre. */
  of: Int32Array;
  inertia: number;
}

function lloyd(
  rows: Float64Array,
  shares: Float64Array,
  width: number,
  centres: Float64Array,
): Clusters {
  const n = shares.length;
  const k = centres.length / width;
  const of = new Int32Array(n).fill(-1);
  let inertia = Infinity;
  for (let step = 0; step < mostSteps; step++) {
    let changed = false;
    inertia = 0;
    const sums = new Float64Array(k * width);
    const totals = new Float64Array(k);
    for (let r = 0; r < n; r++) {
      let [best, least] = [0, Infinity];
      for (let c = 0; c < k; c++) {
        const distance = squareBetween(rows, r * width, centres, c * width, width);
        if (distance < least) [best, least] = [c, distance];
      }
      if (of[r] !== best) changed = true;
      of[r] = best;
      const share = shares[r] as number;
      inertia += share * least;
      totals[best] = (totals[best] as number) + share;
      for (let f = 0; f < width; f++)
        sums[best * width + f] =
          (sums[best * width + f] as number) + share * (rows[r * width + f] as number);
    }
    if (!changed) break;
    for (let c = 0; c < k; c++)
      if ((totals[c] as number) > 0)
        for (let f = 0; f < width; f++)
          centres[c * width + f] = (sums[c * width + f] as number) / (totals[c] as number);
  }
  return { centres, of, inertia };
}

function squareBetween(
  a: ArrayLike<number>,
  fromA: number,
  b: ArrayLike<number>,
  fromB: number,
  width: number,
): number {
  let sum = 0;
  for (let f = 0; f < width; f++) sum += ((a[fromA + f] as number) - (b[fromB + f] as number)) ** 2;
  return sum;
}

/** @param sorted ascending */
function nearestOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  const [above, below] = [sorted[low] as number, sorted[Math.max(0, low - 1)] as number];
  return Math.abs(below - value) <= Math.abs(above - value) ? below : above;
}

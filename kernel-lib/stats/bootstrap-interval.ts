import { normalTail } from "./gamma-tail";
import { normalQuantile } from "./normal-quantile";
import { quantileOfSorted } from "./quantile";
import { sortedCopy } from "./sorted-copy";

/** What a statistic is without each row in turn. */
export interface Jackknife {
  values: ArrayLike<number>;
  /** How many rows each value stands for. */
  times: ArrayLike<number>;
}

/**
 * The middle of the values that a statistic has of resampled rows.
 *
 * @param replicates one value for each resample; NaN where it has none
 * @param confidence such as 0.95
 * @returns null where all values are the same, which says nothing of their spread, or none is there
 * @see Efron 1979, "Bootstrap methods: another look at the jackknife"; quantiles as `numpy.quantile`
 */
export function percentileInterval(
  replicates: Float64Array,
  confidence: number,
): [number, number] | null {
  const tail = (1 - confidence) / 2;
  return between(sortedFinite(replicates), tail, 1 - tail);
}

/**
 * The same, corrected for bias and for a spread that changes with the statistic.
 *
 * @param value of all rows
 * @see Efron 1987, "Better bootstrap confidence intervals"; `scipy.stats.bootstrap(method="BCa")`
 */
export function bcaInterval(
  value: number,
  replicates: Float64Array,
  jackknife: Jackknife,
  confidence: number,
): [number, number] | null {
  const sorted = sortedFinite(replicates);
  const below = sorted.reduce((sum, each) => sum + Number(each < value) + Number(each <= value), 0);
  const bias = normalQuantile(below / (2 * sorted.length));
  if (!Number.isFinite(bias)) return null;
  const acceleration = accelerationOf(jackknife);
  const share = (z: number) => 1 - normalTail(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const z = normalQuantile((1 + confidence) / 2);
  return between(sorted, share(-z), share(z));
}

function accelerationOf({ values, times }: Jackknife): number {
  let [rows, sum] = [0, 0];
  const each = (visit: (value: number, count: number) => void) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Number.isFinite(value)) visit(value, times[i] as number);
    }
  };
  each((value, count) => {
    rows += count;
    sum += count * value;
  });
  const mean = sum / rows;
  let [squares, cubes] = [0, 0];
  each((value, count) => {
    squares += count * (mean - value) ** 2;
    cubes += count * (mean - value) ** 3;
  });
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}

function sortedFinite(replicates: Float64Array): Float64Array {
  return sortedCopy(replicates.filter((value) => Number.isFinite(value)));
}

function between(sorted: Float64Array, from: number, to: number): [number, number] | null {
  if (sorted.length < 2 || sorted[0] === sorted[sorted.length - 1]) return null;
  return [quantileOfSorted(sorted, from), quantileOfSorted(sorted, to)];
}

import { AssayerError } from "../../errors";

export interface GridOptions {
  /** Values of the column to look at; else they are taken from the data. */
  grid?: ArrayLike<number>;
  /** Every value of the data is taken, as for a column of categories. */
  categorical?: boolean;
  /** Values of the grid; a column with fewer has all of its own. Default 100. */
  gridResolution?: number;
  /** Shares of the data where the grid starts and ends; default 0.05 and 0.95. */
  percentiles?: readonly [number, number];
}

/**
 * Values to look at: as `sklearn.inspection.partial_dependence` chooses them, even steps between two percentiles (of
 * scipy's `mquantiles`), or all values where they are fewer than the steps.
 *
 * @param sorted the column's finite values, ascending
 */
export function effectGrid(
  caller: string,
  sorted: Float64Array,
  { grid, categorical = false, gridResolution = 100, percentiles = [0.05, 0.95] }: GridOptions,
): Float64Array {
  const fail = (wanted: string, got: string | number): never => {
    throw new AssayerError("invalid-argument", `${caller} requires ${wanted}; got ${got}`);
  };
  if (grid !== undefined) {
    if (grid.length === 0) fail("a grid of 1 value or more", 0);
    return Float64Array.from(grid);
  }
  const [from, to] = percentiles;
  if (!(gridResolution >= 2)) fail("a gridResolution of 2 or more", gridResolution);
  if (!(from >= 0 && from < to && to <= 1))
    fail("two percentiles from 0 to 1 in rising order", percentiles.join(" and "));
  const unique = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (categorical || unique.length < gridResolution) return unique;
  const [low, high] = [mquantile(sorted, from), mquantile(sorted, to)];
  if (!(high - low > 1e-8 + 1e-5 * Math.abs(high)))
    fail("percentiles that lie apart", "two of the same value");
  const step = (high - low) / (gridResolution - 1);
  return Float64Array.from({ length: gridResolution }, (_, i) =>
    i === gridResolution - 1 ? high : low + step * i,
  );
}

/** @see `scipy.stats.mstats.mquantiles` with its default plotting position, 0.4 and 0.4 */
function mquantile(sorted: Float64Array, share: number): number {
  const n = sorted.length;
  const place = n * share + 0.4 + share * 0.2;
  const below = Math.floor(Math.min(Math.max(place, 1), n - 1));
  const part = Math.min(Math.max(place - below, 0), 1);
  return (1 - part) * (sorted[below - 1] as number) + part * (sorted[below] as number);
}

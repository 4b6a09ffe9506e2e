import { normalQuantile } from "../../stats/normal-quantile";
import { quantileOfSorted } from "../../stats/quantile";
import { AssayerError } from "../../errors";
import { predictInBlocks } from "../any-model/predict-in-blocks";
import type { RowMatrix } from "../row-matrix";
import { askedOf, knownValues, type EffectCurve, type EffectOptions } from "./effect-options";

export interface AccumulatedLocalEffects {
  /** The borders of the intervals: quantiles of the column. */
  grid: Float64Array;
  /** Rows in each interval: one fewer than the grid. */
  counts: Float64Array;
  /** One for each output: effects at the borders, whose mean over the rows is 0. */
  outputs: EffectCurve[];
}

/**
 * How predictions go with a number column, by differences between the borders of the interval that each row lies in:
 * the model is asked about values near the row's own, so that columns which go together with it do not mislead.
 * Rows where the column is missing are left out.
 *
 * @param options.bins intervals of about as many rows each, at most; default 20
 * @param options.grid the intervals' borders in place of quantiles; rows outside are left out
 * @throws AssayerError "invalid-argument" for an unknown column, or one with fewer than two values
 * @see Apley and Zhu 2020, "Visualizing the effects of predictor variables in black box supervised learning models",
 *   equations 11 to 16
 */
export async function accumulatedLocalEffects(
  data: RowMatrix,
  options: EffectOptions & { bins?: number; grid?: ArrayLike<number> },
): Promise<AccumulatedLocalEffects> {
  const caller = "accumulatedLocalEffects";
  const model = askedOf(caller, data, options);
  const { column, bins = 20 } = options;
  const { width } = model;
  const sorted = knownValues(caller, data, column, width);
  if (!(bins >= 1))
    throw new AssayerError("invalid-argument", `${caller} requires 1 bin or more; got ${bins}`);
  const borders = options.grid
    ? Float64Array.from(options.grid).sort()
    : Float64Array.from({ length: bins + 1 }, (_, i) => quantileOfSorted(sorted, i / bins));
  const grid = borders.filter((value, i) => i === 0 || value !== borders[i - 1]);
  if (grid.length < 2)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a column, or a grid, with 2 values or more; got ${grid.length}`,
    );
  const places: number[] = [];
  const intervals: number[] = [];
  for (let row = 0; row < data.count; row++) {
    const value = data.rows[row * width + column] as number;
    if (!(value >= (grid[0] as number) && value <= (grid[grid.length - 1] as number))) continue;
    places.push(row);
    intervals.push(intervalOf(grid, value));
  }
  const answers = await predictInBlocks(model, 2 * places.length, (i, target, offset) => {
    const from = (places[i >> 1] as number) * width;
    for (let f = 0; f < width; f++) target[offset + f] = data.rows[from + f] as number;
    target[offset + column] = grid[(intervals[i >> 1] as number) + (i & 1)] as number;
  });
  const counts = new Float64Array(grid.length - 1);
  for (const interval of intervals) counts[interval] = (counts[interval] as number) + 1;
  const outputs = Array.from({ length: model.outputs }, (_, k) => {
    const means = new Float64Array(counts.length);
    const squares = new Float64Array(counts.length);
    const seen = new Float64Array(counts.length);
    intervals.forEach((interval, i) => {
      const difference =
        (answers[(2 * i + 1) * model.outputs + k] as number) -
        (answers[2 * i * model.outputs + k] as number);
      const n = (seen[interval] = (seen[interval] as number) + 1);
      const delta = difference - (means[interval] as number);
      means[interval] = (means[interval] as number) + delta / n;
      squares[interval] = (squares[interval] as number) + delta * (difference - means[interval]);
    });
    return accumulated(means, squares, counts);
  });
  return { grid, counts, outputs };
}

/** The interval that a value lies in: above its lower border, up to its upper one; the lowest value in the first. */
function intervalOf(grid: Float64Array, value: number): number {
  let [low, high] = [0, grid.length - 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (grid[middle + 1] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Effects at the borders: sums of the intervals' mean differences, less their mean over the rows. */
function accumulated(
  means: Float64Array,
  squares: Float64Array,
  counts: Float64Array,
): EffectCurve {
  const n = counts.reduce((sum, each) => sum + each, 0);
  const sums = new Float64Array(means.length + 1);
  means.forEach((mean, i) => (sums[i + 1] = (sums[i] as number) + mean));
  // Of an interval's mean difference, the part that the effects' mean over the rows holds.
  const parts = means.map((_, i) => {
    let rows = (counts[i] as number) / 2;
    for (let later = i + 1; later < counts.length; later++) rows += counts[later] as number;
    return rows / n;
  });
  const centre = means.reduce((sum, mean, i) => sum + mean * (parts[i] as number), 0);
  const values = sums.map((sum) => sum - centre);
  const z = normalQuantile(0.975);
  const half = values.map((_, border) => {
    let variance = 0;
    means.forEach((_, i) => {
      const count = counts[i] as number;
      if (count < 2) return;
      const weight = (i < border ? 1 : 0) - (parts[i] as number);
      variance += (weight ** 2 * (squares[i] as number)) / (count - 1) / count;
    });
    return z * Math.sqrt(variance);
  });
  return {
    values,
    lower: values.map((value, i) => value - (half[i] as number)),
    upper: values.map((value, i) => value + (half[i] as number)),
  };
}

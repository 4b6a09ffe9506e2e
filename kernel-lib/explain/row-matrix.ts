import { AssayerError } from "../errors";

/** Rows of numbers: count × columns, row-major. */
export interface RowMatrix {
  rows: Float64Array;
  count: number;
}

/** Rows that stand for the data, each with a weight where they do not count alike (`summariseBackground`). */
export interface Background extends RowMatrix {
  /** One for each row, ≥ 0; default 1. */
  weights?: ArrayLike<number>;
}

/**
 * The number of columns of rows.
 *
 * @throws AssayerError "invalid-argument" for no rows, or numbers that do not make `count` rows
 */
export function widthOf(caller: string, what: string, { rows, count }: RowMatrix): number {
  const width = rows.length / count;
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(width) || width < 1)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires 1 ${what} or more, each of as many numbers; got ${rows.length} numbers for ${count} rows`,
    );
  return width;
}

/** Weights that sum to 1. */
export function sharesOf(caller: string, { count, weights }: Background): Float64Array {
  if (weights === undefined) return new Float64Array(count).fill(1 / count);
  const shares = Float64Array.from(weights);
  const sum = shares.reduce((total, each) => total + each, 0);
  if (shares.length !== count || !shares.every((each) => each >= 0) || !(sum > 0 && sum < Infinity))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a weight for each of ${count} background rows, 0 or more, not all 0; got ${shares.length} that sum to ${sum}`,
    );
  return shares.map((each) => each / sum);
}

import { AssayerError } from "../../errors";
import type { AskedModel } from "../any-model/predict-in-blocks";
import type { PredictRows } from "../explanation";
import { widthOf, type RowMatrix } from "../row-matrix";

export interface EffectOptions {
  predict: PredictRows;
  /** The column's place in a row, from 0 on. */
  column: number;
  signal?: AbortSignal;
}

/** How an output goes with a column: what a chart draws beside the column's name and the grid. */
export interface EffectCurve {
  /** One for each value of the grid. */
  values: Float64Array;
  /** 95 % interval of each value, as the rows are a sample of the data. */
  lower: Float64Array;
  upper: Float64Array;
}

/**
 * Checks rows and column, and makes the model ready to be asked.
 *
 * @throws AssayerError "invalid-argument"
 */
export function askedOf(
  caller: string,
  data: RowMatrix,
  { predict, column, signal }: EffectOptions,
): AskedModel {
  const width = widthOf(caller, "row", data);
  if (!Number.isInteger(column) || column < 0 || column >= width)
    throw new AssayerError(
      "invalid-argument",
      `unknown column: ${column}; expected one of 0 to ${width - 1}`,
    );
  return { caller, predict, width, outputs: 0, evaluations: 0, signal };
}

/** The column's values that are there, ascending. */
export function knownValues(
  caller: string,
  { rows, count }: RowMatrix,
  column: number,
  width: number,
): Float64Array {
  const values = Float64Array.from({ length: count }, (_, r) => rows[r * width + column] as number);
  const known = values.filter((value) => Number.isFinite(value)).sort();
  if (known.length === 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a column with a finite value; got none`,
    );
  return known;
}

import { studentQuantile } from "../../stats/student-quantile";
import { predictInBlocks, type AskedModel } from "../any-model/predict-in-blocks";
import { sharesOf, type Background, type RowMatrix } from "../row-matrix";
import { effectGrid, type GridOptions } from "./effect-grid";
import { askedOf, knownValues, type EffectCurve, type EffectOptions } from "./effect-options";

export interface PartialDependence {
  grid: Float64Array;
  /** One for each output of the model. */
  outputs: EffectCurve[];
}

export interface ConditionalExpectation {
  grid: Float64Array;
  /** For each output, a line for each row: the predictions with the column set to each value of the grid. */
  outputs: { lines: Float64Array[] }[];
}

/**
 * The mean prediction when a column is set to each value of a grid in all rows. Columns that go together with it are
 * left as they are, so that the model may be asked about rows that do not occur: `accumulatedLocalEffects` does not.
 *
 * @param data n ≥ 1 rows, with weights where they do not count alike
 * @throws AssayerError "invalid-argument" for an unknown column, percentiles or a grid that do not fit
 * @see Friedman 2001; `sklearn.inspection.partial_dependence(method="brute", kind="average")`
 * @example (await partialDependence(data, { predict, column: 2 })).outputs[0]?.values
 */
export async function partialDependence(
  data: Background,
  options: EffectOptions & GridOptions,
): Promise<PartialDependence> {
  const model = askedOf("partialDependence", data, options);
  const shares = sharesOf("partialDependence", data);
  const grid = gridOf(model, data, options);
  // Rows that count alike have Student's interval; weighted ones the normal one of their mean.
  const effective = 1 / shares.reduce((sum, share) => sum + share * share, 0);
  const width = effective > 1 ? studentQuantile(0.975, effective - 1) : 0;
  let outputs: EffectCurve[] = [];
  for (const [g, value] of grid.entries()) {
    const answers = await setAll(model, data, options.column, value);
    if (g === 0)
      outputs = Array.from({ length: model.outputs }, () => ({
        values: new Float64Array(grid.length),
        lower: new Float64Array(grid.length),
        upper: new Float64Array(grid.length),
      }));
    outputs.forEach(({ values, lower, upper }, k) => {
      let [mean, squares] = [0, 0];
      const each = (row: number) => answers[row * model.outputs + k] as number;
      for (let row = 0; row < data.count; row++) mean += (shares[row] as number) * each(row);
      for (let row = 0; row < data.count; row++)
        squares += (shares[row] as number) * (each(row) - mean) ** 2;
      const half = width * Math.sqrt(squares / Math.max(1e-300, effective - 1));
      values[g] = mean;
      lower[g] = mean - (effective > 1 ? half : 0);
      upper[g] = mean + (effective > 1 ? half : 0);
    });
  }
  return { grid, outputs };
}

/**
 * The prediction of each row when a column is set to each value of a grid: the lines whose mean is the partial
 * dependence.
 *
 * @param options.centred whether each line starts at 0
 * @see Goldstein, Kapelner, Bleich and Pitkin 2015; `sklearn.inspection.partial_dependence(kind="individual")`
 */
export async function individualConditionalExpectation(
  data: RowMatrix,
  options: EffectOptions & GridOptions & { centred?: boolean },
): Promise<ConditionalExpectation> {
  const model = askedOf("individualConditionalExpectation", data, options);
  const grid = gridOf(model, data, options);
  let outputs: { lines: Float64Array[] }[] = [];
  for (const [g, value] of grid.entries()) {
    const answers = await setAll(model, data, options.column, value);
    if (g === 0)
      outputs = Array.from({ length: model.outputs }, () => ({
        lines: Array.from({ length: data.count }, () => new Float64Array(grid.length)),
      }));
    outputs.forEach(({ lines }, k) => {
      lines.forEach((line, row) => (line[g] = answers[row * model.outputs + k] as number));
    });
  }
  if (options.centred)
    for (const { lines } of outputs)
      for (const line of lines) {
        const start = line[0] as number;
        line.forEach((value, g) => (line[g] = value - start));
      }
  return { grid, outputs };
}

function gridOf(
  { caller, width }: AskedModel,
  data: RowMatrix,
  options: EffectOptions & GridOptions,
): Float64Array {
  const known =
    options.grid === undefined
      ? knownValues(caller, data, options.column, width)
      : new Float64Array();
  return effectGrid(caller, known, options);
}

function setAll(
  model: AskedModel,
  { rows, count }: RowMatrix,
  column: number,
  value: number,
): Promise<Float64Array> {
  const { width } = model;
  return predictInBlocks(model, count, (row, target, offset) => {
    for (let f = 0; f < width; f++) target[offset + f] = rows[row * width + f] as number;
    target[offset + column] = value;
  });
}

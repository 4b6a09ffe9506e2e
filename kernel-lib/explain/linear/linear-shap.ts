import { AssayerError } from "../../errors";
import { playersOf } from "../any-model/masked-model";
import { sharesOf, widthOf, type Background, type RowMatrix } from "../row-matrix";
import { correlatedTransform } from "./correlated-transform";
import { covarianceOf, meanOf } from "./covariance";

/** Coefficients of a linear model with one output. */
export interface LinearModel {
  /** p, in units of the output for one unit of the feature. */
  coefficients: readonly number[];
  intercept: number;
  /** p, of the background the base value is expected over. */
  mean: readonly number[];
}

export interface LinearShapOptions {
  /** Weighted sums of the features, of one output or several; `LinearCore` is one. */
  model: { coefficients: ArrayLike<number>; intercepts: ArrayLike<number> };
  /** Rows of features that the base value is expected over, or their mean (and for `correlated` their covariance). */
  background: Background | { mean: ArrayLike<number>; covariance?: ArrayLike<number> };
  /** Feature → column, from 0 on: the features of one column are one player. Default: each is a column. */
  origin?: Int32Array;
  /**
   * Whether a missing column is expected from those that are there, as in a normal distribution of the background's
   * mean and covariance, so that columns that go together share their effect. Default false: from its mean alone.
   */
  correlated?: boolean;
  /** Orders of columns that `correlated` averages over above 15 columns. Default 1000, as shap. */
  permutations?: number;
  /** Default 0. */
  seed?: number;
}

export interface LinearShapValues {
  /** k, before any link function. */
  baseValue: Float64Array;
  /** n × k × columns, row-major. */
  shapValues: Float64Array;
  /** n × k × columns, where orders of columns were sampled; null for exact values. */
  standardError: Float64Array | null;
}

/**
 * SHAP values of a linear model, in the output's unit before any link function. A row's values sum to its output minus
 * the base value. With independent columns they are coefficient × (value − mean), which is exact; `correlated` ones
 * are exact up to 15 columns, and above an average over orders of columns with a standard error.
 *
 * @param data n × features
 * @throws AssayerError "invalid-argument" for rows of another length, no background, values that are not finite
 * @see Lundberg and Lee 2017, corollary 1; Aas, Jullum and Løland 2021, "Explaining individual predictions when
 *   features are dependent"; shap's LinearExplainer with maskers.Impute
 */
export function linearShap(data: RowMatrix, options: LinearShapOptions): LinearShapValues;
/**
 * The same of one output and independent features.
 *
 * @param rows n × p
 * @returns n × p row-major
 * @throws AssayerError "invalid-argument" for a row of another length than p
 * @example linearShap([[3, 1]], { coefficients: [2, 5], intercept: 1, mean: [1, 1] }).shapValues // [4, 0]
 */
export function linearShap(
  rows: readonly ArrayLike<number>[],
  model: LinearModel,
): { shapValues: Float64Array; baseValue: number };
export function linearShap(
  data: RowMatrix | readonly ArrayLike<number>[],
  options: LinearShapOptions | LinearModel,
): LinearShapValues | { shapValues: Float64Array; baseValue: number } {
  if ("model" in options) return valuesOf(data as RowMatrix, options);
  const rows = data as readonly ArrayLike<number>[];
  const { coefficients, intercept, mean } = options;
  const width = coefficients.length;
  const odd = rows.find((row) => row.length !== width);
  if (odd) fail(`rows of ${width} values`, String(odd.length));
  if (rows.length === 0)
    return { shapValues: new Float64Array(), baseValue: expected(coefficients, mean, intercept) };
  const { shapValues, baseValue } = valuesOf(
    { rows: Float64Array.from(rows.flatMap((row) => Array.from(row))), count: rows.length },
    { model: { coefficients, intercepts: [intercept] }, background: { mean } },
  );
  return { shapValues, baseValue: baseValue[0] ?? NaN };
}

function valuesOf(
  data: RowMatrix,
  {
    model: { coefficients, intercepts },
    background,
    origin,
    correlated = false,
    permutations = 1000,
    seed = 0,
  }: LinearShapOptions,
): LinearShapValues {
  const outputs = intercepts.length;
  const width = coefficients.length / outputs;
  const own = widthOf("linearShap", "row", data);
  if (!Number.isSafeInteger(width) || width < 1)
    fail("coefficients of each output", `${coefficients.length} for ${outputs} outputs`);
  if (own !== width) fail(`rows of ${width} values`, String(own));
  requireFinite("rows of finite values", data.rows);
  const mean = backgroundMean(background, width);
  requireFinite("a background of finite values", mean);
  const owner = origin ?? Int32Array.from({ length: width }, (_, f) => f);
  const players = playersOf("linearShap", owner, width);
  const ofOutput = (k: number) =>
    Float64Array.from({ length: width }, (_, f) => coefficients[k * width + f] ?? NaN);
  const baseValue = Float64Array.from(intercepts, (intercept, k) =>
    expected(ofOutput(k), mean, intercept),
  );
  const shapValues = new Float64Array(data.count * outputs * players.length);
  const visit = (
    k: number,
    add: (deviations: Float64Array, values: Float64Array, at: number) => void,
  ) => {
    const deviations = new Float64Array(width);
    for (let r = 0; r < data.count; r++) {
      for (let f = 0; f < width; f++)
        deviations[f] = (data.rows[r * width + f] as number) - (mean[f] as number);
      add(
        deviations,
        shapValues.subarray(
          (r * outputs + k) * players.length,
          (r * outputs + k + 1) * players.length,
        ),
        (r * outputs + k) * players.length,
      );
    }
  };
  if (!correlated) {
    for (let k = 0; k < outputs; k++) {
      const own = ofOutput(k);
      visit(k, (deviations, values) => {
        for (let f = 0; f < width; f++) {
          const player = owner[f] as number;
          values[player] =
            (values[player] as number) + (own[f] as number) * (deviations[f] as number);
        }
      });
    }
    return { baseValue, shapValues, standardError: null };
  }
  if (!(permutations >= 1)) fail("1 permutation or more", String(permutations));
  const covariance = backgroundCovariance(background, width);
  requireFinite("a covariance of finite values", covariance);
  let standardError: Float64Array | null = null;
  for (let k = 0; k < outputs; k++) {
    const transform = correlatedTransform(ofOutput(k), covariance, players, { permutations, seed });
    if (!transform.exact) standardError ??= new Float64Array(shapValues.length);
    const errors = standardError;
    visit(k, (deviations, values, at) => {
      const { value, error } = transform.apply(deviations);
      values.set(value);
      if (error) errors?.set(error, at);
    });
  }
  return { baseValue, shapValues, standardError };
}

function expected(
  coefficients: ArrayLike<number>,
  mean: ArrayLike<number>,
  intercept: number,
): number {
  let sum = intercept;
  for (let f = 0; f < coefficients.length; f++) sum += (coefficients[f] ?? 0) * (mean[f] ?? 0);
  return sum;
}

function backgroundMean(
  background: LinearShapOptions["background"],
  width: number,
): ArrayLike<number> {
  if (!("mean" in background)) {
    requireWidth(widthOf("linearShap", "background row", background), width);
    return meanOf(background, sharesOf("linearShap", background));
  }
  requireWidth(background.mean.length, width);
  return background.mean;
}

function backgroundCovariance(
  background: LinearShapOptions["background"],
  width: number,
): Float64Array {
  if (!("mean" in background))
    return covarianceOf(background, sharesOf("linearShap", background), background.weights);
  const { covariance } = background;
  if (covariance?.length !== width * width)
    fail(
      `a covariance of ${width} × ${width}, or background rows, for correlated values`,
      covariance === undefined ? "none" : `${covariance.length} numbers`,
    );
  return Float64Array.from(covariance);
}

function requireFinite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) fail(what, String(values[i]));
}

function requireWidth(got: number, width: number): void {
  if (got !== width) fail(`a background of ${width} columns`, String(got));
}

function fail(wanted: string, got: string): never {
  throw new AssayerError("invalid-argument", `linearShap requires ${wanted}; got ${got}`);
}

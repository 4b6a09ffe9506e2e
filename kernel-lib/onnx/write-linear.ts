import { AssayerError } from "../errors";
import { labelAttributes, labelType, operator, table, writeModel, type ClassLabels } from "./graph";
import type { NodeProto } from "./schema";

/** Mean and standard deviation of each column, applied as `(x - mean) / standardDeviation` first. */
export interface Standardization {
  mean: readonly number[];
  standardDeviation: readonly number[];
}

export interface LinearOptions {
  /** Added to the dot product; default 0. One number, or one a target or class. */
  intercept?: number | readonly number[];
  standardization?: Standardization;
}

export interface LinearClassifierOptions extends LinearOptions {
  /** Labels of the classes, in the order of the coefficients' rows; default 0, 1, … */
  classes?: ClassLabels;
  /**
   * What turns scores into probabilities: `softmax` (multinomial), or `one-vs-rest`: a logistic
   * function each, divided by their sum, as scikit-learn does. Default `softmax`.
   */
  probabilities?: "softmax" | "one-vs-rest";
}

/**
 * Writes a linear regression: input `input` (FP32, rows × columns), output `prediction` (FP32,
 * rows × targets).
 *
 * @param coefficients one number a column, or targets × columns
 * @returns bytes of an ONNX file with one LinearRegressor, after a Scaler if there is a standardization
 * @throws AssayerError "invalid-argument" if lengths differ or a number is not finite in float32
 * @see https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#ai.onnx.ml.LinearRegressor
 * @example linearRegressor([0.5, -2], { intercept: 1 })
 */
export function linearRegressor(
  coefficients: readonly number[] | readonly (readonly number[])[],
  options: LinearOptions = {},
): Uint8Array {
  const rows = asRows(coefficients);
  const linear = prepare("linearRegressor", rows, options);
  const node = operator("LinearRegressor", [linear.source], ["prediction"], {
    coefficients: { floats: linear.coefficients },
    intercepts: { floats: linear.intercepts },
    targets: { int: rows.length },
    post_transform: { string: "NONE" },
  });
  return writeModel(
    "linear_regressor",
    [...linear.before, node],
    table("input", "float", linear.columns),
    [table("prediction", "float", rows.length)],
  );
}

/**
 * Writes a linear classifier: input `input` (FP32, rows × columns), outputs `label` (INT64 or
 * BYTES, rows) and `probabilities` (FP32, rows × classes). The label is the class with the highest
 * score, the first one of equals.
 *
 * @param coefficients classes × columns; write both classes of a binary model
 * @returns bytes of an ONNX file with LinearClassifier, Normalizer and Scaler nodes as needed; no ZipMap
 * @throws AssayerError "invalid-argument" if lengths differ or a number is not finite in float32
 * @see https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#ai.onnx.ml.LinearClassifier
 */
export function linearClassifier(
  coefficients: readonly (readonly number[])[],
  options: LinearClassifierOptions = {},
): Uint8Array {
  const linear = prepare("linearClassifier", coefficients, options);
  const classes = options.classes ?? coefficients.map((_, index) => index);
  if (coefficients.length < 2 || classes.length !== coefficients.length) {
    throw new AssayerError(
      "invalid-argument",
      `linearClassifier requires coefficients of at least two classes and a label each; got ${coefficients.length} rows and ${classes.length} labels`,
    );
  }
  const oneVsRest = options.probabilities === "one-vs-rest";
  const scores = oneVsRest ? "scores" : "probabilities";
  const nodes = [
    ...linear.before,
    operator("LinearClassifier", [linear.source], ["label", scores], {
      coefficients: { floats: linear.coefficients },
      intercepts: { floats: linear.intercepts },
      multi_class: { int: 1 },
      post_transform: { string: oneVsRest ? "LOGISTIC" : "SOFTMAX" },
      ...labelAttributes(classes, "classlabels_ints", "linearClassifier"),
    }),
  ];
  if (oneVsRest)
    nodes.push(operator("Normalizer", [scores], ["probabilities"], { norm: { string: "L1" } }));
  return writeModel("linear_classifier", nodes, table("input", "float", linear.columns), [
    table("label", labelType(classes)),
    table("probabilities", "float", classes.length),
  ]);
}

function asRows(
  coefficients: readonly number[] | readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const rows: (readonly number[])[] = [];
  const single: number[] = [];
  for (const row of coefficients) {
    if (typeof row === "number") single.push(row);
    else rows.push(row);
  }
  return rows.length > 0 ? rows : [single];
}

interface Prepared {
  columns: number;
  coefficients: number[];
  intercepts: number[];
  /** Nodes that run first, and the name of the tensor they leave. */
  before: NodeProto[];
  source: string;
}

function prepare(
  caller: string,
  rows: readonly (readonly number[])[],
  options: LinearOptions,
): Prepared {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0 || rows.some((row) => row.length !== columns)) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires rows of coefficients of one length ≥ 1; got lengths ${rows.map((row) => row.length).join(", ")}`,
    );
  }
  const { intercept = 0 } = options;
  const intercepts = typeof intercept === "number" ? rows.map(() => intercept) : [...intercept];
  if (intercepts.length !== rows.length) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires ${rows.length} intercepts; got ${intercepts.length}`,
    );
  }
  const coefficients = rows.flat();
  requireFinite(caller, [...coefficients, ...intercepts]);
  const prepared = { columns, coefficients, intercepts };
  if (options.standardization === undefined) return { ...prepared, before: [], source: "input" };
  const scaler = scalerNode(caller, options.standardization, columns);
  return { ...prepared, before: [scaler], source: "standardized" };
}

/** A node of its own rather than folded coefficients: in float32 it keeps the digits of columns whose mean is large. */
function scalerNode(
  caller: string,
  { mean, standardDeviation }: Standardization,
  columns: number,
): NodeProto {
  if (mean.length !== columns || standardDeviation.length !== columns) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a mean and a standard deviation for each of ${columns} columns; got ${mean.length} and ${standardDeviation.length}`,
    );
  }
  const scale = standardDeviation.map((deviation) => 1 / deviation);
  if (standardDeviation.some((deviation) => !(deviation > 0))) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires standard deviations above 0; got ${standardDeviation.join(", ")}`,
    );
  }
  requireFinite(caller, [...mean, ...scale]);
  return operator("Scaler", ["input"], ["standardized"], {
    offset: { floats: mean },
    scale: { floats: scale },
  });
}

function requireFinite(caller: string, numbers: readonly number[]): void {
  const bad = numbers.find((number) => !Number.isFinite(Math.fround(number)));
  if (bad !== undefined) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires finite float32 numbers; got ${bad}`,
    );
  }
}

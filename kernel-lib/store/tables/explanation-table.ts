import type { ExplainedOutput, Explanation, ExplanationMethod } from "../../explain/explanation";
import { AssayerError } from "../../errors";
import type { Columns } from "./table-data";

/** Columns of a table of SHAP values beside those of the features. */
const own = [
  "request_id",
  "output",
  "base_value",
  "prediction",
  "explained_output",
  "method",
  "background_digest",
  "background_rows",
] as const;

const errorSuffix = ".standard_error";

/** SHAP values that a run logged, row by row with their request ids. */
export interface StoredExplanation extends Omit<
  Explanation,
  "values" | "interactions" | "method" | "output" | "predictions"
> {
  requestId: string[];
  /** n × k, row-major. */
  baseValue: Float64Array;
  /** Null for values of which the log says no more than a base value. */
  method: ExplanationMethod | null;
  output: ExplainedOutput | null;
  predictions: Float64Array | null;
}

/**
 * A table of an explanation: a row for each row and output, a column for each feature, and for each sampled feature its
 * standard error. What was explained, how, and against which background stands beside, so that SQL and every copy of
 * the file tell it. A feature by the name of one of those columns is `feature_<name>`.
 */
export function explanationTable(explanation: Explanation, requestId: readonly string[]): Columns {
  const { columns, outputs, rows, baseValue, shapValues, predictions, standardError } = explanation;
  const [width, depth] = [columns.length, outputs.length];
  const size = rows * depth;
  if (
    shapValues.length !== size * width ||
    predictions.length !== size ||
    (standardError !== null && standardError.length !== size * width) ||
    (baseValue.length !== depth && baseValue.length !== size)
  )
    throw new AssayerError(
      "invalid-argument",
      `logExplanations requires ${rows} × ${depth} × ${width} SHAP values with their base values and predictions; got ${shapValues.length}`,
    );
  const { background, method, output } = explanation;
  const table: Columns = {
    request_id: Array.from({ length: size }, (_, i) => requestId[Math.floor(i / depth)] ?? ""),
    output: Array.from({ length: size }, (_, i) => outputs[i % depth] ?? ""),
    base_value: Float64Array.from({ length: size }, (_, i) =>
      Number(baseValue.length === depth ? baseValue[i % depth] : baseValue[i]),
    ),
    prediction: predictions,
    explained_output: new Array<string>(size).fill(output),
    method: new Array<string>(size).fill(method),
    background_digest: new Array<string | null>(size).fill(background?.digest ?? null),
    background_rows: new Array<number | null>(size).fill(background?.rows ?? null),
  };
  const columnOf = (values: Float64Array, c: number) =>
    Float64Array.from({ length: size }, (_, i) => Number(values[i * width + c]));
  const names = columns.map(kept);
  names.forEach((name, c) => (table[name] = columnOf(shapValues, c)));
  if (standardError)
    names.forEach((name, c) => (table[name + errorSuffix] = columnOf(standardError, c)));
  if (Object.keys(table).length !== own.length + width * (standardError ? 2 : 1))
    throw new AssayerError(
      "invalid-argument",
      `logExplanations requires columns of different names; got ${columns.join(", ")}`,
    );
  return table;
}

function kept(name: string): string {
  // Nor has a row of DuckDB's a column by the name of its prototype.
  const isTaken = name === "__proto__" || own.some((each) => each === name.toLowerCase());
  return isTaken ? `feature_${name}` : name;
}

/**
 * What `explanationTable` made, read back.
 *
 * @param names the table's columns
 * @param rows its rows, in their order
 */
export function storedExplanation(
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): StoredExplanation {
  // A table of a base value alone may have a feature by the name of what others say beside it.
  const isWhole = own.every((name) => names.includes(name));
  const taken: readonly string[] = isWhole ? own : ["request_id", "base_value"];
  const features = names.filter((name) => !taken.includes(name));
  const errors = features.filter((name) => features.includes(name + errorSuffix));
  const hasErrors = errors.length > 0 && 2 * errors.length === features.length;
  const columns = hasErrors ? errors : features;
  const outputs = [...new Set(rows.map(({ output }) => (isWhole && textOf(output)) || ""))];
  const [first = {}] = isWhole ? rows : [];
  const numbers = (list: readonly string[]) => {
    const values = new Float64Array(rows.length * list.length);
    rows.forEach((row, i) => {
      list.forEach((name, c) => (values[i * list.length + c] = Number(row[name] ?? NaN)));
    });
    return values;
  };
  const digest = textOf(first["background_digest"]);
  return {
    requestId: rows.flatMap(({ request_id: id }, i) =>
      i % Math.max(1, outputs.length) === 0 ? [textOf(id) ?? ""] : [],
    ),
    method: textOf(first["method"]) as ExplanationMethod | null,
    output: textOf(first["explained_output"]) as ExplainedOutput | null,
    columns,
    outputs,
    rows: rows.length / Math.max(1, outputs.length),
    baseValue: numbers(["base_value"]),
    predictions: isWhole ? numbers(["prediction"]) : null,
    shapValues: numbers(columns),
    standardError: hasErrors ? numbers(columns.map((name) => name + errorSuffix)) : null,
    background: digest === null ? null : { rows: Number(first["background_rows"]), digest },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

import { AssayerError } from "../errors";
import type { CellValue, ExplainedOutput, Explanation } from "../explain/explanation";
import type { ColumnImportance, ExplanationReport } from "../explain/explanation-report";
import { explanationImportance } from "../explain/importance/explanation-importance";
import { valueText } from "./explanation-words";
import { formatValue } from "./format-value";

/** What charts of explanations draw: SHAP values of many rows, or a report with its global importance and a sample. */
export type Explained = Explanation | ExplanationReport;

/** SHAP values of one output, as charts read them. */
export interface ExplainedRows {
  /** p names, as they are in the data. */
  columns: readonly string[];
  output: string;
  /** What a SHAP value is measured in. */
  unit: string;
  /** n. */
  rows: number;
  /** n × p, row-major, finite. */
  shapValues: Float64Array;
  /** n. */
  baseValues: Float64Array;
  /** n. */
  predictions: Float64Array;
  /** n × p × p where interactions were asked for. */
  interactions: Float64Array | null;
  /** p, of all rows that were explained. */
  importance: readonly ColumnImportance[];
  valueOf: (row: number, column: number) => CellValue;
  /** `row 17`, or the request's id. */
  nameOf: (row: number) => string;
  /** Rows without a finite SHAP value, which cannot be drawn. */
  left: number;
}

const outputUnits: Record<ExplainedOutput, (output: string) => string> = {
  raw: (output) => `raw output of ${output}`,
  probability: (output) => `probability of ${output}`,
  "log-loss": () => "log loss",
};

/**
 * @param output name of an output; default the first
 * @throws AssayerError "invalid-argument" for an output that is not there
 */
export function explainedRows(given: Explained, output?: string): ExplainedRows {
  const { columns, outputs } = given;
  const position = output === undefined ? 0 : outputs.indexOf(output);
  const name = outputs[position];
  if (name === undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown output: ${String(output)}; expected one of ${outputs.join(", ")}`,
    );
  const all =
    "kind" in given ? ofReport(given, position, name) : ofExplanation(given, position, name);
  const finite = Array.from({ length: all.rows }, (_, row) => row).filter((row) =>
    isFiniteRow(all, row, columns.length),
  );
  const kept = finite.length === all.rows ? all : takeRows(all, finite);
  return { ...kept, left: all.rows - finite.length };
}

function ofReport(report: ExplanationReport, position: number, output: string): ExplainedRows {
  const { columns, sample, unit, importance, baseValue } = report;
  const width = columns.length;
  const shapValues = new Float64Array(sample.length * width).fill(NaN);
  const predictions = new Float64Array(sample.length).fill(NaN);
  const baseValues = new Float64Array(sample.length).fill(NaN);
  sample.forEach((row, r) => {
    const values = row.shapValues[position] ?? [];
    shapValues.set(values.slice(0, width), r * width);
    predictions[r] = row.predictions[position] ?? NaN;
    baseValues[r] = (row.baseValues ?? baseValue)[position] ?? NaN;
  });
  return {
    columns,
    output,
    unit,
    rows: sample.length,
    shapValues,
    baseValues,
    predictions,
    interactions: null,
    importance: columns.flatMap((name, c) => {
      const found = importance[position]?.[c];
      return found ? [{ ...found, column: name }] : [];
    }),
    valueOf: (row, column) => sample[row]?.values[column] ?? null,
    nameOf: (row) => {
      const found = sample[row];
      return found ? (found.requestId ?? `row ${found.row}`) : "";
    },
    left: 0,
  };
}

function ofExplanation(given: Explanation, position: number, output: string): ExplainedRows {
  const { columns, rows, outputs, values } = given;
  const width = columns.length;
  const count = outputs.length;
  const shapValues = new Float64Array(rows * width);
  const baseValues = new Float64Array(rows);
  const predictions = new Float64Array(rows);
  const interactions = given.interactions === null ? null : new Float64Array(rows * width * width);
  const isOfRows = given.output === "log-loss";
  for (let row = 0; row < rows; row++) {
    const at = row * count + position;
    shapValues.set(given.shapValues.subarray(at * width, (at + 1) * width), row * width);
    baseValues[row] = given.baseValue[isOfRows ? at : position] ?? NaN;
    predictions[row] = given.predictions[at] ?? NaN;
    if (given.interactions && interactions)
      interactions.set(
        given.interactions.subarray(at * width * width, (at + 1) * width * width),
        row * width * width,
      );
  }
  return {
    columns,
    output,
    unit: given.unit ?? outputUnits[given.output](output),
    rows,
    shapValues,
    baseValues,
    predictions,
    interactions,
    importance:
      rows > 0
        ? (explanationImportance(given)[position] ?? [])
        : columns.map((column) => ({ column, value: 0, lower: 0, upper: 0 })),
    valueOf: (row, column) => {
      const name = columns[column] ?? "";
      return (Object.hasOwn(values, name) ? values[name]?.[row] : null) ?? null;
    },
    nameOf: (row) => `row ${row}`,
    left: 0,
  };
}

function isFiniteRow(
  { shapValues, predictions, baseValues }: ExplainedRows,
  row: number,
  p: number,
) {
  if (!Number.isFinite(predictions[row]) || !Number.isFinite(baseValues[row])) return false;
  for (let c = 0; c < p; c++) if (!Number.isFinite(shapValues[row * p + c])) return false;
  return true;
}

/** Some of the rows, in the order of `places`. */
export function takeRows(all: ExplainedRows, places: readonly number[]): ExplainedRows {
  const p = all.columns.length;
  const part = (from: Float64Array, width: number) => {
    const into = new Float64Array(places.length * width);
    places.forEach((row, i) => {
      into.set(from.subarray(row * width, (row + 1) * width), i * width);
    });
    return into;
  };
  return {
    ...all,
    rows: places.length,
    shapValues: part(all.shapValues, p),
    baseValues: part(all.baseValues, 1),
    predictions: part(all.predictions, 1),
    interactions: all.interactions === null ? null : part(all.interactions, p * p),
    valueOf: (row, column) => all.valueOf(places[row] ?? -1, column),
    nameOf: (row) => all.nameOf(places[row] ?? -1),
  };
}

/** Places of at most `limit` of `rows` rows, evenly apart. */
export function evenPlaces(rows: number, limit: number): number[] {
  if (rows <= limit) return Array.from({ length: rows }, (_, row) => row);
  return Array.from({ length: limit }, (_, i) => Math.floor(((i + 0.5) * rows) / limit));
}

/** Positions of the columns, the most important first; those that are equal in the order of the data. */
export function columnOrder({ importance }: Pick<ExplainedRows, "importance">): number[] {
  return importance
    .map(({ value }, column) => ({ column, value: Number.isFinite(value) ? value : 0 }))
    .sort((a, b) => b.value - a.value || a.column - b.column)
    .map(({ column }) => column);
}

/** The most important columns, and those that have no place of their own: one that is left alone keeps its place. */
export function topColumns(
  explained: Pick<ExplainedRows, "importance">,
  limit: number,
): { shown: number[]; rest: number[] } {
  const order = columnOrder(explained);
  const places = order.length > limit ? Math.max(1, limit - 1) : order.length;
  return { shown: order.slice(0, places), rest: order.slice(places) };
}

/** `other 7 columns`. */
export function otherColumns(count: number): string {
  return `other ${count} ${count === 1 ? "column" : "columns"}`;
}

/** A label that no column has. */
export function freeName(name: string, { columns }: Pick<ExplainedRows, "columns">): string {
  return columns.includes(name) ? freeName(`(${name})`, { columns }) : name;
}

/** A column's name as a label. */
export function columnText(explained: Pick<ExplainedRows, "columns">, column: number): string {
  const name = explained.columns[column] ?? "";
  return name.trim() === "" ? `"${formatValue(name)}"` : formatValue(name);
}

/** `age = 34`. */
export function cellText(explained: ExplainedRows, row: number, column: number): string {
  return `${columnText(explained, column)} = ${valueText(explained.valueOf(row, column))}`;
}

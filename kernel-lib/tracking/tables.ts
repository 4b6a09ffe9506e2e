import { join } from "node:path";
import { AssayerError } from "../errors";
import type { Explanation } from "../explain/explanation";
import type { TableKind } from "../store/journal/events";
import { newId } from "../store/id";
import { explanationTable } from "../store/tables/explanation-table";
import { writeParquet } from "../store/tables/parquet";
import type { Store } from "../store/store";
import { toColumns, type Columns, type TableData } from "../store/tables/table-data";

/** SHAP values of n rows and p features. */
export interface Explanations {
  /** Names of the p features, in the order of the matrix. */
  columns: readonly string[];
  /** n rows of p values, or n × p values row-major. */
  shapValues: readonly ArrayLike<number>[] | Float64Array;
  /** Expected output of the model: one for all rows, or one for each. */
  baseValue: number | ArrayLike<number>;
  requestId?: readonly string[];
}

const standardNames = new Map([
  ["requestId", "request_id"],
  ["yPred", "y_pred"],
  ["yScore", "y_score"],
  ["yTrue", "y_true"],
]);

function standardColumns(data: TableData): Columns {
  const entries = Object.entries(toColumns(data));
  return Object.fromEntries(
    entries.map(([name, values]) => [standardNames.get(name) ?? name, values]),
  );
}

function rowCount(columns: Columns): number {
  return Object.values(columns)[0]?.length ?? 0;
}

function makeRequestIds(rows: number): string[] {
  const prefix = newId();
  return Array.from({ length: rows }, (_, row) => `${prefix}-${row}`);
}

export function featureColumns(data: TableData): Columns {
  return standardColumns(data);
}

export function predictionColumns(data: TableData): Columns {
  const columns = standardColumns(data);
  if (!Object.keys(columns).some((name) => name === "y_pred" || name.startsWith("y_score")))
    throw new AssayerError(
      "invalid-argument",
      `logPredictions requires a column yPred or yScore; got ${Object.keys(columns).join(", ")}`,
    );
  if (Object.hasOwn(columns, "request_id")) return columns;
  return { request_id: makeRequestIds(rowCount(columns)), ...columns };
}

export function explanationColumns(
  explanations: Explanations | Explanation,
  ids?: readonly string[],
): Columns {
  if ("predictions" in explanations) {
    const { rows } = explanations;
    if (ids && ids.length !== rows)
      throw new AssayerError(
        "invalid-argument",
        `logExplanations requires ${rows} request ids; got ${ids.length}`,
      );
    return toColumns(explanationTable(explanations, ids ?? makeRequestIds(rows)));
  }
  const { columns, shapValues, baseValue, requestId } = explanations;
  const width = columns.length;
  const flat = shapValues instanceof Float64Array;
  const rows = flat ? shapValues.length / width : shapValues.length;
  const ragged = flat ? undefined : shapValues.find((row) => row.length !== width);
  if (width === 0 || !Number.isInteger(rows) || ragged)
    throw new AssayerError(
      "invalid-argument",
      `logExplanations requires n × ${width} values; got ${ragged ? `a row of ${ragged.length}` : shapValues.length}`,
    );
  const table: Columns = {
    request_id: ids ?? requestId ?? makeRequestIds(rows),
    base_value: typeof baseValue === "number" ? new Float64Array(rows).fill(baseValue) : baseValue,
  };
  columns.forEach((name, column) => {
    // A row of DuckDB's has no column of this name: assignment does not make one.
    if (Object.hasOwn(table, name) || name === "__proto__")
      throw new AssayerError(
        "invalid-argument",
        `logExplanations requires unique feature names other than request_id, base_value and __proto__; got ${name}`,
      );
    table[name] = Float64Array.from({ length: rows }, (_, row) =>
      Number(flat ? shapValues[row * width + column] : shapValues[row]?.[column]),
    );
  });
  return toColumns(table);
}

/** Writes the Parquet file of a table, then the record that makes it count. */
export async function keepTable(
  store: Store,
  runId: string,
  kind: TableKind,
  name: string,
  columns: Columns,
): Promise<void> {
  const path = `tables/${kind}/run_id=${runId}/${newId()}.parquet`;
  await writeParquet(join(store.directory, path), columns);
  store.log.append({
    kind: "table",
    runId,
    table: kind,
    name,
    rows: rowCount(columns),
    columns: Object.keys(columns),
    path,
    at: Date.now(),
  });
}

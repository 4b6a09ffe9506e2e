import { AssayerError } from "../errors";
import type { CellValue } from "../explain/explanation";
import type { ModelColumn } from "../explain/explainable-model";
import { toColumns, type TableData } from "../store/tables/table-data";

/** A table with the model's columns by name, in any order; or rows of values in the model's order. */
export type ExplainedData = TableData | readonly (readonly (CellValue | boolean)[])[];

/** A column as the model is given it: numbers, NaN where one is missing, or texts. */
export type ModelValues = Float64Array | readonly string[];

/** Rows that a model is asked about, column by column in the model's order. */
export interface ModelRows {
  count: number;
  columns: readonly ModelValues[];
}

/**
 * Rows as a model takes them, whatever form they came in.
 *
 * @param caller the function that was called, for errors
 * @throws AssayerError "invalid-argument" for columns that are missing or unknown, which it names, rows of another
 *   length, text where the model takes numbers, and numbers or nothing where it takes text
 */
export function modelRows(
  caller: string,
  columns: readonly ModelColumn[],
  data: ExplainedData,
): ModelRows {
  const given = areRowsOfValues(data)
    ? byPosition(caller, columns, data)
    : byName(caller, columns, data);
  const count = given[0]?.length ?? 0;
  return {
    count,
    columns: columns.map((column, c) => valuesOf(caller, column, given[c] ?? [], count)),
  };
}

/** Rows from `start` to `end` of some rows. */
export function sliceRows({ columns }: ModelRows, start: number, end: number): ModelRows {
  return {
    count: end - start,
    columns: columns.map((values) =>
      values instanceof Float64Array ? values.subarray(start, end) : values.slice(start, end),
    ),
  };
}

/** The rows at some places. */
export function pickRows({ columns }: ModelRows, places: readonly number[]): ModelRows {
  return {
    count: places.length,
    columns: columns.map((values) =>
      values instanceof Float64Array
        ? Float64Array.from(places, (place) => values[place] ?? NaN)
        : places.map((place) => values[place] ?? ""),
    ),
  };
}

/** Rows as a table with the names of a model's columns. */
export function tableOf(
  { columns }: { columns: readonly ModelColumn[] },
  { columns: values }: ModelRows,
): Record<string, ModelValues> {
  return Object.fromEntries(columns.map(({ name }, c) => [name, values[c] ?? []]));
}

/** The values of a row, a number that is missing or infinite as null, as JSON has it. */
export function cellsOf({ columns }: ModelRows, row: number): CellValue[] {
  return columns.map((values) => {
    const value = values[row] ?? null;
    return typeof value === "number" && !Number.isFinite(value) ? null : value;
  });
}

function areRowsOfValues(
  data: ExplainedData,
): data is readonly (readonly (CellValue | boolean)[])[] {
  return Array.isArray(data) && data.length > 0 && Array.isArray(data[0]);
}

function byPosition(
  caller: string,
  columns: readonly ModelColumn[],
  rows: readonly (readonly (CellValue | boolean)[])[],
): ArrayLike<unknown>[] {
  const ragged = rows.findIndex((row) => !Array.isArray(row) || row.length !== columns.length);
  if (ragged !== -1)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires rows of ${columns.length} values; got ${rows[ragged]?.length ?? "none"} in row ${ragged}`,
    );
  return columns.map((_, c) => rows.map((row) => row[c]));
}

function byName(
  caller: string,
  columns: readonly ModelColumn[],
  data: TableData,
): ArrayLike<unknown>[] {
  if (Array.isArray(data) && data.length === 0) return columns.map(() => []);
  const table = toColumns(data, []);
  const names = columns.map(({ name }) => name);
  const missing = names.filter((name) => !Object.hasOwn(table, name));
  const unknown = Object.keys(table).filter((name) => !names.includes(name));
  if (missing.length > 0 || unknown.length > 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires the model's columns ${listed(names)}; got ${[
        ...(missing.length > 0 ? [`none named ${listed(missing)}`] : []),
        ...(unknown.length > 0 ? [`unknown ones: ${listed(unknown)}`] : []),
      ].join(", and ")}${namesHint(names)}`,
    );
  return names.map((name) => table[name] ?? []);
}

/** Of a model whose file holds no names, how to give them. */
export function namesHint(names: readonly string[]): string {
  const isUnnamed = names.every((name, c) => name === `f${c}`);
  return isUnnamed ? " (the model's file holds no names: say the data's by columns)" : "";
}

const mostNames = 20;

function listed(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function valuesOf(
  caller: string,
  { name, kind }: ModelColumn,
  given: ArrayLike<unknown>,
  count: number,
): ModelValues {
  if (kind === "text")
    return Array.from({ length: count }, (_, row) => {
      const value = given[row];
      if (typeof value !== "string") throw wrongKind(caller, "text", name, value, row);
      return value;
    });
  if (given instanceof Float64Array) return given;
  const numbers = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const value = given[row];
    if (typeof value === "number") numbers[row] = value;
    else if (typeof value === "boolean" || typeof value === "bigint") numbers[row] = Number(value);
    else if (value === null || value === undefined) numbers[row] = NaN;
    else throw wrongKind(caller, "numbers", name, value, row);
  }
  return numbers;
}

/** Says what kind of value came, never the value. */
function wrongKind(
  caller: string,
  wanted: string,
  name: string,
  value: unknown,
  row: number,
): AssayerError {
  const got =
    value === null || value === undefined
      ? "nothing"
      : value instanceof Date
        ? "a date"
        : typeof value === "string"
          ? "text"
          : `a ${typeof value}`;
  return new AssayerError(
    "invalid-argument",
    `${caller} requires ${wanted} in ${name}; got ${got} in row ${row}`,
  );
}

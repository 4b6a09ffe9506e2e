import { AssayerError } from "../errors";
import type { ModelColumn } from "../explain/explainable-model";
import type { LongWork } from "../store/long-work";
import type { DataSource } from "../store/scan/data-source";
import { openScan } from "../store/scan/open-scan";
import type { ColumnValues, TableScan, WantedColumn } from "../store/scan/table-scan";
import type { ModelRows, ModelValues } from "./model-rows";

/** Rows of a table as a model takes them, with other columns of it. */
export interface SourceRows {
  rows: ModelRows;
  data: Pick<TableScan, "rows" | "description" | "origin">;
  /** Values of the other columns that were asked for and are there, by name; null where one is missing. */
  others: Record<string, (string | null)[]>;
}

/**
 * Reads a model's columns from any source of data.
 *
 * @param others more columns, which are read where they are there
 * @throws AssayerError "invalid-argument" for columns that are not there, text where the model takes numbers, and missing
 *   text
 */
export function readRows(
  caller: string,
  source: DataSource,
  columns: readonly ModelColumn[],
  others: readonly string[],
  { signal, onProgress }: LongWork,
): Promise<SourceRows> {
  return openScan(
    source,
    async (scan) => {
      const known = new Map(scan.columns.map((column) => [column.name, column]));
      const missing = columns.filter(({ name }) => !known.has(name)).map(({ name }) => name);
      if (missing.length > 0)
        throw new AssayerError(
          "invalid-argument",
          `${caller} requires the model's columns ${columns.map(({ name }) => name).join(", ")}; got none named ${missing.join(", ")}`,
        );
      // Of a column without a value, as in a CSV file of a header alone, its kind is not known.
      const isText = ({ name }: ModelColumn) => known.get(name)?.type === "text";
      const time = columns.find(
        ({ name, kind }) => kind === "number" && known.get(name)?.type === "time",
      );
      if (time)
        throw new AssayerError(
          "invalid-argument",
          `${caller} requires numbers in ${time.name}; got dates`,
        );
      const found = others.filter((name) => known.has(name));
      const wanted = [
        ...columns.map((column): WantedColumn => ({
          name: column.name,
          as: column.kind === "number" && !isText(column) ? "number" : "category",
        })),
        ...found.map((name): WantedColumn => ({ name, as: "category" })),
      ];
      const read: ColumnValues[] = [];
      const work = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
      for await (const column of scan.values(wanted, work)) read.push(column);
      const { rows: count, description, origin } = scan;
      return {
        rows: { count, columns: columns.map((column, c) => valuesOf(caller, column, read[c])) },
        data: { rows: count, description, origin },
        others: Object.fromEntries(
          found.map((name, i) => [name, textsOf(read[columns.length + i])]),
        ),
      };
    },
    signal ? { signal } : {},
  );
}

function valuesOf(
  caller: string,
  { name, kind }: ModelColumn,
  column: ColumnValues | undefined,
): ModelValues {
  if (column?.kind === "number") return column.values;
  if (kind === "number") {
    if (column?.kind === "category" && column.codes.some((code) => column.categories[code] != null))
      throw new AssayerError("invalid-argument", `${caller} requires numbers in ${name}; got text`);
    return new Float64Array(column?.kind === "category" ? column.codes.length : 0).fill(NaN);
  }
  return textsOf(column).map((text, row) => {
    if (text !== null) return text;
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires text in ${name}; got nothing in row ${row}`,
    );
  });
}

function textsOf(column: ColumnValues | undefined): (string | null)[] {
  if (column?.kind !== "category") return [];
  const { codes, categories } = column;
  return Array.from(codes, (code) => categories[code] ?? null);
}

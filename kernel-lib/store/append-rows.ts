import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Connection } from "./connection";

const chunkRows = 2048;

/** The typed array behind a fixed-width vector, which DuckDB's makers keep private in the types. */
interface FixedWidthVector {
  items: { set(values: ArrayLike<number> | ArrayLike<bigint>): void };
  flush(): void;
}

type NumberColumn = Float64Array | Int32Array | BigInt64Array;

function fill(chunk: DuckDBDataChunk, column: number, values: NumberColumn): void {
  const vector = chunk.getColumnVector(column) as unknown as FixedWidthVector;
  vector.items.set(values);
  vector.flush();
}

/** Appends columns of numbers, typed as the table has them and without NULL: tens of millions of rows a second. */
export async function appendNumberColumns(
  connection: Connection,
  table: string,
  types: readonly DuckDBType[],
  columns: readonly NumberColumn[],
): Promise<void> {
  const { DuckDBDataChunk } = await import("@duckdb/node-api");
  const rows = columns[0]?.length ?? 0;
  const appender = await connection.createAppender(table);
  const chunk = DuckDBDataChunk.create(types, chunkRows);
  for (let start = 0; start < rows; start += chunkRows) {
    const end = Math.min(start + chunkRows, rows);
    chunk.reset();
    chunk.rowCount = end - start;
    columns.forEach((values, column) => {
      fill(chunk, column, values.subarray(start, end));
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Puts rows into a fresh temporary table, whose columns are those that `columns` selects. */
export async function stageRows(
  connection: Connection,
  name: string,
  columns: string,
  rows: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  const { DuckDBDataChunk } = await import("@duckdb/node-api");
  await connection.run(`create or replace temp table ${name} (${columns})`);
  const appender = await connection.createAppender(name, "main", "temp");
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
  for (let start = 0; start < rows.length; start += chunkRows) {
    const part = rows.slice(start, start + chunkRows);
    const chunk = DuckDBDataChunk.create(types, part.length);
    chunk.setRows(part);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

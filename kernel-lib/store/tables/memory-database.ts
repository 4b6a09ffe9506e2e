import type { Connection } from "../connection";

/** Runs `work` with a DuckDB in memory that is gone afterwards; one thread, since training wants the others. */
export async function inMemory<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    // Nothing is fetched: queries that a stranger wrote are looked at here before they run.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { quotedText } from "../connection";
import { syncAndCommit, temporaryName } from "../durable-file";
import { loadColumns } from "./load-columns";
import { inMemory } from "./memory-database";
import type { Columns } from "./table-data";

/**
 * Writes columns as a Parquet file: whole under `path`, or not at all. A column without a single value is left out.
 * The work is done by a DuckDB in memory, so the store's database is not touched.
 */
export async function writeParquet(path: string, columns: Columns): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await inMemory(async (connection) => {
      await loadColumns(connection, columns);
      mkdirSync(dirname(path), { recursive: true });
      await connection.run(
        `copy data to ${quotedText(temporary)} (format parquet, compression zstd)`,
      );
    });
    syncAndCommit(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

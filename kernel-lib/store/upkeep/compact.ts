import { existsSync, rmSync, statSync } from "node:fs";
import { AssayerError } from "../../errors";
import { copyDatabase, takeTurn } from "../connection";
import { commitFile, temporaryName } from "../durable-file";
import { storePaths } from "../layout";
import type { Store } from "../store";

/** Sizes of the database in bytes. */
export interface CompactReport {
  before: number;
  after: number;
}

/**
 * Writes the database anew: without the space of what was deleted, and with the points of each metric side by side,
 * which compresses them and makes reading one series cheap however many were logged at the same time. Takes all
 * journals in first; those of writers that ended are deleted by that. Others wait meanwhile, and a crash leaves
 * either the old file or the new one.
 */
export async function compactStore(store: Store): Promise<CompactReport> {
  const { directory } = store;
  // Also leaves no write-ahead log behind, which the new file must not find.
  await store.decide((connection) => connection.run("checkpoint"));
  const database = storePaths.database(directory);
  const before = statSync(database).size;
  const temporary = temporaryName(database);
  try {
    await takeTurn(directory, () =>
      copyDatabase(directory, temporary, () => {
        if (existsSync(`${database}.wal`))
          throw new AssayerError(
            "store-busy",
            "compact requires a moment in which no other program dies while it writes; got one that did: try again",
          );
        commitFile(temporary, database);
      }),
    );
  } finally {
    rmSync(temporary, { force: true });
  }
  return { before, after: statSync(database).size };
}

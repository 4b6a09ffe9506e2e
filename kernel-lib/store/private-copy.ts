import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyDatabase, visit } from "./connection";
import { hasNews, ingest } from "./journal/ingest";
import { storePaths } from "./layout";

/**
 * The database of a store that this process cannot write, in a temporary folder of its own, so that what the
 * journals hold is seen there too: from a read-only mount, or in somebody else's folder.
 */
export class PrivateCopy {
  private readonly folder = mkdtempSync(join(tmpdir(), "assayer-copy-"));
  private readonly database = join(this.folder, "store.duckdb");
  private copied: number | undefined;
  private readonly removeAtExit = () => {
    this.remove();
  };

  constructor(private readonly store: string) {
    process.once("exit", this.removeAtExit);
  }

  /** Brings the copy up to date and returns where it is. Called within a turn. */
  async refresh(): Promise<string> {
    const { store, database } = this;
    const original = storePaths.database(store);
    const changed = existsSync(original) ? statSync(original).mtimeMs : undefined;
    if (changed !== this.copied) {
      rmSync(database, { force: true });
      await copyDatabase(store, database);
      // An older assayer may have made it.
      await visit(store, "write", () => Promise.resolve(), { database });
      this.copied = changed;
    }
    while (
      hasNews(store, database) &&
      (await visit(store, "write", (connection) => ingest(connection, store, database), {
        database,
      }))
    );
    return database;
  }

  remove(): void {
    process.off("exit", this.removeAtExit);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

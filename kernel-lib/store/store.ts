import { AssayerError } from "../errors";
import {
  isWritable,
  queryRows,
  withConnection,
  type Connection,
  type SqlValue,
} from "./connection";
import { hasNews, ingest } from "./ingest";
import { Journal } from "./journal";
import { readManifest, type StoreManifest } from "./layout";

/** How long a reader waits to bring the tables up to date before it reads them as they are, in ms. */
const refreshPatience = 3000;

/** One project's store, as one process uses it: a journal to write to, and short visits to the database. */
export class Store {
  readonly manifest: StoreManifest;
  readonly journal: Journal;
  private closed = false;
  private toldStale = false;

  constructor(readonly directory: string) {
    this.manifest = readManifest(directory);
    this.journal = new Journal(directory);
  }

  /** The journal, for a caller that wants to write. */
  get log(): Journal {
    if (this.closed)
      throw new AssayerError("closed", "log requires an open project; got a closed one");
    return this.journal;
  }

  /** Takes the journals into the tables where there is anything new and the folder can be written. */
  async refresh(patience?: number): Promise<void> {
    if (!hasNews(this.directory) || !isWritable(this.directory)) return;
    const options = patience === undefined ? {} : { patience };
    await withConnection(
      this.directory,
      "write",
      (connection) => ingest(connection, this.directory),
      options,
    );
  }

  /** Runs `work` over tables that are up to date; nothing `work` does can change them. */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      await this.refresh(refreshPatience);
    } catch (error) {
      if (!(error instanceof AssayerError && error.code === "store-busy")) throw error;
      if (!this.toldStale)
        process.emitWarning(`${error.message}; until then its newest records are missing here`, {
          type: "AssayerWarning",
        });
      this.toldStale = true;
    }
    return withConnection(this.directory, "read", work);
  }

  rows<Row = Record<string, unknown>>(sql: string, params?: readonly SqlValue[]): Promise<Row[]> {
    return this.read((connection) => queryRows<Row>(connection, sql, params));
  }

  /**
   * Runs `work` as the only one who changes the store, over tables that are up to date, then takes in what it
   * wrote to the journal. What must hold across processes (stages, counters) is decided here.
   */
  async decide<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (!isWritable(this.directory))
      throw new AssayerError(
        "read-only-store",
        `changing the registry requires write access; got a read-only ${this.directory}`,
      );
    return withConnection(this.directory, "write", async (connection) => {
      await ingest(connection, this.directory);
      const result = await work(connection);
      await ingest(connection, this.directory);
      return result;
    });
  }

  /** Writes what is left and brings the tables up to date, so that other programs see them so. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.journal.close();
    try {
      await this.refresh(refreshPatience);
    } catch {
      // The next reader does it: the journal holds everything.
    }
  }
}

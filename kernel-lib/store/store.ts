import { AssayerError } from "../errors";
import {
  isWritable,
  queryRows,
  takeTurn,
  visit,
  type Connection,
  type SqlValue,
  type VisitOptions,
} from "./connection";
import { hasNews, hasUnread, ingest } from "./journal/ingest";
import { Journal, type Durability } from "./journal/journal";
import { readManifest, storePaths, type StoreManifest } from "./layout";
import { OlderSchema } from "./migrate";
import { PrivateCopy } from "./private-copy";
import { RetryQueue } from "./retry-queue";

/** How long a reader waits to bring the tables up to date before it reads them as they are, in ms. */
const refreshPatience = 3000;

/** Someone who waits to read. */
interface Reader {
  run: (connection: Connection) => Promise<void>;
  fail: (error: unknown) => void;
}

async function ingestAll(connection: Connection, store: string): Promise<void> {
  while (await ingest(connection, store));
}

/** One project's store, as one process uses it: a journal to write to, and short visits to the database. */
export class Store {
  readonly manifest: StoreManifest;
  readonly journal: Journal;
  /** For files beside the journal: artifacts, tables. */
  readonly retries = new RetryQueue();
  private closed = false;
  private toldStale = false;
  private readonly readers: Reader[] = [];
  private copy: PrivateCopy | undefined;

  constructor(
    readonly directory: string,
    durability?: Durability,
  ) {
    this.manifest = readManifest(directory);
    this.journal = new Journal(directory, durability);
  }

  /** The journal, for a caller that wants to write. */
  get log(): Journal {
    this.requireOpen("logging");
    return this.journal;
  }

  /** Takes the journals into the tables where there is anything new and the folder can be written. */
  refresh(): Promise<void> {
    return takeTurn(this.directory, () => this.ingestNews());
  }

  /**
   * Runs `work` over tables that are up to date; nothing `work` does can change them. Readers that wait at the
   * same time share one visit to the database.
   */
  read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.requireOpen("reading");
    return new Promise<T>((done, fail) => {
      this.readers.push({
        fail,
        run: async (connection) => {
          await work(connection).then(done, fail);
        },
      });
      if (this.readers.length > 1) return;
      takeTurn(this.directory, () => this.serveReaders()).catch(fail);
    });
  }

  rows<Row = Record<string, unknown>>(sql: string, params?: readonly SqlValue[]): Promise<Row[]> {
    return this.read((connection) => queryRows<Row>(connection, sql, params));
  }

  /**
   * Runs `work` as the only one who changes the store, over tables that are up to date, then takes in what it
   * wrote to the journal. What must hold across processes (stages, counters) is decided here.
   */
  decide<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.requireOpen("changing the registry");
    if (!isWritable(this.directory))
      throw new AssayerError(
        "read-only-store",
        `changing the registry requires write access; got a read-only ${this.directory}`,
      );
    return takeTurn(this.directory, () =>
      visit(this.directory, "write", async (connection) => {
        await ingestAll(connection, this.directory);
        const result = await work(connection);
        await ingestAll(connection, this.directory);
        return result;
      }),
    );
  }

  /** Writes what is left and brings the tables up to date, so that other programs see them so. */
  async close(): Promise<void> {
    if (this.closed) return;
    await this.retries.flush();
    this.retries.tellLost();
    this.closed = true;
    this.journal.close();
    try {
      await takeTurn(this.directory, () => this.ingestNews({ patience: refreshPatience }));
    } catch {
      // The next reader does it: the journal holds everything.
    } finally {
      this.copy?.remove();
    }
  }

  private requireOpen(what: string): void {
    if (this.closed)
      throw new AssayerError("closed", `${what} requires an open project; got a closed one`);
  }

  private async ingestNews(options?: VisitOptions): Promise<void> {
    if (!hasNews(this.directory) || !isWritable(this.directory)) return;
    const work = (connection: Connection) => ingest(connection, this.directory);
    while (await visit(this.directory, "write", work, options));
  }

  /** The database to read, with everything in it that can be had now. */
  private async databaseToRead(): Promise<string> {
    const { directory } = this;
    if (isWritable(directory) || !hasUnread(directory)) {
      await this.ingestNews({ patience: refreshPatience }).catch((error: unknown) => {
        this.tellStale(error);
      });
      return storePaths.database(directory);
    }
    return this.copyToRead();
  }

  private copyToRead(): Promise<string> {
    this.copy ??= new PrivateCopy(this.directory);
    return this.copy.refresh();
  }

  /** A store that an older assayer left is brought up, or a copy of it where it cannot be written. */
  private async visitToRead(work: (connection: Connection) => Promise<void>): Promise<void> {
    const { directory } = this;
    const database = await this.databaseToRead();
    try {
      await visit(directory, "read", work, { database });
    } catch (error) {
      if (!(error instanceof OlderSchema)) throw error;
      const isOwn = isWritable(directory);
      if (isOwn) await visit(directory, "write", () => Promise.resolve());
      await visit(directory, "read", work, isOwn ? {} : { database: await this.copyToRead() });
    }
  }

  private async serveReaders(): Promise<void> {
    const readers = this.readers.splice(0);
    try {
      const serve = async (connection: Connection) => {
        for (const reader of readers) await reader.run(connection);
      };
      await this.visitToRead(serve);
    } catch (error) {
      for (const reader of readers) reader.fail(error);
    }
  }

  /** A store that is held by another program is read as it is; any other error is thrown on. */
  private tellStale(error: unknown): void {
    if (!(error instanceof AssayerError && error.code === "store-busy")) throw error;
    if (!this.toldStale)
      process.emitWarning(
        `${error.message}; until then its newest records are missing here`,
        "AssayerWarning",
      );
    this.toldStale = true;
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssayerError } from "../../errors";
import type { Connection } from "../connection";

/** What DuckDB may hold before it goes on on disk; columns that are read come on top of it. */
const memoryLimit = "1GB";
/** So that DuckDB's threads read on while a column is being looked at. */
const streamingBuffer = "128MB";

/** A DuckDB in memory with all threads. Every question gets a connection of its own, so that several can be open. */
export class ScanDatabase {
  constructor(private readonly connect: () => Promise<Connection>) {}

  /**
   * Runs `work` with a connection, which the signal interrupts.
   *
   * @throws AssayerError "aborted" once the signal says so
   */
  async run<T>(
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    throwIfStopped(signal);
    const connection = await this.connect();
    const interrupt = () => {
      connection.interrupt();
    };
    signal?.addEventListener("abort", interrupt);
    try {
      return await work(connection);
    } catch (error) {
      throwIfStopped(signal);
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    }
  }
}

/** @throws AssayerError "aborted" once the signal says so */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new AssayerError("aborted", "reading data requires time to finish; got a signal to stop", {
    cause: signal.reason,
  });
}

/** Runs `work` with a database in memory that is gone afterwards, with what it wrote on disk. */
export async function withScanDatabase<T>(
  work: (database: ScanDatabase) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const folder = mkdtempSync(join(tmpdir(), "assayer-scan-"));
  try {
    const instance = await DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      memory_limit: memoryLimit,
      temp_directory: folder,
    });
    try {
      return await work(
        new ScanDatabase(async () => {
          const connection = await instance.connect();
          await connection.run(
            `set timezone = 'UTC'; set streaming_buffer_size = '${streamingBuffer}'`,
          );
          return connection;
        }),
      );
    } finally {
      instance.closeSync();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

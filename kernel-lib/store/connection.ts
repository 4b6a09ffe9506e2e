import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { AssayerError, messageOf } from "../errors";
import { storePaths } from "./layout";
import { migrate, requireKnownSchema } from "./migrate";

export type Connection = DuckDBConnection;
export type SqlValue = string | number | bigint | boolean | null;

const lockMessage = /could not set lock on file|being used by another process/iu;
const longestPause = 60;

/**
 * One user of the database at a time within this process, also when the module was loaded twice: a
 * second instance on the same file in one process would drop the file lock and lose data.
 */
const gatesKey = Symbol.for("assayer.store.gates");
const globals = globalThis as unknown as Record<symbol, Map<string, Promise<unknown>> | undefined>;
const gates = (globals[gatesKey] ??= new Map<string, Promise<unknown>>());

/** Runs `work` when nobody else in this process is at the store; it must not ask for a turn itself. */
export function takeTurn<T>(store: string, work: () => Promise<T>): Promise<T> {
  if (!isMainThread)
    throw new AssayerError(
      "invalid-argument",
      "reading a store requires the main thread; got a worker thread: log there, read outside",
    );
  const key = realpathSync(store);
  const turn = (gates.get(key) ?? Promise.resolve()).then(work, work);
  gates.set(
    key,
    turn.catch(() => undefined),
  );
  return turn;
}

/** True when this process may write to the store's folder. */
export function isWritable(store: string): boolean {
  try {
    accessSync(store, constants.W_OK);
    if (existsSync(storePaths.database(store)))
      accessSync(storePaths.database(store), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function open(
  store: string,
  readOnly: boolean,
): Promise<{ connection: Connection; close: () => void }> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(storePaths.database(store), {
    access_mode: readOnly ? "READ_ONLY" : "READ_WRITE",
    autoinstall_known_extensions: "false",
  });
  let connection: Connection | undefined;
  const close = () => {
    connection?.closeSync();
    instance.closeSync();
  };
  try {
    connection = await instance.connect();
    await connection.run(`set file_search_path = '${store.replaceAll("'", "''")}'`);
    if (readOnly) await requireKnownSchema(connection);
    else await migrate(connection);
    return { connection, close };
  } catch (error) {
    close();
    throw error;
  }
}

function requireDatabase(store: string): void {
  if (existsSync(storePaths.database(store))) return;
  throw new AssayerError(
    "read-only-store",
    `reading ${store} requires its database; got a folder that has only journals and cannot be written: open the project once where it can be written`,
  );
}

async function openWithRetry(store: string, readOnly: boolean, patience: number) {
  for (let start = Date.now(), pause = 4; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await open(store, readOnly);
    } catch (cause) {
      if (cause instanceof AssayerError) throw cause;
      const text = messageOf(cause);
      if (!lockMessage.test(text))
        throw new AssayerError(
          "invalid-store",
          `cannot open ${storePaths.database(store)}: ${text}`,
          {
            cause,
          },
        );
      if (Date.now() - start > patience)
        throw new AssayerError(
          "store-busy",
          `the store is held by another program for more than ${patience / 1000} s: close the program that has ${storePaths.database(store)} open, and try again`,
          { cause },
        );
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}

/**
 * Opens the database, runs `work`, and closes it again, so that nobody holds the file for long. Waits for other
 * processes, which hold it for some tens of milliseconds. Called within a turn.
 *
 * @param patience milliseconds to wait for the lock
 * @throws AssayerError "store-busy" when the lock was not to be had in that time
 */
export async function visit<T>(
  store: string,
  mode: "read" | "write",
  work: (connection: Connection) => Promise<T>,
  patience = 10_000,
): Promise<T> {
  if (mode === "read") requireDatabase(store);
  const { connection, close } = await openWithRetry(store, mode === "read", patience);
  try {
    return await work(connection);
  } finally {
    close();
  }
}

/** Big integers as numbers where that is exact, at any depth; lists and structs are changed in place. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date || ArrayBuffer.isView(value)) return value;
  const parts = value as Record<string, unknown>;
  for (const key in parts) parts[key] = plain(parts[key]);
  return parts;
}

/**
 * Rows of a query as plain objects: BIGINT as number where that is exact, TIMESTAMP as Date.
 *
 * @throws AssayerError "invalid-sql" with the SQL in `sql` and DuckDB's error in `cause`
 */
export async function queryRows<Row = Record<string, unknown>>(
  connection: Connection,
  sql: string,
  params: readonly SqlValue[] = [],
): Promise<Row[]> {
  try {
    const reader = await connection.runAndReadAll(sql, [...params] as DuckDBValue[]);
    return plain(reader.getRowObjectsJS()) as Row[];
  } catch (cause) {
    throw new AssayerError("invalid-sql", `cannot run the query: ${messageOf(cause)}`, {
      cause,
      sql,
    });
  }
}

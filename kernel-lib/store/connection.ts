import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
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

/** A database file, and the store's folder that its paths are relative to. */
interface Place {
  store: string;
  database: string;
}

/** Which file a path names at the moment; undefined where there is none. */
function fileAt(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

async function open(
  { store, database }: Place,
  readOnly: boolean,
): Promise<{ connection: Connection; close: () => void }> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const before = fileAt(database);
  const instance = await DuckDBInstance.create(database, {
    access_mode: readOnly ? "READ_ONLY" : "READ_WRITE",
    autoinstall_known_extensions: "false",
  });
  let connection: Connection | undefined;
  const close = () => {
    connection?.closeSync();
    instance.closeSync();
  };
  try {
    // DuckDB opens a file, then locks it. Compacting in between leaves it the old one, and all that is written lost.
    if (!readOnly && before !== undefined && fileAt(database) !== before)
      throw new Error("could not set lock on file: it was replaced");
    connection = await instance.connect();
    await connection.run(`set file_search_path = ${quotedText(store)}`);
    if (readOnly) await requireKnownSchema(connection);
    else await migrate(connection);
    return { connection, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A text as SQL writes it, where no parameter can stand. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The path of one file, or folder, as SQL writes it for what takes patterns: `[`, `*` and `?` are part of the name. */
export function quotedPath(path: string): string {
  return quotedText(path.replace(/[[*?]/gu, "[$&]"));
}

function requireDatabase({ store, database }: Place): void {
  if (existsSync(database)) return;
  throw new AssayerError(
    "read-only-store",
    `reading ${store} requires its database; got a folder without one that cannot be written`,
  );
}

/** Runs what opens a database, again and again while another process holds its file. */
async function whileLocked<T>(
  database: string,
  patience: number,
  work: () => Promise<T>,
): Promise<T> {
  for (let start = Date.now(), pause = 4; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof AssayerError) throw cause;
      const text = messageOf(cause);
      if (!lockMessage.test(text))
        throw new AssayerError("invalid-store", `cannot open ${database}: ${text}`, { cause });
      if (Date.now() - start > patience)
        throw new AssayerError(
          "store-busy",
          `the store is held by another program for more than ${patience / 1000} s: close the program that has ${database} open, and try again`,
          { cause },
        );
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}

const usualPatience = 10_000;

export interface VisitOptions {
  /** Milliseconds to wait for the lock, default 10,000. */
  patience?: number;
  /** A copy of the database to work on, instead of the store's own. */
  database?: string;
}

/**
 * Opens the database, runs `work`, and closes it again, so that nobody holds the file for long. Waits for other
 * processes, which hold it for some tens of milliseconds. Called within a turn.
 *
 * @throws AssayerError "store-busy" when the lock was not to be had in that time
 */
export async function visit<T>(
  store: string,
  mode: "read" | "write",
  work: (connection: Connection) => Promise<T>,
  { patience = usualPatience, database = storePaths.database(store) }: VisitOptions = {},
): Promise<T> {
  const place = { store, database };
  if (mode === "read") requireDatabase(place);
  const { connection, close } = await whileLocked(database, patience, () =>
    open(place, mode === "read"),
  );
  try {
    return await work(connection);
  } finally {
    close();
  }
}

/**
 * Copies the whole database into a new file while nobody can write to it, with the points of each metric together
 * and without the space of rows that were deleted, then runs `copied` before anybody can write. Called within a turn.
 */
export async function copyDatabase(
  store: string,
  target: string,
  copied: () => void = () => undefined,
): Promise<void> {
  const source = storePaths.database(store);
  requireDatabase({ store, database: source });
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    temp_directory: `${target}.tmp`,
  });
  const connection = await instance.connect();
  try {
    await connection.run(`set file_search_path = ${quotedText(store)}`);
    await whileLocked(source, usualPatience, () =>
      connection.run(`attach ${quotedText(source)} as source (read_only)`),
    );
    await connection.run(`attach ${quotedText(target)} as target`);
    await connection.run("copy from database source to target (schema)");
    const tables = await queryRows<{ name: string }>(
      connection,
      "select table_name as name from duckdb_tables() where database_name = 'source'",
    );
    for (const { name } of tables)
      await connection.run(
        `insert into target.${name} from source.${name} ${name === "metric_points" ? "order by series_id, step, timestamp" : ""}`,
      );
    await connection.run("detach target");
    copied();
  } finally {
    connection.closeSync();
    instance.closeSync();
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

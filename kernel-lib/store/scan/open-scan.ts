import { statSync } from "node:fs";
import { AssayerError, messageOf } from "../../errors";
import { quotedText, type Connection } from "../connection";
import type { LongWork } from "../long-work";
import { StoredSource, type DataSource, type SourceOrigin, type SqlSource } from "./data-source";
import { MemoryScan } from "./memory-scan";
import { throwIfStopped, withScanDatabase, type ScanDatabase } from "./scan-database";
import { SqlScan, scanned } from "./sql-scan";
import { loadColumns } from "../tables/load-columns";
import { toColumns, type TableData } from "../tables/table-data";
import type { TableScan } from "./table-scan";

/**
 * Opens a table for reading, runs `work` with it, and closes it again with all that was made for it.
 *
 * Rows, columns and Arrow tables are read where they are, and must stay as they are meanwhile; Parquet files are read
 * anew for each group of columns; CSV files and queries are run once and kept, on disk where they are large.
 *
 * @throws AssayerError "invalid-source" for files that are not there or cannot be read, "invalid-sql" for a query that
 *   fails, "invalid-argument" for a table in memory that is none, "aborted" once the signal says so, also while a CSV
 *   file is loaded or a query runs
 */
export async function openScan<T>(
  source: DataSource,
  work: (scan: TableScan) => Promise<T>,
  { signal }: Pick<LongWork, "signal"> = {},
): Promise<T> {
  throwIfStopped(signal);
  if (isTableData(source)) return work(new MemoryScan(source));
  return withRelation(
    source,
    async (database, place) => work(await SqlScan.open(database, place)),
    signal,
  );
}

/** What the table or view `data` of a database is. */
export interface Relation {
  description: string;
  origin: SourceOrigin;
  /** Patterns of the Parquet files that it is read from anew each time; none where it was loaded. */
  readFrom: readonly string[];
}

/**
 * Runs `work` with a database in memory in which any source is the table or view `data`, also rows, columns and Arrow
 * tables, which are copied.
 */
export function withRelation<T>(
  source: DataSource,
  work: (database: ScanDatabase, relation: Relation) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (typeof source === "string") {
    const paths = [literalPattern(source)];
    const place = { description: source, origin: { kind: "file", path: source } as const };
    return relationOf((connection) => openFiles(connection, source, paths), place, work, signal);
  }
  if (source instanceof StoredSource)
    return source.withFiles((paths) =>
      relationOf(
        (connection) => openFiles(connection, "table.parquet", paths.map(escaped)),
        source,
        work,
        signal,
      ),
    );
  if (isTableData(source))
    return relationOf(
      async (connection) => {
        await loadColumns(connection, toColumns(source, []), { keepUntyped: true });
        return [];
      },
      { description: "a table in memory", origin: { kind: "memory" } },
      work,
      signal,
    );
  return relationOf(
    (connection) => openQuery(connection, source.sql),
    {
      description: `query ${source.sql.trim().replace(/\s+/gu, " ").slice(0, 100)}`,
      origin: { kind: "sql", sql: source.sql },
    },
    work,
    signal,
  );
}

function isTableData(source: DataSource): source is TableData {
  return typeof source !== "string" && !(source instanceof StoredSource) && !isSql(source);
}

function isSql(source: DataSource): source is SqlSource {
  return (
    typeof source === "object" &&
    !Array.isArray(source) &&
    typeof (source as Partial<SqlSource> | null)?.sql === "string"
  );
}

function relationOf<T>(
  open: (connection: Connection) => Promise<readonly string[]>,
  { description, origin }: { description: string; origin: SourceOrigin },
  work: (database: ScanDatabase, relation: Relation) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  return withScanDatabase(async (database) => {
    const readFrom = await database.run(signal, open);
    return work(database, { description, origin, readFrom });
  });
}

/** A path in which every letter stands for itself. */
function escaped(path: string): string {
  return path.replace(/[[*?]/gu, "[$&]");
}

/** A path in which `*` and `?` are patterns, unless there is a file of just that name. */
function literalPattern(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
    ? escaped(path)
    : path.replaceAll("[", "[[]");
}

async function openFiles(
  connection: Connection,
  path: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  const refuse = (got: string, cause?: unknown) =>
    new AssayerError(
      "invalid-source",
      `reading data requires Parquet or CSV files; got ${got}: ${path}`,
      { cause },
    );
  const list = `[${patterns.map(quotedText).join(", ")}]`;
  const isParquet = /\.(parquet|pq)$/iu.test(path);
  if (!isParquet && !/\.(csv|tsv|txt)(\.gz|\.zst)?$/iu.test(path)) throw refuse("another ending");
  const reader = isParquet
    ? `create view ${scanned} as from read_parquet(${list}, union_by_name = true, hive_partitioning = false)`
    : `create table ${scanned} as from read_csv(${list}, header = true, skip = 0, sample_size = -1, union_by_name = true, hive_partitioning = false)`;
  try {
    await connection.run(reader);
    return isParquet ? patterns : [];
  } catch (cause) {
    const text = messageOf(cause).split("\n")[0] ?? "";
    throw /no files found/iu.test(text)
      ? refuse("no file", cause)
      : refuse(`what cannot be read (${text})`, cause);
  }
}

async function openQuery(connection: Connection, given: string): Promise<readonly string[]> {
  const sql = given.replace(/[\s;]+$/u, "");
  try {
    await connection.run(`create table ${scanned} as (\n${sql}\n)`);
    return [];
  } catch (cause) {
    throw new AssayerError("invalid-sql", `cannot run the query: ${messageOf(cause)}`, {
      cause,
      sql,
    });
  }
}

import { statSync } from "node:fs";
import { AssayerError, messageOf } from "../../errors";
import { quotedText, type Connection } from "../connection";
import { StoredSource, type DataSource, type SourceOrigin, type SqlSource } from "./data-source";
import { MemoryScan } from "./memory-scan";
import { withScanDatabase } from "./scan-database";
import { SqlScan, scanned } from "./sql-scan";
import type { TableScan } from "./table-scan";

/**
 * Opens a table for reading, runs `work` with it, and closes it again with all that was made for it.
 *
 * Rows, columns and Arrow tables are read where they are, and must stay as they are meanwhile; Parquet files are read
 * anew for each group of columns; CSV files and queries are run once and kept, on disk where they are large.
 *
 * @throws AssayerError "invalid-source" for files that are not there or cannot be read, "invalid-sql" for a query that
 *   fails, "invalid-argument" for a table in memory that is none
 */
export async function openScan<T>(
  source: DataSource,
  work: (scan: TableScan) => Promise<T>,
): Promise<T> {
  if (typeof source === "string") {
    const paths = [literalPattern(source)];
    const place = { description: source, origin: { kind: "file", path: source } as const };
    return scanOf((connection) => openFiles(connection, source, paths), place, work);
  }
  if (source instanceof StoredSource)
    return source.withFiles((paths) =>
      scanOf(
        (connection) => openFiles(connection, "table.parquet", paths.map(escaped)),
        source,
        work,
      ),
    );
  if (isSql(source))
    return scanOf(
      (connection) => openQuery(connection, source.sql),
      {
        description: `query ${source.sql.trim().replace(/\s+/gu, " ").slice(0, 100)}`,
        origin: { kind: "sql", sql: source.sql },
      },
      work,
    );
  return work(new MemoryScan(source));
}

function isSql(source: DataSource): source is SqlSource {
  return (
    typeof source === "object" &&
    !Array.isArray(source) &&
    typeof (source as Partial<SqlSource>).sql === "string"
  );
}

function scanOf<T>(
  open: (connection: Connection) => Promise<void>,
  place: { description: string; origin: SourceOrigin },
  work: (scan: TableScan) => Promise<T>,
): Promise<T> {
  return withScanDatabase(async (database) => {
    await database.run(undefined, open);
    return work(await SqlScan.open(database, place));
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
): Promise<void> {
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
    : `create table ${scanned} as from read_csv(${list}, header = true, sample_size = -1, union_by_name = true, hive_partitioning = false)`;
  try {
    await connection.run(reader);
  } catch (cause) {
    const text = messageOf(cause).split("\n")[0] ?? "";
    throw /no files found/iu.test(text)
      ? refuse("no file", cause)
      : refuse(`what cannot be read (${text})`, cause);
  }
}

async function openQuery(connection: Connection, given: string): Promise<void> {
  const sql = given.replace(/[\s;]+$/u, "");
  try {
    await connection.run(`create table ${scanned} as (\n${sql}\n)`);
  } catch (cause) {
    throw new AssayerError("invalid-sql", `cannot run the query: ${messageOf(cause)}`, {
      cause,
      sql,
    });
  }
}

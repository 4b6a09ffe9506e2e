import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { AssayerError } from "../errors";
import { commitFile, temporaryName } from "./durable-file";
import type { Columns } from "./table-data";

const chunkRows = 2048;

type DuckDB = typeof import("@duckdb/node-api");

/** How a column is kept, and how one of its values becomes DuckDB's. */
interface ColumnType {
  type: DuckDBType;
  convert: (value: unknown) => DuckDBValue;
}

function kindOf(value: unknown): string {
  return value instanceof Date ? "date" : typeof value;
}

function columnType(duckdb: DuckDB, name: string, values: ArrayLike<unknown>): ColumnType {
  const same = (value: unknown) => value as DuckDBValue;
  if (values instanceof Float32Array) return { type: duckdb.FLOAT, convert: same };
  if (values instanceof Int32Array) return { type: duckdb.INTEGER, convert: same };
  if (values instanceof BigInt64Array) return { type: duckdb.BIGINT, convert: same };
  const kinds = new Set<string>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) kinds.add(kindOf(value));
  }
  const [kind = "string", other] = kinds;
  if (other !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `a table requires values of one type in a column; got ${kind} and ${other} in ${name}`,
    );
  switch (kind) {
    case "number":
      return { type: duckdb.DOUBLE, convert: same };
    case "bigint":
      return { type: duckdb.BIGINT, convert: same };
    case "boolean":
      return { type: duckdb.BOOLEAN, convert: same };
    case "string":
      return { type: duckdb.VARCHAR, convert: same };
    case "date":
      return {
        type: duckdb.TIMESTAMP,
        convert: (value) =>
          new duckdb.DuckDBTimestampValue(BigInt((value as Date).getTime()) * 1000n),
      };
    default:
      throw new AssayerError(
        "invalid-argument",
        `a table requires numbers, strings, booleans or dates; got ${kind} in ${name}`,
      );
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Writes columns as a Parquet file: whole under `path`, or not at all.
 * The work is done by a DuckDB in memory, so the store's database is not touched.
 */
export async function writeParquet(path: string, columns: Columns): Promise<void> {
  const duckdb = await import("@duckdb/node-api");
  const names = Object.keys(columns);
  const types = names.map((name) => columnType(duckdb, name, columns[name] ?? []));
  const rows = columns[names[0] ?? ""]?.length ?? 0;
  const temporary = temporaryName(path);
  const instance = await duckdb.DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    const definitions = names.map(
      (name, i) => `${quoted(name)} ${types[i]?.type.toString() ?? ""}`,
    );
    await connection.run(`create table data (${definitions.join(", ")})`);
    const appender = await connection.createAppender("data");
    for (let start = 0; start < rows; start += chunkRows) {
      const size = Math.min(chunkRows, rows - start);
      const chunk = duckdb.DuckDBDataChunk.create(
        types.map(({ type }) => type),
        size,
      );
      names.forEach((name, i) => {
        const convert = types[i]?.convert;
        const values = Array.from({ length: size }, (_, row) => {
          const value = columns[name]?.[start + row];
          return value === null || value === undefined || !convert ? null : convert(value);
        });
        chunk.setColumnValues(i, values);
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    mkdirSync(dirname(path), { recursive: true });
    await connection.run(
      `copy data to '${temporary.replaceAll("'", "''")}' (format parquet, compression zstd)`,
    );
    connection.closeSync();
    const descriptor = openSync(temporary, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
    commitFile(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    instance.closeSync();
  }
}

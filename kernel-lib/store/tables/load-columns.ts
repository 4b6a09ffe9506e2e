import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { AssayerError } from "../../errors";
import type { Connection } from "../connection";
import type { Columns } from "./table-data";

const chunkRows = 2048;

type DuckDB = typeof import("@duckdb/node-api");

/** How a column is kept, and how one of its values becomes DuckDB's. */
interface ColumnType {
  type: DuckDBType;
  convert: (value: unknown) => DuckDBValue;
}

const widest = { signed: 2n ** 63n, unsigned: 2n ** 64n };

/** BIGINT, or UBIGINT where a value needs it. */
function bigintType(duckdb: DuckDB, name: string, values: ArrayLike<unknown>): DuckDBType {
  let [low, high] = [0n, 0n];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "bigint") continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low >= -widest.signed && high < widest.signed) return duckdb.BIGINT;
  if (low >= 0n && high < widest.unsigned) return duckdb.UBIGINT;
  throw new AssayerError(
    "invalid-argument",
    `a table requires 64-bit integers; got a larger one in ${name}`,
  );
}

function toTimestamp(duckdb: DuckDB, name: string, value: Date): DuckDBValue {
  if (Number.isNaN(value.getTime()))
    throw new AssayerError(
      "invalid-argument",
      `a table requires valid dates; got an invalid one in ${name}`,
    );
  return new duckdb.DuckDBTimestampValue(BigInt(value.getTime()) * 1000n);
}

function kindOf(value: unknown): string {
  return value instanceof Date ? "date" : typeof value;
}

/** Columns whose type is known whatever they hold. */
const knownTypes: Readonly<Partial<Record<string, "VARCHAR" | "DOUBLE">>> = {
  request_id: "VARCHAR",
  y_score: "DOUBLE",
  base_value: "DOUBLE",
};

/** How a column is kept; undefined when it holds nothing that tells, as all NULL does. */
function columnType(
  duckdb: DuckDB,
  name: string,
  values: ArrayLike<unknown>,
): ColumnType | undefined {
  const same = (value: unknown) => value as DuckDBValue;
  if (values instanceof Float32Array) return { type: duckdb.FLOAT, convert: same };
  if (values instanceof Int32Array) return { type: duckdb.INTEGER, convert: same };
  if (values instanceof BigInt64Array) return { type: duckdb.BIGINT, convert: same };
  const kinds = new Set<string>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) kinds.add(kindOf(value));
  }
  const [kind, other] = kinds;
  if (kind === undefined) {
    const known = Object.hasOwn(knownTypes, name) ? knownTypes[name] : undefined;
    return known && { type: duckdb[known], convert: same };
  }
  if (other !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `a table requires values of one type in a column; got ${kind} and ${other} in ${name}`,
    );
  switch (kind) {
    case "number":
      return { type: duckdb.DOUBLE, convert: same };
    case "bigint":
      return { type: bigintType(duckdb, name, values), convert: same };
    case "boolean":
      return { type: duckdb.BOOLEAN, convert: same };
    case "string":
      return { type: duckdb.VARCHAR, convert: same };
    case "date":
      return {
        type: duckdb.TIMESTAMP,
        convert: (value) => toTimestamp(duckdb, name, value as Date),
      };
    default:
      throw new AssayerError(
        "invalid-argument",
        `a table requires numbers, strings, booleans or dates; got ${kind} in ${name}`,
      );
  }
}

/** A name as an identifier of SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Puts columns into a new table `data` of `connection`, with the types that their values tell.
 *
 * @param options.keepUntyped columns without a single value are kept as VARCHAR, default false: they are left out,
 *   since a guess would spread to the same column of other tables
 */
export async function loadColumns(
  connection: Connection,
  columns: Columns,
  options: { keepUntyped?: boolean } = {},
): Promise<void> {
  const duckdb = await import("@duckdb/node-api");
  const rows = Object.values(columns)[0]?.length ?? 0;
  const untyped = { type: duckdb.VARCHAR, convert: () => null };
  const typed = Object.entries(columns).flatMap(([name, values]) => {
    const type = columnType(duckdb, name, values) ?? (options.keepUntyped ? untyped : undefined);
    return type ? [{ name, values, ...type }] : [];
  });
  // A table has one column at least.
  if (typed.length === 0)
    typed.push({ name: "request_id", values: Array<null>(rows).fill(null), ...untyped });
  const definitions = typed.map(({ name, type }) => `${quoted(name)} ${type.toString()}`);
  await connection.run(`create table data (${definitions.join(", ")})`);
  const appender = await connection.createAppender("data");
  for (let start = 0; start < rows; start += chunkRows) {
    const size = Math.min(chunkRows, rows - start);
    const chunk = duckdb.DuckDBDataChunk.create(
      typed.map(({ type }) => type),
      size,
    );
    typed.forEach(({ values, convert }, column) => {
      const part = Array.from({ length: size }, (_, row) => {
        const value = values[start + row];
        return value === null || value === undefined ? null : convert(value);
      });
      chunk.setColumnValues(column, part);
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

import { createHash, type Hash } from "node:crypto";
import type { DuckDBVector } from "@duckdb/node-api";
import type { Connection } from "../connection";
import { columnExpression, isNumeric, type DatasetColumn } from "./dataset-columns";

/** What stands for NULL and for NaN among doubles: both are NaN, which has many bit patterns. */
const patterns = { null: 0x7ff80000_00000001n, nan: 0x7ff80000_00000000n } as const;

/** The parts of a vector that DuckDB's makers keep private in the types. */
interface DoubleVector {
  items: Float64Array;
  validity: { itemValid(row: number): boolean };
}

function hashNumbers(hash: Hash, vector: DoubleVector, rows: number): void {
  const values = new Float64Array(rows);
  const bits = new BigUint64Array(values.buffer);
  for (let row = 0; row < rows; row++) {
    const value = vector.items[row] ?? NaN;
    if (!vector.validity.itemValid(row)) bits[row] = patterns.null;
    else if (Number.isNaN(value)) bits[row] = patterns.nan;
    // Zero has one sign.
    else values[row] = value + 0;
  }
  hash.update(values);
}

/** Each text with its length in bytes before it, so that two columns of other cuts differ. */
function hashTexts(hash: Hash, texts: Iterable<string | null>): void {
  const parts: Buffer[] = [];
  for (const value of texts) {
    const text = Buffer.from(value ?? "");
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(value === null ? 0xffff_ffff : text.length);
    parts.push(length, text);
  }
  hash.update(Buffer.concat(parts));
}

/**
 * SHA-256 of the content of the table `data`, the same however it was given: as rows, columns, Arrow, Parquet or CSV.
 *
 * Of each column a SHA-256: over its values in order as little-endian doubles (booleans as 0 and 1, times as
 * microseconds since the epoch, −0 as 0, one pattern each for NaN and NULL), or as UTF-8 with a u32 length before each
 * (0xffffffff for NULL). Then the SHA-256 of the JSON of the rows' number and, ordered by name, `[name, type, digest]`.
 * The order of rows counts, the order of columns does not.
 */
export async function digestColumns(
  connection: Connection,
  schema: readonly DatasetColumn[],
  rows: number,
): Promise<string> {
  const hashes = schema.map(() => createHash("sha256"));
  const result = await connection.stream(
    `select ${schema.map(columnExpression).join(", ")} from data`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    schema.forEach(({ type }, index) => {
      const [hash, vector] = [hashes[index], chunk.getColumnVector(index)];
      if (!hash) return;
      if (isNumeric(type)) hashNumbers(hash, vector as unknown as DoubleVector, chunk.rowCount);
      else hashTexts(hash, textsOf(vector, chunk.rowCount));
    });
  }
  return digestOf(
    rows,
    schema.map(({ name, type }, index) => [name, type, hashes[index]?.digest("hex") ?? ""]),
  );
}

/**
 * The same digest of columns in memory: numbers, NaN where one is missing, and texts, null where one is missing.
 *
 * @example columnsDigest({ age: Float64Array.of(34, 51), city: ["Oslo", null] })
 */
export function columnsDigest(
  columns: Readonly<Record<string, Float64Array | readonly (string | null)[]>>,
): string {
  const entries = Object.entries(columns).map(([name, values]): ColumnDigest => {
    const hash = createHash("sha256");
    if (values instanceof Float64Array)
      hashNumbers(hash, { items: values, validity: { itemValid: () => true } }, values.length);
    else hashTexts(hash, values);
    const isEmpty = !(values instanceof Float64Array) && values.every((text) => text === null);
    const type = values instanceof Float64Array ? "number" : isEmpty ? "empty" : "text";
    return [name, type, hash.digest("hex")];
  });
  return digestOf(Object.values(columns)[0]?.length ?? 0, entries);
}

/** Name, type and digest of a column. */
type ColumnDigest = readonly [name: string, type: string, digest: string];

function digestOf(rows: number, digests: readonly ColumnDigest[]): string {
  const columns = [...digests].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify({ rows, columns })).digest("hex");
}

function* textsOf(vector: DuckDBVector, rows: number): Generator<string | null> {
  for (let row = 0; row < rows; row++) yield vector.getItem(row) as string | null;
}

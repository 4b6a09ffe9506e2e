import { z } from "zod";
import { AssayerError } from "../errors";
import type { Datatype, TensorSpec } from "../onnx/tensor";
import { toColumns, type Columns, type TableData } from "../store/tables/table-data";

/** More rows make explanations slower and hardly better. */
export const mostBackgroundRows = 200;

const cell = z.union([z.number(), z.string(), z.boolean()]).nullable();

const fileSchema = z
  .object({
    format: z.literal(1),
    columns: z.array(z.string()).min(1),
    rows: z.array(z.array(cell)).min(1).max(mostBackgroundRows),
  })
  .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), {
    error: "a value of each column in each row",
  });

/** A background as bytes, with its size. */
export interface EncodedBackground {
  bytes: Uint8Array;
  rows: number;
  columns: number;
}

/**
 * Rows that explanations of a version compare with, as JSON: an edge device has no other reader.
 *
 * @throws AssayerError "invalid-argument" for no rows or more than 200, values that are no finite numbers, texts or
 *   booleans, columns other than those that the version's inputs name, or text in place of numbers
 */
export function encodeBackground(
  caller: string,
  background: TableData,
  input: readonly TensorSpec[],
): EncodedBackground {
  const refuse = (wanted: string, got: string) =>
    new AssayerError("invalid-argument", `${caller} requires a background ${wanted}; got ${got}`);
  const isEmpty = Array.isArray(background) && background.length === 0;
  const table = isEmpty ? {} : toColumns(background, []);
  const columns = Object.keys(table);
  const count = table[columns[0] ?? ""]?.length ?? 0;
  if (count < 1 || count > mostBackgroundRows)
    throw refuse(`of 1 to ${mostBackgroundRows} rows`, String(count));
  const known = namedColumns(input);
  if (known && (known.size !== columns.length || columns.some((name) => !known.has(name))))
    throw refuse(`with the columns ${[...known.keys()].join(", ")}`, columns.join(", "));
  const cellOf = (name: string, value: unknown): string | number | boolean | null => {
    const datatype = known?.get(name);
    if (datatype === "BYTES" && typeof value !== "string")
      throw refuse(`with text in ${name}`, value === null ? "nothing" : `a ${typeof value}`);
    if (typeof value === "string") {
      if (datatype === undefined || datatype === "BYTES") return value;
      throw refuse(`with numbers in ${name}`, "text");
    }
    if (value === null || Number.isNaN(value)) return null;
    if (typeof value === "boolean") return value;
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    const got =
      value instanceof Date
        ? "a date"
        : typeof number === "number"
          ? "an endless number"
          : "another value";
    throw refuse("of numbers, texts and booleans", `${got} in ${name}`);
  };
  const rows = Array.from({ length: count }, (_, row) =>
    columns.map((name) => cellOf(name, table[name]?.[row] ?? null)),
  );
  const bytes = Buffer.from(JSON.stringify({ format: 1, columns, rows }));
  return { bytes, rows: count, columns: columns.length };
}

/** The datatype of each column by name, where the inputs tell names: of a table's columns, or each its own column's. */
function namedColumns(input: readonly TensorSpec[]): Map<string, Datatype> | undefined {
  const [first] = input;
  if (first && input.length === 1)
    return first.columns && new Map(first.columns.map((name) => [name, first.datatype]));
  const isEach = first && input.every(({ shape }) => shape.length === 1 || shape[1] === 1);
  return isEach ? new Map(input.map(({ name, datatype }) => [name, datatype])) : undefined;
}

/** @throws AssayerError "corrupt-artifact" for bytes that are no background */
export function decodeBackground(bytes: Uint8Array): Columns {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    value = null;
  }
  const result = fileSchema.safeParse(value);
  if (!result.success)
    throw new AssayerError(
      "corrupt-artifact",
      `reading a background requires rows and columns as JSON; got another ${result.error.issues[0]?.path.join(".") ?? "text"}`,
    );
  const { columns, rows } = result.data;
  return Object.fromEntries(columns.map((name, c) => [name, rows.map((row) => row[c] ?? null)]));
}

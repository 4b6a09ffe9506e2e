import { z } from "zod";
import { AssayerError } from "../errors";
import type { TensorSpec } from "../onnx/tensor";
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
 * @throws AssayerError "invalid-argument" for no rows or more than 200, values that are no numbers, texts or booleans, or
 *   columns other than those that the version's one input names
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
  const named = input.length === 1 ? input[0]?.columns : undefined;
  if (named && (named.length !== columns.length || named.some((name) => !columns.includes(name))))
    throw refuse(`with the columns ${named.join(", ")}`, columns.join(", "));
  const rows = Array.from({ length: count }, (_, row) =>
    columns.map((name) => {
      const value = table[name]?.[row] ?? null;
      if (typeof value === "number") return Number.isNaN(value) ? null : value;
      if (typeof value === "bigint") return Number(value);
      if (value instanceof Date)
        throw refuse("of numbers, texts and booleans", `a date in ${name}`);
      return value;
    }),
  );
  const bytes = Buffer.from(JSON.stringify({ format: 1, columns, rows }));
  return { bytes, rows: count, columns: columns.length };
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

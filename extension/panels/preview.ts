import type { TablePreview } from "../../webviews/protocol";

/** Rows as text, for a table of a panel. */
export function preview(rows: readonly Record<string, unknown>[]): TablePreview {
  const columns = Object.keys(rows[0] ?? {});
  return {
    columns,
    rows: rows.map((row) => columns.map((column) => cellText(row[column]))),
  };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && !Number.isInteger(value)) return value.toPrecision(5);
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

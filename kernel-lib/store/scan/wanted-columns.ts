import { AssayerError } from "../../errors";
import type { ScanColumn, TableScan } from "./table-scan";

/** The columns of those names, which can be read in that way. */
export function requireColumns(
  scan: Pick<TableScan, "columns">,
  names: readonly string[],
): ScanColumn[] {
  const known = new Map(scan.columns.map((column) => [column.name, column]));
  return names.map((name) => {
    const column = known.get(name);
    if (!column)
      throw new AssayerError(
        "invalid-argument",
        `unknown column: ${name}; expected one of ${[...known.keys()].slice(0, 20).join(", ")}`,
      );
    if (column.type === "other")
      throw new AssayerError(
        "invalid-argument",
        `reading a column requires numbers, booleans, text or times; got another type in ${name}`,
      );
    return column;
  });
}

/** @throws AssayerError "invalid-argument" for a column without numbers */
export function requireNumbers(column: ScanColumn): void {
  if (column.type !== "text") return;
  throw new AssayerError(
    "invalid-argument",
    `reading numbers requires a column of numbers, booleans or times; got text in ${column.name}`,
  );
}

import type { Column } from "./columns";

export interface SortOrder {
  column: string;
  descending: boolean;
}

/** `rows` in the order of a column; rows without a value, and NaN, come last either way. */
export function sortRows(rows: number[], column: Column, descending: boolean): number[] {
  const keys = new Map(rows.map((row) => [row, column.value(row)]));
  const sign = descending ? -1 : 1;
  const isMissing = (value: string | number | null | undefined) =>
    value === null || value === undefined || Number.isNaN(value);
  return rows.sort((a, b) => {
    const left = keys.get(a);
    const right = keys.get(b);
    if (isMissing(left) || isMissing(right))
      return Number(isMissing(left)) - Number(isMissing(right)) || a - b;
    if (typeof left === "number" && typeof right === "number")
      return sign * (left - right) || a - b;
    return sign * collator.compare(String(left), String(right)) || a - b;
  });
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

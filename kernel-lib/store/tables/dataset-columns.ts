import { quoted } from "./load-columns";

/**
 * What a column holds, whatever it was read from: `integer` only for 64-bit integers that a double cannot hold,
 * `empty` for a column without a value.
 */
export type ColumnType = "number" | "integer" | "boolean" | "time" | "text" | "empty";

export interface DatasetColumn {
  name: string;
  type: ColumnType;
}

/** True for the types whose `columnExpression` is a DOUBLE; of the others it is VARCHAR. */
export function isNumeric(type: ColumnType): boolean {
  return type === "number" || type === "boolean" || type === "time";
}

/** A column as an expression that is the same for the same content: booleans as 0 and 1, times as microseconds. */
export function columnExpression({ name, type }: DatasetColumn): string {
  const column = quoted(name);
  if (type === "time") return `epoch_us(${column})::double`;
  return isNumeric(type) ? `${column}::double` : `${column}::varchar`;
}

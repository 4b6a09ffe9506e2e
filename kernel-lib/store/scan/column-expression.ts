import { quoted } from "../tables/load-columns";
import type { ScanColumn, ScanType } from "./table-scan";

const integers = /^u?(tiny|small|big|huge)?int(eger)?$/iu;
const otherNumbers = /^(double|float|decimal.*|bignum)$/iu;

/** What a type of DuckDB's is to whoever scans. */
export function scanTypeOf(duckdbType: string): { type: ScanType; integer?: true } {
  if (integers.test(duckdbType)) return { type: "number", integer: true };
  if (otherNumbers.test(duckdbType)) return { type: "number" };
  if (/^(timestamp|date)[^[\]]*$/iu.test(duckdbType)) return { type: "time" };
  if (/^boolean$/iu.test(duckdbType)) return { type: "boolean" };
  if (/^(varchar|uuid|json|"null")$/iu.test(duckdbType)) return { type: "text" };
  return { type: /^enum\(.*\)$/isu.test(duckdbType) ? "text" : "other" };
}

/** A column as DOUBLE without NULL: NaN where it is missing; milliseconds of a time. */
export function numberExpression({ name, type }: ScanColumn): string {
  const column = quoted(name);
  const time = `${column}::timestamp`;
  const value =
    type === "time"
      ? `case when isfinite(${time}) then epoch_us(${time})::double / 1000 end`
      : `${column}::double`;
  return `coalesce(${value}, 'nan'::double)`;
}

/**
 * Whether categories of a column are its text in SQL; of the others they are numbers whose text JavaScript makes, so
 * that they read the same wherever the table comes from.
 */
export function isTextInSql({ type, integer }: ScanColumn): boolean {
  return type === "text" || type === "boolean" || integer === true;
}

/** The text of a category that is not text in SQL. */
export function categoryOfNumber(value: number, type: ScanType): string {
  return type === "time" ? new Date(value).toISOString() : String(value);
}

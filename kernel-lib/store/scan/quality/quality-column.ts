import { queryRows, type Connection } from "../../connection";
import { quoted } from "../../tables/load-columns";
import { scanTypeOf } from "../column-expression";
import { scanned } from "../sql-scan";
import type { ScanType } from "../table-scan";

/** A column of the table that is checked. */
export interface QualityColumn {
  name: string;
  type: ScanType;
  /** Integers are exact however large; floats can be NaN and infinite. */
  integer: boolean;
  float: boolean;
}

export async function readQualityColumns(connection: Connection): Promise<QualityColumn[]> {
  const declared = await queryRows<{ name: string; type: string }>(
    connection,
    `select column_name as name, column_type as type from (describe ${scanned})`,
  );
  return declared.map(({ name, type }) => {
    const { type: scanType, integer = false } = scanTypeOf(type);
    return { name, type: scanType, integer, float: /^(float|double)$/iu.test(type) };
  });
}

/** A column's own value, NULL where it is NaN: what is missing is NULL. */
export function valueSql({ name, float }: QualityColumn): string {
  return float ? `nullif(${quoted(name)}, 'nan')` : quoted(name);
}

/** True where a value is missing. */
export function missingSql(column: QualityColumn): string {
  const own = quoted(column.name);
  return column.float ? `(${own} is null or isnan(${own}))` : `${own} is null`;
}

/** A column as DOUBLE, NULL where it is missing or infinite. */
export function finiteSql({ name, float }: QualityColumn): string {
  const own = quoted(name);
  return float ? `case when isfinite(${own}) then ${own}::double end` : `${own}::double`;
}

/** A time as microseconds since the epoch, UTC; NULL where it is missing or infinite. */
export function timeSql({ name }: QualityColumn): string {
  const own = `${quoted(name)}::timestamp`;
  return `case when isfinite(${own}) then epoch_us(${own}) end`;
}

/** Microseconds since the epoch as ISO 8601; null beyond what a Date can hold. */
export function isoTime(micros: number | bigint | null | undefined): string | null {
  const date = new Date(micros === null || micros === undefined ? NaN : Number(micros) / 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

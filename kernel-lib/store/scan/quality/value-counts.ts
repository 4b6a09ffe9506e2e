import { queryRows, type Connection } from "../../connection";
import { scanned } from "../sql-scan";
import { isoTime, missingSql, valueSql, type QualityColumn } from "./quality-column";

/** How often the values of a column occur. */
export interface ValueCounts {
  distinct: number;
  /** Rows of the most frequent value. */
  most: number;
  /** Rows whose value is in another row too. */
  shared: number;
  /** The most frequent values, equally frequent ones in their own order; texts cut at 200 characters. */
  top: { value: string; count: number }[];
}

const longestValue = 200;

/** A value of the database as text that reads the same wherever the table comes from. */
function valueText(value: unknown, { type }: QualityColumn): string {
  if (type === "time") return isoTime(value as number | bigint) ?? "beyond what a date can hold";
  if (typeof value === "number") return String(value);
  return String(value).slice(0, longestValue);
}

/**
 * Counts by value, exactly. DuckDB's estimate of distinct values was off by up to 48% where all of 1,000,000 doubles
 * differ, and costs a fifth of counting them.
 */
export async function countValues(
  connection: Connection,
  column: QualityColumn,
  topValues: number,
): Promise<ValueCounts> {
  const key =
    column.type === "time"
      ? `epoch_us(value::timestamp)`
      : column.type === "number" && !column.integer
        ? "value::double"
        : column.integer
          ? "value"
          : `left(value::varchar, ${longestValue})`;
  const [row] = await queryRows<{
    distinct: number;
    most: number | null;
    shared: number | null;
    top: { count: number; value: unknown }[] | null;
  }>(
    connection,
    `with counts as (select ${valueSql(column)} as value, count(*) as rows from ${scanned}
       where not ${missingSql(column)} group by 1)
     select count(*) as distinct, max(rows) as most, sum(rows) filter (rows > 1) as shared,
       min({ count: -rows, value: ${key} }, ${topValues}) as top
     from counts`,
  );
  return {
    distinct: row?.distinct ?? 0,
    most: row?.most ?? 0,
    shared: row?.shared ?? 0,
    top: (row?.top ?? []).map(({ count, value }) => ({
      value: valueText(value, column),
      count: -count,
    })),
  };
}

import { queryRows, type Connection } from "../connection";
import { columnExpression, type DatasetColumn } from "./dataset-columns";
import { quoted } from "./load-columns";

/** Statistics of one column; a number that is not defined or not finite is null. */
export interface ColumnProfile {
  column: string;
  /** Values that are neither NULL nor NaN. */
  count: number;
  nulls: number;
  distinct: number;
  /** False where `distinct` is an estimate (HyperLogLog): in data of more than a million rows. */
  distinctExact: boolean;
  /** Numbers as they are, times as ISO 8601 in UTC; null for text and booleans. */
  min: number | string | null;
  max: number | string | null;
  mean: number | null;
  /** Of a sample: n − 1 below. */
  std: number | null;
  /** 0.25, 0.5 and 0.75, by linear interpolation. */
  quantiles: [number, number, number] | null;
  /** The ten most frequent values of text and booleans, cut at 200 characters. */
  top: { value: string; count: number }[];
}

const mostRowsExact = 1_000_000;
const topValues = 10;

interface Statistics {
  count: number;
  distinct: number;
  min?: number | null;
  max?: number | null;
  mean?: number | null;
  std?: number | null;
  quantiles?: number[] | null;
}

function finite(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A time in microseconds since the epoch as ISO 8601; null beyond what a Date can hold. */
function isoTime(micros: number | null): string | null {
  const date = new Date(micros === null ? NaN : micros / 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function threeOf(quantiles: readonly number[] | null | undefined): [number, number, number] | null {
  const [low, middle, high] = (quantiles ?? []).map(finite);
  return low == null || middle == null || high == null ? null : [low, middle, high];
}

function topOf(connection: Connection, name: string): Promise<{ value: string; count: number }[]> {
  const column = quoted(name);
  return queryRows(
    connection,
    `select left(value, 200) as value, count from (select ${column}::varchar as value, count(*) as count from data
      where ${column} is not null group by 1 order by 2 desc, 1 limit ${topValues})`,
  );
}

/** Statistics of one column of the table `data`, as pandas `describe` has them: NaN is a missing value. */
export async function profileColumn(
  connection: Connection,
  column: DatasetColumn,
  rows: number,
): Promise<ColumnProfile> {
  const { name, type } = column;
  const own = quoted(name);
  const distinctExact = rows <= mostRowsExact;
  const distinct = distinctExact ? "count(distinct original)" : "approx_count_distinct(original)";
  const isMeasured = type === "number" || type === "integer" || type === "time";
  const number = type === "integer" ? `${own}::double` : columnExpression(column);
  const values = `(select ${isMeasured ? number : "0"} as x, ${own} as original from data
    where ${own} is not null ${type === "number" ? `and not isnan(${number})` : ""})`;
  // The deviation in two passes: DuckDB's own refuses numbers whose squares are too large.
  const [found] = await queryRows<Statistics>(
    connection,
    isMeasured
      ? `select count(*) as count, ${distinct} as distinct, min(x) as min, max(x) as max, any_value(mean) as mean,
          sqrt(sum((x - mean) * (x - mean)) / nullif(count(*) - 1, 0)) as std,
          quantile_cont(x, [0.25, 0.5, 0.75]) as quantiles
        from ${values}, (select avg(x) as mean from ${values})`
      : `select count(*) as count, ${distinct} as distinct from ${values}`,
  );
  const { count, mean, std, quantiles } = found ?? { count: 0 };
  const isTime = type === "time";
  const [min, max] = [finite(found?.min), finite(found?.max)];
  return {
    column: name,
    count,
    nulls: rows - count,
    distinct: found?.distinct ?? 0,
    distinctExact,
    min: isTime ? isoTime(min) : min,
    max: isTime ? isoTime(max) : max,
    mean: isTime ? null : finite(mean),
    std: isTime ? null : finite(std),
    quantiles: isTime ? null : threeOf(quantiles),
    top: type === "text" || type === "boolean" ? await topOf(connection, name) : [],
  };
}

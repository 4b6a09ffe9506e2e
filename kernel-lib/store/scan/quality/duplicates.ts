import { queryRows, type Connection } from "../../connection";
import { scanned } from "../sql-scan";
import { aggregateRows } from "./one-row";
import { missingSql, valueSql, type QualityColumn } from "./quality-column";
import type { ColumnStatistics } from "./column-statistics";
import type { ValueCounts } from "./value-counts";

async function number(connection: Connection, sql: string): Promise<number> {
  const [row] = await queryRows<{ answer: number | null }>(connection, sql);
  return row?.answer ?? 0;
}

/**
 * Rows that are the same as an earlier one, missing values being equal. Rows are told apart by a hash; only those that
 * share theirs with another are compared, so that the answer is exact.
 */
export async function countDuplicateRows(
  connection: Connection,
  columns: readonly QualityColumn[],
): Promise<number> {
  const hash = `hash(${columns.map(valueSql).join(", ")})`;
  const shared = `select ${hash} as h from ${scanned} group by h having count(*) > 1`;
  if ((await number(connection, `select count(*) as answer from (${shared})`)) === 0) return 0;
  const names = columns.map((_, i) => `v${i}`).join(", ");
  const suspects = `select ${columns.map((column, i) => `${valueSql(column)} as v${i}`).join(", ")}
    from ${scanned} where ${hash} in (${shared})`;
  return number(
    connection,
    `select sum(copies - 1) as answer
     from (select count(*) as copies from (${suspects}) group by ${names})`,
  );
}

/** Rows in which all is missing. A column without a gap answers at once. */
export function countEmptyRows(
  connection: Connection,
  columns: readonly QualityColumn[],
  statistics: readonly ColumnStatistics[],
  rows: number,
): Promise<number> {
  if (statistics.some(({ present }) => present === rows)) return Promise.resolve(0);
  const gaps = columns.filter((_, i) => (statistics[i]?.present ?? 0) > 0);
  if (gaps.length === 0) return Promise.resolve(rows);
  return number(
    connection,
    `select count(*) as answer from ${scanned} where ${gaps.map(missingSql).join(" and ")}`,
  );
}

/**
 * Of each column the first one that holds the same in every row, or null. Columns of one type with the same figures are
 * compared row by row.
 */
export async function findDuplicateColumns(
  connection: Connection,
  columns: readonly QualityColumn[],
  statistics: readonly ColumnStatistics[],
  counts: readonly ValueCounts[],
): Promise<(string | null)[]> {
  const found = columns.map(() => null as string | null);
  const alike = new Map<string, number[]>();
  columns.forEach(({ type }, i) => {
    const { present, infinite, min, max } = statistics[i] as ColumnStatistics;
    const key = JSON.stringify([type, present, infinite, min, max, counts[i]]);
    alike.set(key, [...(alike.get(key) ?? []), i]);
  });
  let groups = [...alike.values()].filter(({ length }) => length > 1);
  while (groups.length > 0) {
    const pairs = groups.flatMap(([first, ...others]) =>
      others.map((other) => ({ first: first as number, other })),
    );
    const answer = await aggregateRows(
      connection,
      pairs.map(({ first, other }) => ({
        row: {
          [`d${other}`]: `${valueSql(columns[first] as QualityColumn)} is distinct from ${valueSql(columns[other] as QualityColumn)}`,
        },
        aggregates: { [`differ${other}`]: `coalesce(bool_or(d${other}), false)` },
      })),
    );
    const differ = (i: number) => answer[`differ${i}`] === true;
    for (const { first, other } of pairs)
      if (!differ(other)) found[other] = columns[first]?.name ?? null;
    groups = groups
      .map(([, ...others]) => others.filter(differ))
      .filter(({ length }) => length > 1);
  }
  return found;
}

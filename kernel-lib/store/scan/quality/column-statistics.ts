import { isoTime, finiteSql, timeSql, valueSql, type QualityColumn } from "./quality-column";

/** What the first pass finds of a column. */
export interface ColumnStatistics {
  present: number;
  infinite: number;
  /** Of finite values: numbers, big integers as their digits, times as ISO 8601. */
  min: number | string | null;
  max: number | string | null;
  mean: number | null;
  /** All are whole numbers. */
  whole: boolean;
}

/** The same in doubles, for scaling. */
export function asNumber(value: number | string | null): number {
  return value === null ? NaN : Number(value);
}

/** What is asked of column `i` in the pass over all rows. */
export function statisticsPart(column: QualityColumn, i: number) {
  const present = { [`u${i}`]: valueSql(column) };
  const count = { [`present${i}`]: `count(u${i})` };
  if (column.type === "time")
    return {
      row: { ...present, [`x${i}`]: timeSql(column) },
      aggregates: {
        ...count,
        [`finite${i}`]: `count(x${i})`,
        [`min${i}`]: `min(x${i})`,
        [`max${i}`]: `max(x${i})`,
      },
    };
  if (column.type !== "number") return { row: present, aggregates: count };
  // Integers keep their digits; of a mean, Kahan's sum loses none to the order of rows.
  const ends = column.integer ? `u${i}` : `x${i}`;
  return {
    row: { ...present, [`x${i}`]: finiteSql(column) },
    aggregates: {
      ...count,
      [`finite${i}`]: `count(x${i})`,
      [`min${i}`]: `min(${ends})`,
      [`max${i}`]: `max(${ends})`,
      [`mean${i}`]: `favg(x${i})`,
      ...(!column.integer && { [`whole${i}`]: `bool_and(x${i} = trunc(x${i}))` }),
    },
  };
}

function endOf(value: unknown): number | string | null {
  if (typeof value === "bigint") return value.toString();
  return typeof value === "number" ? value : null;
}

/** What the pass answered of column `i`. */
export function statisticsOf(
  column: QualityColumn,
  i: number,
  answer: Readonly<Record<string, unknown>>,
): ColumnStatistics {
  const present = Number(answer[`present${i}`]);
  const finite = answer[`finite${i}`];
  const mean = answer[`mean${i}`];
  const end = (value: unknown) =>
    column.type === "time" ? isoTime(value as number | bigint | null) : endOf(value);
  return {
    present,
    infinite: finite === undefined ? 0 : present - Number(finite),
    min: end(answer[`min${i}`]),
    max: end(answer[`max${i}`]),
    mean: typeof mean === "number" && Number.isFinite(mean) ? mean : null,
    whole: column.type === "number" && (column.integer || answer[`whole${i}`] === true),
  };
}

import type { Connection } from "../../connection";
import { asNumber, type ColumnStatistics } from "./column-statistics";
import { aggregateRows } from "./one-row";
import { finiteSql, type QualityColumn } from "./quality-column";

export interface Spread {
  /** Of the sample: n - 1. */
  standardDeviation: number | null;
  /** By linear interpolation between the values next to them. */
  quartiles: [number, number, number] | null;
}

/** A numeric column, and what is known of it. */
export interface Measured {
  column: QualityColumn;
  statistics: ColumnStatistics;
}

/** Values that quantiles hold at once take about so much. */
const quantileBytes = 256 * 2 ** 20;

/** The greatest distance from the mean, so that no square of a scaled one is too large. */
function scaleOf({ statistics: { min, max, mean } }: Measured): number {
  const scale = Math.max(asNumber(max) - (mean ?? 0), (mean ?? 0) - asNumber(min));
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

/** A column about its mean, between -1 and 1. */
function scaledSql(measured: Measured): string {
  const mean = measured.statistics.mean ?? 0;
  return `(${finiteSql(measured.column)} - ${mean}::double) / ${scaleOf(measured)}::double`;
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Standard deviation and quartiles of finite values, as many columns at a time as fit in memory. */
export async function measureSpread(
  connection: Connection,
  columns: readonly Measured[],
  rows: number,
  progress: (done: number) => void,
): Promise<Spread[]> {
  const size = Math.max(1, Math.floor(quantileBytes / (8 * Math.max(1, rows))));
  const spreads: Spread[] = [];
  for (let start = 0; start < columns.length; start += size) {
    progress(start);
    const group = columns.slice(start, start + size);
    const answer = await aggregateRows(
      connection,
      group.map((each, i) => ({
        row: { [`x${i}`]: finiteSql(each.column), [`z${i}`]: scaledSql(each) },
        aggregates: {
          [`squares${i}`]: `sum(z${i} * z${i})`,
          [`quartiles${i}`]: `quantile_cont(x${i}, [0.25, 0.5, 0.75])`,
        },
      })),
    );
    spreads.push(
      ...group.map((each, i) => {
        const { present, infinite } = each.statistics;
        const squares = finite(answer[`squares${i}`]);
        const degrees = present - infinite - 1;
        const quartiles = ((answer[`quartiles${i}`] as unknown[] | null) ?? []).map(finite);
        const [q25, median, q75] = quartiles;
        return {
          standardDeviation:
            squares === null || degrees < 1 ? null : Math.sqrt(squares / degrees) * scaleOf(each),
          quartiles:
            q25 == null || median == null || q75 == null
              ? null
              : ([q25, median, q75] as [number, number, number]),
        };
      }),
    );
  }
  return spreads;
}

/**
 * Pearson's correlation of each pair of columns over the rows in which both are finite, row-major; null where it is not
 * defined, as with a constant.
 */
export async function correlate(
  connection: Connection,
  columns: readonly Measured[],
  progress: (done: number) => void,
): Promise<(number | null)[]> {
  const size = columns.length;
  const values = Array<number | null>(size * size).fill(null);
  const isConstant = ({ statistics: { min, max } }: Measured) => min === null || min === max;
  columns.forEach((each, i) => {
    if (!isConstant(each)) values[i * size + i] = 1;
  });
  const pairs = columns.flatMap((a, i) =>
    columns.slice(i + 1).flatMap((b, offset) => {
      return isConstant(a) || isConstant(b) ? [] : [{ a: i, b: i + 1 + offset }];
    }),
  );
  const step = 2000;
  for (let start = 0; start < pairs.length; start += step) {
    progress(start / pairs.length);
    const group = pairs.slice(start, start + step);
    const used = [...new Set(group.flatMap(({ a, b }) => [a, b]))];
    const answer = await aggregateRows(connection, [
      {
        row: Object.fromEntries(used.map((i) => [`z${i}`, scaledSql(columns[i] as Measured)])),
        aggregates: Object.fromEntries(
          group.map(({ a, b }) => [`r${a}_${b}`, `corr(z${a}, z${b})`]),
        ),
      },
    ]);
    for (const { a, b } of group) {
      const value = finite(answer[`r${a}_${b}`]);
      const bounded = value === null ? null : Math.min(1, Math.max(-1, value));
      values[a * size + b] = bounded;
      values[b * size + a] = bounded;
    }
  }
  return values;
}

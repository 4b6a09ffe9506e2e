import { AssayerError } from "../errors";
import { queryRows, type Connection } from "./connection";
import { numberColumns } from "./number-columns";
import { requireRuns } from "./read-runs";

export interface MetricHistoryOptions {
  /** These metrics alone. */
  keys?: readonly string[];
  /** At most as many points of each series, at least 8; default all. */
  maxPoints?: number;
}

/** Values of one metric of one run, by step. */
export interface MetricSeries {
  runId: string;
  key: string;
  /** Values that were logged; `values` has fewer when `maxPoints` thinned them. */
  count: number;
  steps: Float64Array;
  /** Milliseconds since the epoch. */
  timestamps: Float64Array;
  values: Float64Array;
}

interface SeriesRow {
  id: number;
  runId: string;
  key: string;
  count: number;
}

/** A series that is thinned: the first step, and how many steps a stretch of it has, as a power of two. */
interface Thinning {
  id: number;
  from: number;
  shift: number;
}

const fewestPoints = 8;

/**
 * The points of metrics of runs, by step. With `maxPoints`, a longer series is cut into stretches of equal width in
 * steps (a power of two), and of each stretch the lowest, the highest and, where there is one, a NaN point are kept,
 * and the first and the last point of the series: no extreme is lost and no gap is closed. This is the min-max
 * variant of M4; it is computed where the points lie, so a million points never leave the database.
 *
 * @see Jugel, Jerzak, Hackenbroich, Markl 2014, "M4: a visualization-oriented time series data aggregation"
 * (VLDB 7(10)), of which the first and last of each stretch are left out, for twice as many stretches; Steinarsson
 * 2013, "Downsampling time series for visual representation", whose LTTB can miss an extreme
 */
export async function metricHistory(
  connection: Connection,
  runIds: readonly string[],
  { keys, maxPoints }: MetricHistoryOptions = {},
): Promise<MetricSeries[]> {
  if (maxPoints !== undefined && !(Number.isSafeInteger(maxPoints) && maxPoints >= fewestPoints))
    throw new AssayerError(
      "invalid-argument",
      `metricHistory requires maxPoints to be a whole number of ${fewestPoints} or more; got ${maxPoints}`,
    );
  await requireRuns(connection, runIds);
  const series = await queryRows<SeriesRow>(
    connection,
    `select series_id as id, run_id as "runId", key, count from metric_series
      join (select unnest(ids) as run_id, unnest(range(len(ids))) as position
        from (select from_json(?, '["VARCHAR"]') as ids)) using (run_id)
      where ${keys === undefined ? "? is null" : `key in (select unnest(from_json(?, '["VARCHAR"]')))`}
      order by position, key`,
    [JSON.stringify(runIds), keys === undefined ? null : JSON.stringify(keys)],
  );
  const isLong = ({ count }: SeriesRow) => maxPoints !== undefined && count > maxPoints;
  const points = new Map<number, Omit<MetricSeries, "runId" | "key" | "count">>();
  const read = async (rows: readonly SeriesRow[], condition: string) => {
    if (rows.length > 0) await readPoints(connection, rows, condition, points);
  };
  await read(
    series.filter((each) => !isLong(each)),
    "true",
  );
  const long = series.filter(isLong);
  if (long.length > 0) {
    await pickPoints(connection, long, maxPoints ?? 0);
    await read(long, "rowid in (select id from picked)");
    await connection.run("drop table picked; drop table thinned");
  }
  const none = new Float64Array();
  return series.map(({ id, runId, key, count }) => ({
    runId,
    key,
    count,
    ...(points.get(id) ?? { steps: none, timestamps: none, values: none }),
  }));
}

const idsOf = (rows: readonly { id: number }[]) => JSON.stringify(rows.map(({ id }) => id));

/** Points of these series that fulfil the condition, by series and step. */
async function readPoints(
  connection: Connection,
  rows: readonly SeriesRow[],
  condition: string,
  points: Map<number, Omit<MetricSeries, "runId" | "key" | "count">>,
): Promise<void> {
  const none = new Float64Array();
  const [ids = none, steps = none, timestamps = none, values = none] = await numberColumns(
    connection,
    `select series_id::double, step::double, epoch_us(timestamp)::double / 1000, value from metric_points
      where series_id in (select unnest(from_json(?, '["INTEGER"]'))) and ${condition}
      order by series_id, step, timestamp, rowid`,
    [idsOf(rows)],
  );
  for (let start = 0, end = 0; start < ids.length; start = end) {
    const id = ids[start] ?? 0;
    while (end < ids.length && ids[end] === id) end++;
    // Copies, so that one series that is kept does not keep all.
    points.set(id, {
      steps: steps.slice(start, end),
      timestamps: timestamps.slice(start, end),
      values: values.slice(start, end),
    });
  }
}

/**
 * Fills the temporary table `picked` with the rows of `metric_points` to keep. NaN is the greatest value to DuckDB,
 * of either sign, so the lowest of the negated values is the negated highest number.
 */
async function pickPoints(
  connection: Connection,
  rows: readonly SeriesRow[],
  maxPoints: number,
): Promise<void> {
  const bounds = await queryRows<{
    id: number;
    low: number | bigint;
    high: number | bigint;
    first: number;
    last: number;
    nan: boolean;
  }>(
    connection,
    `select series_id as id, min(step) as low, max(step) as high, isnan(max(value)) as nan,
        arg_min(rowid, step) as first, arg_max(rowid, step) as last
      from metric_points where series_id in (select unnest(from_json(?, '["INTEGER"]'))) group by series_id`,
    [idsOf(rows)],
  );
  const thinned = bounds.map(({ id, low, high, nan }): Thinning => {
    const stretches = Math.max(1, Math.floor((maxPoints - 2) / (nan ? 3 : 2)));
    const span = Number(high) - Number(low) + 1;
    return { id, from: Number(low), shift: Math.max(0, Math.ceil(Math.log2(span / stretches))) };
  });
  await connection.run(
    `create or replace temp table thinned as
      select (t->>'id')::integer as series_id, (t->>'from')::bigint as low, (t->>'shift')::bigint as shift
      from (select unnest(from_json(?, '["JSON"]')) as t)`,
    [JSON.stringify(thinned)],
  );
  const hasNaN = bounds.some(({ nan }) => nan);
  await connection.run(
    `create or replace temp table picked as
      with stretches as materialized (
        select arg_min(id, value) as lowest, arg_min(id, -value) as highest
            ${hasNaN ? ", if(isnan(max(value)), arg_max(id, value), null) as nan" : ""}
          from (select p.series_id, ((step - low) >> shift)::integer as stretch, value, p.rowid as id
            from metric_points p join thinned using (series_id))
          group by series_id, stretch
      )
      select unnest(from_json(?, '["BIGINT"]')) as id
      union all select lowest from stretches
      union all select highest from stretches
      ${hasNaN ? "union all select nan from stretches where nan is not null" : ""}`,
    [JSON.stringify(bounds.flatMap(({ first, last }) => [first, last]))],
  );
}

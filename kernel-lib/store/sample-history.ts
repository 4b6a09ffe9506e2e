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
  lastStep: number;
  /** Milliseconds since the epoch. */
  lastTimestamp: number;
  lastValue: number;
}

type Points = Pick<MetricSeries, "steps" | "timestamps" | "values">;

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
    `select series_id as id, run_id as "runId", key, count, last_step as "lastStep", last_value as "lastValue",
        epoch_us(last_timestamp)::double / 1000 as "lastTimestamp" from metric_series
      join (select unnest(ids) as run_id, unnest(range(len(ids))) as position
        from (select from_json(?, '["VARCHAR"]') as ids)) using (run_id)
      where ${keys === undefined ? "? is null" : `key in (select unnest(from_json(?, '["VARCHAR"]')))`}
      order by position, key`,
    [JSON.stringify(runIds), keys === undefined ? null : JSON.stringify(keys)],
  );
  const isLong = ({ count }: SeriesRow) => maxPoints !== undefined && count > maxPoints;
  const points = new Map<number, Points>();
  const short = series.filter((each) => !isLong(each));
  if (short.length > 0)
    await readPoints(
      connection,
      `series_id in (select unnest(from_json(?, '["INTEGER"]')))`,
      points,
      [JSON.stringify(short.map(({ id }) => id))],
    );
  const long = series.filter(isLong);
  if (long.length > 0) {
    await pickPoints(connection, long, maxPoints ?? 0);
    await readPoints(connection, "rowid in (select id from picked)", points);
    await connection.run("drop table picked; drop table thinned");
    for (const each of long) points.set(each.id, withLast(points.get(each.id), each));
  }
  return series.map(({ id, runId, key, count }) => ({
    runId,
    key,
    count,
    ...(points.get(id) ?? { steps: none, timestamps: none, values: none }),
  }));
}

const none = new Float64Array();

/** Adds the points that fulfil the condition, by series and step. */
async function readPoints(
  connection: Connection,
  condition: string,
  points: Map<number, Points>,
  params: readonly string[] = [],
): Promise<void> {
  const [ids = none, steps = none, timestamps = none, values = none] = await numberColumns(
    connection,
    `select series_id::double, step::double, epoch_us(timestamp)::double / 1000, value from metric_points
      where ${condition} order by series_id, step, timestamp, rowid`,
    params,
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

/** The points and, where it is not among them, the last one of the series, which its summary knows. */
function withLast(
  { steps, timestamps, values }: Points = { steps: none, timestamps: none, values: none },
  { lastStep, lastTimestamp, lastValue }: SeriesRow,
): Points {
  const isThere = steps.at(-1) === lastStep && Object.is(values.at(-1), lastValue);
  if (isThere) return { steps, timestamps, values };
  return {
    steps: Float64Array.of(...steps, lastStep),
    timestamps: Float64Array.of(...timestamps, lastTimestamp),
    values: Float64Array.of(...values, lastValue),
  };
}

/**
 * Fills the temporary table `picked` with the rows of `metric_points` to keep. The first step is a stretch of its own.
 * NaN is the greatest value to DuckDB, of either sign, so the highest number is the lowest of the negated values.
 */
async function pickPoints(
  connection: Connection,
  rows: readonly SeriesRow[],
  maxPoints: number,
): Promise<void> {
  // A range of ids is compared several times faster than a list, and rows of the others are few or passed over.
  const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
  const [series = none, lows = none, highs = none, nans = none] = await numberColumns(
    connection,
    `select series_id::double, min(step)::double, max(step)::double, isnan(max(value))::double from metric_points
      where series_id between ? and ? group by series_id`,
    [ids[0] ?? 0, ids.at(-1) ?? 0],
  );
  const wanted = new Set(ids);
  const hasNaN = nans.some((nan, i) => nan === 1 && wanted.has(series[i] ?? -1));
  const stretches = Math.max(1, Math.floor((maxPoints - 4) / (hasNaN ? 3 : 2)));
  const thinned = Array.from(series, (id, i) => {
    const low = lows[i] ?? 0;
    const span = (highs[i] ?? 0) - low;
    return { id, low, shift: Math.max(0, Math.ceil(Math.log2(span / stretches))) };
  }).filter(({ id }) => wanted.has(id));
  await connection.run(
    `create or replace temp table thinned as
      select (t->>'id')::integer as series_id, (t->>'low')::bigint + 1 as low, (t->>'shift')::bigint as shift
      from (select unnest(from_json(?, '["JSON"]')) as t)`,
    [JSON.stringify(thinned)],
  );
  const nan = "if(isnan(max(value)), arg_max(id, value), null)";
  await connection.run(
    `create or replace temp table picked as
      select unnest([arg_min(id, value), arg_min(id, -value)${hasNaN ? `, ${nan}` : ""}]) as id
      from (select p.series_id, ((step - low) >> shift)::integer as stretch, value, p.rowid as id
        from metric_points p join thinned using (series_id))
      group by series_id, stretch`,
  );
}

import { AssayerError } from "../../errors";
import { queryRows, type Connection } from "../connection";
import { numberColumns } from "../number-columns";
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
  nanCount: number;
  firstStep: number;
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
    `select series_id as id, run_id as "runId", key, count, nan_count as "nanCount", first_step as "firstStep",
        last_step as "lastStep", last_value as "lastValue", epoch_us(last_timestamp)::double / 1000 as "lastTimestamp" from metric_series
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

/** Adds the points that fulfil the condition, each series by step. */
async function readPoints(
  connection: Connection,
  condition: string,
  points: Map<number, Points>,
  params: readonly string[] = [],
): Promise<void> {
  const [ids = none, ...columns] = await numberColumns(
    connection,
    `select series_id::double, step::double, epoch_us(timestamp)::double / 1000, value from metric_points
      where ${condition}`,
    params,
  );
  // A series keeps its order of arrival, which is cheaper to bring about here than by sorting all of them at once.
  let [lowest, highest] = [Infinity, -Infinity];
  for (const id of ids) {
    if (id < lowest) lowest = id;
    if (id > highest) highest = id;
  }
  const ends = new Uint32Array(Math.max(0, highest - lowest + 2));
  for (const id of ids) ends[id - lowest + 1] = (ends[id - lowest + 1] ?? 0) + 1;
  for (let i = 1; i < ends.length; i++) ends[i] = (ends[i] ?? 0) + (ends[i - 1] ?? 0);
  // Now where each series begins; once all rows are in their places, where it ends.
  const rows = new Uint32Array(ids.length);
  ids.forEach((id, row) => {
    const place = ends[id - lowest] ?? 0;
    rows[place] = row;
    ends[id - lowest] = place + 1;
  });
  for (let i = 0, start = 0; i < ends.length - 1; i++) {
    const end = ends[i] ?? 0;
    if (end > start) points.set(lowest + i, byStep(columns, rows.subarray(start, end)));
    start = end;
  }
}

/** The rows of one series, by step and then by time. */
function byStep(columns: readonly Float64Array[], rows: Uint32Array): Points {
  const [steps = none, timestamps = none, values = none] = columns;
  const compare = (a: number, b: number) =>
    (steps[a] ?? 0) - (steps[b] ?? 0) || (timestamps[a] ?? 0) - (timestamps[b] ?? 0);
  // Most series were logged in order, which is quicker to see than to sort.
  if (!rows.every((row, i) => i === 0 || compare(rows[i - 1] ?? 0, row) <= 0)) rows.sort(compare);
  const pick = (column: Float64Array) => {
    const picked = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i] ?? 0] ?? NaN;
    return picked;
  };
  return { steps: pick(steps), timestamps: pick(timestamps), values: pick(values) };
}

/** The points and, where it is not among them, the last one of the series, which its summary knows. */
function withLast(
  { steps, timestamps, values }: Points = { steps: none, timestamps: none, values: none },
  { lastStep, lastTimestamp, lastValue }: SeriesRow,
): Points {
  const isThere = steps.at(-1) === lastStep && Object.is(values.at(-1), lastValue);
  if (isThere) return { steps, timestamps, values };
  const longer = (column: Float64Array, last: number) => {
    const all = new Float64Array(column.length + 1);
    all.set(column);
    all[column.length] = last;
    return all;
  };
  return {
    steps: longer(steps, lastStep),
    timestamps: longer(timestamps, lastTimestamp),
    values: longer(values, lastValue),
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
  const hasNaN = rows.some(({ nanCount }) => nanCount > 0);
  const stretches = Math.max(1, Math.floor((maxPoints - 4) / (hasNaN ? 3 : 2)));
  const thinned = rows.map(({ id, firstStep, lastStep }) => {
    const shift = Math.max(0, Math.ceil(Math.log2((lastStep - firstStep) / stretches)));
    return { id, low: firstStep, shift };
  });
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

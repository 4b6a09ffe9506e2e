import { appendNumberColumns, stageRows } from "../append-rows";
import { queryRows, type Connection } from "../connection";
import { splitSeries, type MetricFrame, type MetricsFrame } from "./frame";

/** Numbers in the order in which they came, in one typed array that doubles when it is full. */
class Column {
  private values = new Float64Array(4096);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Float64Array(this.values.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  toArray(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}

/** Numbers times `scale`, rounded, as 64-bit integers: by halves, which is ten times faster than through `BigInt`. */
function toInt64(values: Float64Array, scale = 1): BigInt64Array {
  const integers = new BigInt64Array(values.length);
  // Low half first: all machines that DuckDB and ONNX Runtime are built for are little endian.
  const halves = new Uint32Array(integers.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = Math.round((values[i] ?? 0) * scale);
    const high = Math.floor(value / 0x1_0000_0000);
    halves[i * 2] = value - high * 0x1_0000_0000;
    halves[i * 2 + 1] = high;
  }
  return integers;
}

/** The latest time that a Date has, in milliseconds since the epoch; the earliest is its negative. */
const latestTime = 8.64e15;

function canHold(step: number, timestamp: number): boolean {
  return Number.isSafeInteger(step) && Math.abs(timestamp) <= latestTime;
}

/** What the new points of one series come to. */
interface Summary {
  position: number;
  count: number;
  nanCount: number;
  firstStep: number;
  lastStep: number;
  lastTimestamp: number;
  lastValue: number;
  min: number;
  max: number;
}

/** Metric values of one segment: the points, and a summary of each series. */
export class MetricBatch {
  private readonly summaries = new Map<string, Summary>();
  private readonly positions = new Column();
  private readonly steps = new Column();
  private readonly timestamps = new Column();
  private readonly values = new Column();

  /** Takes a value; false for a step or a time that no table can hold. */
  add({ series, value, step, timestamp }: MetricFrame): boolean {
    if (!canHold(step, timestamp)) return false;
    this.push(this.summaryOf(series), value, step, timestamp);
    return true;
  }

  /** Takes many values of one series; returns how many of them no table can hold. */
  addMany({ series, values, steps, timestamps }: MetricsFrame): number {
    let refused = 0;
    let summary: Summary | undefined;
    for (let i = 0; i < values.length; i++) {
      const [value, step, timestamp] = [values[i] ?? NaN, steps[i] ?? NaN, timestamps[i] ?? NaN];
      if (canHold(step, timestamp))
        this.push((summary ??= this.summaryOf(series)), value, step, timestamp);
      else refused++;
    }
    return refused;
  }

  private summaryOf(series: string): Summary {
    let summary = this.summaries.get(series);
    if (!summary) {
      summary = {
        position: this.summaries.size,
        count: 0,
        nanCount: 0,
        firstStep: Infinity,
        lastStep: -Infinity,
        lastTimestamp: 0,
        lastValue: NaN,
        min: Infinity,
        max: -Infinity,
      };
      this.summaries.set(series, summary);
    }
    return summary;
  }

  private push(summary: Summary, value: number, step: number, timestamp: number): void {
    summary.count++;
    if (Number.isNaN(value)) summary.nanCount++;
    if (step < summary.firstStep) summary.firstStep = step;
    if (step >= summary.lastStep) {
      summary.lastStep = step;
      summary.lastTimestamp = timestamp;
      summary.lastValue = value;
    }
    if (value < summary.min) summary.min = value;
    if (value > summary.max) summary.max = value;
    this.positions.push(summary.position);
    this.steps.push(step);
    this.timestamps.push(timestamp);
    this.values.push(value);
  }

  /** Takes the points into the tables, in an open transaction. */
  async apply(connection: Connection): Promise<void> {
    if (this.positions.length === 0) return;
    const ids = await this.applySummaries(connection);
    const positions = this.positions.toArray();
    const seriesIds = new Int32Array(positions.length);
    for (let i = 0; i < positions.length; i++) seriesIds[i] = ids[positions[i] ?? 0] ?? 0;
    const { INTEGER, BIGINT, TIMESTAMP, DOUBLE } = await import("@duckdb/node-api");
    await appendNumberColumns(
      connection,
      "metric_points",
      [INTEGER, BIGINT, TIMESTAMP, DOUBLE],
      [
        seriesIds,
        toInt64(this.steps.toArray()),
        toInt64(this.timestamps.toArray(), 1000),
        this.values.toArray(),
      ],
    );
  }

  /** Adds to `metric_series`; returns the id of the series at each position. */
  private async applySummaries(connection: Connection): Promise<Int32Array> {
    const rows = [...this.summaries].map(([series, summary]) => {
      const { runId, key } = splitSeries(series);
      return [
        summary.position,
        runId,
        key,
        summary.count,
        summary.nanCount,
        summary.firstStep,
        summary.lastStep,
        summary.lastTimestamp,
        summary.lastValue,
        summary.min <= summary.max ? summary.min : null,
        summary.min <= summary.max ? summary.max : null,
      ];
    });
    await stageRows(
      connection,
      "staged",
      `position integer, run_id varchar, key varchar, count double, nan_count double, first_step double, last_step double, last_timestamp double,
        last_value double, min_value double, max_value double`,
      rows,
    );
    await connection.run(
      `create or replace temp table placed as
        select s.*, m.series_id as known, m.last_step as known_step,
          (select coalesce(max(series_id), 0) from metric_series) + 1 + s.position as fresh
        from staged s left join metric_series m using (run_id, key)`,
    );
    await connection.run(
      `update metric_series m set
          count = m.count + p.count::bigint,
          nan_count = m.nan_count + p.nan_count::bigint,
          first_step = least(m.first_step, p.first_step::bigint),
          last_step = greatest(m.last_step, p.last_step::bigint),
          last_timestamp = if(p.last_step >= p.known_step, epoch_ms(p.last_timestamp::bigint), m.last_timestamp),
          last_value = if(p.last_step >= p.known_step, p.last_value, m.last_value),
          min_value = least(m.min_value, p.min_value),
          max_value = greatest(m.max_value, p.max_value)
        from placed p where m.series_id = p.known`,
    );
    await connection.run(
      `insert into metric_series select fresh, run_id, key, count::bigint, nan_count::bigint, first_step::bigint, last_step::bigint,
          epoch_ms(last_timestamp::bigint), last_value, min_value, max_value
        from placed where known is null`,
    );
    const placed = await queryRows<{ id: number }>(
      connection,
      "select coalesce(known, fresh)::integer as id from placed order by position",
    );
    await connection.run("drop table placed; drop table staged");
    return Int32Array.from(placed, ({ id }) => id);
  }
}

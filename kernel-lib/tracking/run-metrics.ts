import { AssayerError } from "../errors";
import { requireMetricValue, requireName, requireStep, requireTimestamp } from "../store/check";
import { seriesBytes } from "../store/journal/frame";
import type { Journal } from "../store/journal/journal";

/** Values of a metric: one, or many in the order in which they were measured. */
export type MetricValues = number | readonly number[] | NumberArray;

type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/** Whole numbers as `step`; milliseconds since the epoch as `timestamp`. */
export interface LogMetricsOptions {
  /** Of a number, or of the first value of an array; default one more than the last step of the metric. */
  step?: number;
  /** One for each value of the arrays. */
  steps?: readonly number[] | NumberArray;
  /** Of all values; default now. */
  timestamp?: number;
  /** One for each value of the arrays. */
  timestamps?: readonly number[] | NumberArray;
}

interface Series {
  bytes: Uint8Array;
  nextStep: number;
}

/** A whole history that was found to be in order. */
interface History {
  key: string;
  values: Float64Array;
  steps: Float64Array;
}

function mistake(constraint: string, got: string | number): AssayerError {
  return new AssayerError(
    "invalid-argument",
    `logMetrics requires ${constraint}; got ${String(got)}`,
  );
}

/** A copy as doubles; every one of them must be a number. */
function toDoubles(values: unknown, key: string): Float64Array {
  if (Array.isArray(values)) {
    const doubles = new Float64Array(values.length);
    for (let i = 0; i < doubles.length; i++) doubles[i] = requireMetricValue(values[i], key);
    return doubles;
  }
  if (
    !ArrayBuffer.isView(values) ||
    values instanceof DataView ||
    values instanceof BigInt64Array ||
    values instanceof BigUint64Array
  )
    throw mistake(
      "a number or an array of numbers",
      `${values === null ? "null" : typeof values} for ${key}`,
    );
  return new Float64Array(values as NumberArray);
}

function requireAll(
  values: Float64Array,
  require: (value: unknown) => number,
  count: number,
  what: string,
) {
  if (values.length !== count) throw mistake(`${what} as many as values`, values.length);
  for (const value of values) require(value);
  return values;
}

function stepsFrom(first: number, count: number): Float64Array {
  requireStep(first + Math.max(0, count - 1));
  const steps = new Float64Array(count);
  for (let i = 0; i < count; i++) steps[i] = first + i;
  return steps;
}

/** The metrics of one run: knows the step each goes on with. */
export class RunMetrics {
  private readonly series = new Map<string, Series>();

  /** @param lastSteps of metrics that were logged before, by key */
  constructor(
    private readonly runId: string,
    private readonly lastSteps: ReadonlyMap<string, number> = new Map(),
  ) {}

  logOne(
    journal: Journal,
    key: string,
    value: number,
    options: { step?: number; timestamp?: number },
  ): void {
    requireMetricValue(value, key);
    const series = this.seriesOf(key);
    const step = requireStep(options.step ?? series.nextStep);
    const { timestamp } = options;
    const at = timestamp === undefined ? Date.now() : requireTimestamp(timestamp);
    series.nextStep = step + 1;
    journal.appendMetric(series.bytes, value, step, at);
  }

  /** Checks everything before it writes anything. */
  logAll(
    journal: Journal,
    metrics: Readonly<Record<string, MetricValues>>,
    options: LogMetricsOptions,
  ): void {
    const { step, steps, timestamp, timestamps } = options;
    if (step !== undefined && steps !== undefined)
      throw mistake("either step or steps", "both of them");
    if (timestamp !== undefined && timestamps !== undefined)
      throw mistake("either timestamp or timestamps", "both of them");
    if (step !== undefined) requireStep(step);
    const at = timestamp === undefined ? Date.now() : requireTimestamp(timestamp);
    const givenSteps = steps === undefined ? undefined : toDoubles(steps, "steps");
    const givenTimes = timestamps === undefined ? undefined : toDoubles(timestamps, "timestamps");
    const numbers: { key: string; value: number; step: number }[] = [];
    const histories: History[] = [];
    for (const [key, value] of Object.entries(metrics)) {
      const first = step ?? this.seriesOf(key).nextStep;
      if (typeof value === "number") {
        if (givenSteps ?? givenTimes)
          throw mistake(
            "arrays of values where steps or timestamps are given",
            `a number for ${key}`,
          );
        numbers.push({ key, value, step: requireStep(first) });
        continue;
      }
      const values = toDoubles(value, key);
      const count = values.length;
      histories.push({
        key,
        values,
        steps: givenSteps
          ? requireAll(givenSteps, requireStep, count, `steps, for ${key},`)
          : stepsFrom(first, count),
      });
      if (givenTimes) requireAll(givenTimes, requireTimestamp, count, `timestamps, for ${key},`);
    }
    journal.group(() => {
      for (const { key, value, step: own } of numbers) {
        const series = this.seriesOf(key);
        series.nextStep = own + 1;
        journal.appendMetric(series.bytes, value, own, at);
      }
    });
    for (const { key, values, steps: own } of histories) {
      const series = this.seriesOf(key);
      const times = givenTimes ?? new Float64Array(values.length).fill(at);
      series.nextStep = (own.at(-1) ?? series.nextStep - 1) + 1;
      journal.appendMetrics(series.bytes, values, own, times);
    }
  }

  private seriesOf(key: string): Series {
    let series = this.series.get(key);
    if (!series) {
      requireName(key, "logMetric");
      const last = this.lastSteps.get(key);
      series = { bytes: seriesBytes(this.runId, key), nextStep: last === undefined ? 0 : last + 1 };
      this.series.set(key, series);
    }
    return series;
  }
}

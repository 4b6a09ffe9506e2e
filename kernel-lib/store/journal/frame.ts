import { crc32 } from "node:zlib";

/**
 * A journal segment is a row of frames: u32 length of kind and payload, u32 CRC-32 of both,
 * u8 kind, payload; little endian. A reader stops at the first frame that is not whole.
 */
const frameKind = { event: 0, metric: 1, metrics: 2 } as const;

const headerBytes = 8;
const metricFixedBytes = 24;
/** Longest kind and payload of one frame, so that a corrupt length is not believed. */
const longestFrame = 16 * 1024 * 1024;

/** Length of a run id in bytes. */
const runIdBytes = 26;

/** One measured value of a metric, as a reader of the journal sees it. */
export interface MetricFrame {
  /** The bytes of the run's id and of the metric's key, as Latin-1: see `splitSeries`. */
  series: string;
  value: number;
  step: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** Many measured values of one metric, in the order in which they were logged. */
export interface MetricsFrame {
  series: string;
  values: Float64Array;
  steps: Float64Array;
  /** Milliseconds since the epoch. */
  timestamps: Float64Array;
}

/** Most values that one frame of many takes. */
export const valuesPerFrame = 100_000;

/** The bytes that name a series in a metric frame. */
export function seriesBytes(runId: string, key: string): Uint8Array {
  return Buffer.from(runId + key);
}

/** The run's id and the metric's key out of a frame's `series`. */
export function splitSeries(series: string): { runId: string; key: string } {
  const key = Buffer.from(series.slice(runIdBytes), "latin1").toString();
  return { runId: series.slice(0, runIdBytes), key };
}

function seal(frame: Buffer): Buffer {
  frame.writeUInt32LE(frame.length - headerBytes, 0);
  frame.writeUInt32LE(crc32(frame.subarray(headerBytes)), 4);
  return frame;
}

/** A frame that holds an event as JSON; undefined when it is too long to be kept. */
export function eventFrame(event: object): Buffer | undefined {
  const json = JSON.stringify(event);
  const length = Buffer.byteLength(json);
  if (length + 1 > longestFrame) return undefined;
  const frame = Buffer.allocUnsafe(headerBytes + 1 + length);
  frame[headerBytes] = frameKind.event;
  frame.write(json, headerBytes + 1);
  return seal(frame);
}

/** A frame of one metric value; `series` comes from `seriesBytes`. */
export function metricFrame(
  series: Uint8Array,
  value: number,
  step: number,
  timestamp: number,
): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + 1 + metricFixedBytes + series.length);
  frame[headerBytes] = frameKind.metric;
  frame.writeDoubleLE(value, headerBytes + 1);
  frame.writeDoubleLE(step, headerBytes + 9);
  frame.writeDoubleLE(timestamp, headerBytes + 17);
  frame.set(series, headerBytes + 25);
  return seal(frame);
}

/** A frame of many values of one metric, at most `valuesPerFrame`: u32 count, the three columns, the series. */
export function metricsFrame(
  series: Uint8Array,
  values: Float64Array,
  steps: Float64Array,
  timestamps: Float64Array,
): Buffer {
  const start = headerBytes + 1;
  const frame = Buffer.allocUnsafe(start + 4 + 24 * values.length + series.length);
  frame[headerBytes] = frameKind.metrics;
  frame.writeUInt32LE(values.length, start);
  let offset = start + 4;
  for (const { buffer, byteOffset, byteLength } of [values, steps, timestamps]) {
    frame.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  frame.set(series, offset);
  return seal(frame);
}

function readMetricsFrame(body: Buffer): MetricsFrame {
  const count = body.readUInt32LE(1);
  const column = (index: number) => {
    const start = 5 + index * 8 * count;
    // A copy, since doubles lie on multiples of eight.
    return new Float64Array(Uint8Array.from(body.subarray(start, start + 8 * count)).buffer);
  };
  return {
    values: column(0),
    steps: column(1),
    timestamps: column(2),
    series: body.toString("latin1", 5 + 24 * count),
  };
}

/** What a scan finds; a metric frame is only valid during the call. */
export interface FrameVisitor {
  event(event: unknown): void;
  metric?(metric: MetricFrame): void;
  metrics?(metrics: MetricsFrame): void;
}

/** Where a scan ended and why: all read, the last frame not whole yet, or bytes that are no frame. */
export interface ScanResult {
  end: number;
  reason: "complete" | "partial" | "corrupt";
}

/** Visits each whole frame of `data` in order and says how far it got; kinds it does not know are passed over. */
export function scanFrames(data: Buffer, visitor: FrameVisitor): ScanResult {
  const metric: MetricFrame = { series: "", value: 0, step: 0, timestamp: 0 };
  let start = 0;
  while (start + headerBytes <= data.length) {
    const length = data.readUInt32LE(start);
    if (length < 1 || length > longestFrame) return { end: start, reason: "corrupt" };
    const body = start + headerBytes;
    const end = body + length;
    if (end > data.length) return { end: start, reason: "partial" };
    if (crc32(data.subarray(body, end)) !== data.readUInt32LE(start + 4))
      return { end: start, reason: "corrupt" };
    switch (data[body]) {
      case frameKind.event:
        visitor.event(JSON.parse(data.toString("utf8", body + 1, end)));
        break;
      case frameKind.metric:
        if (!visitor.metric) break;
        metric.value = data.readDoubleLE(body + 1);
        metric.step = data.readDoubleLE(body + 9);
        metric.timestamp = data.readDoubleLE(body + 17);
        metric.series = data.toString("latin1", body + 25, end);
        visitor.metric(metric);
        break;
      case frameKind.metrics:
        visitor.metrics?.(readMetricsFrame(data.subarray(body, end)));
    }
    start = end;
  }
  return { end: start, reason: start === data.length ? "complete" : "partial" };
}

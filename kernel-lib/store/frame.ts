import { crc32 } from "node:zlib";

/**
 * A journal segment is a row of frames: u32 length of kind and payload, u32 CRC-32 of both,
 * u8 kind, payload; little endian. A reader stops at the first frame that is not whole.
 */
const frameKind = { event: 0, metric: 1 } as const;

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

/** Where a scan ended and why: all read, the last frame not whole yet, or bytes that are no frame. */
export interface ScanResult {
  end: number;
  reason: "complete" | "partial" | "corrupt";
}

/** Visits each whole frame of `data` in order and says how far it got. */
export function scanFrames(
  data: Buffer,
  visitEvent: (event: unknown) => void,
  visitMetric: (metric: MetricFrame) => void,
): ScanResult {
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
    if (data[body] === frameKind.metric) {
      metric.value = data.readDoubleLE(body + 1);
      metric.step = data.readDoubleLE(body + 9);
      metric.timestamp = data.readDoubleLE(body + 17);
      metric.series = data.toString("latin1", body + 25, end);
      visitMetric(metric);
    } else {
      visitEvent(JSON.parse(data.toString("utf8", body + 1, end)));
    }
    start = end;
  }
  return { end: start, reason: start === data.length ? "complete" : "partial" };
}

import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { AssayerError, messageOf } from "../../errors";
import { commitFile, syncFolder, temporaryName, writeSynced } from "../durable-file";
import type { JournalEvent } from "./events";
import { eventFrame, metricFrame, metricsFrame, valuesPerFrame } from "./frame";
import { newId } from "../id";
import { storePaths } from "../layout";
import { thisProcess } from "./writer-process";

const syncDelay = 10;
const retryDelay = 1000;
const rotateAt = 64 * 1024 * 1024;

export const durabilities = ["process", "fsync"] as const;

/**
 * What a record survives once its log call returned: `process`, the death of the process, and power loss some ten
 * milliseconds later; `fsync`, power loss at once, for about a millisecond a call.
 */
export type Durability = (typeof durabilities)[number];

/** The first eight bytes of every segment. */
export const segmentMagic = Buffer.from("ASSAYER1", "latin1");

/** Frame or throw: the one limit a caller can break. */
function frameOf(event: JournalEvent): Buffer {
  const frame = eventFrame(event);
  if (frame) return frame;
  throw new AssayerError(
    "invalid-argument",
    `log requires a record under 16 MB; got a larger ${event.kind}`,
  );
}

function readWhole(descriptor: number, size: number): Buffer {
  const data = Buffer.allocUnsafe(size);
  for (let offset = 0; offset < size;) {
    const read = readSync(descriptor, data, offset, size - offset, offset);
    if (read === 0) throw new Error(`read ${offset} of ${size} bytes`);
    offset += read;
  }
  return data;
}

function writeWhole(descriptor: number, bytes: Buffer, position: number): void {
  const written = writeSync(descriptor, bytes, 0, bytes.length, position);
  if (written !== bytes.length)
    throw new Error(`wrote ${written} of ${bytes.length} bytes: the disk is full`);
}

/** Says that no more will come, so that readers may delete the segment; they do without where it fails. */
function endSegment(descriptor: number, size: number): void {
  try {
    writeWhole(descriptor, frameOf({ kind: "segment-end" }), size);
    fdatasyncSync(descriptor);
  } catch {
    cutBack(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}

/** Takes away what follows the last whole frame. */
function cutBack(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // Readers stop at a frame that is not whole.
  }
}

/**
 * Appends records to a segment file of this process alone, so that writers never wait for each other
 * or for DuckDB. A record that `append` returned from is in the file: kill -9 does not lose it.
 *
 * A fault of the disk never throws. A new segment is tried at once; if that fails too, the records stay in
 * memory in order, the user is told once, and it is tried again after a second and at `close`. A segment that
 * had a fault is cut back to its last whole frame and never written again. One that was deleted under its writer is
 * written again under its name, so that the offset up to which it was taken in still holds.
 */
export class Journal {
  readonly writer = newId();
  private descriptor: number | undefined;
  private path = "";
  private size = 0;
  private segments = 0;
  private pending: Buffer[] = [];
  private syncTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private nextTry = 0;
  private toldUser = false;
  /** Frames of a group, which are written as one. */
  private held: Buffer[] | undefined;

  constructor(
    private readonly store: string,
    private readonly durability: Durability = "process",
  ) {}

  /** Writes all that `work` appends at once: with one call, and one wait for the disk where there is any. */
  group(work: () => void): void {
    if (this.held !== undefined) {
      work();
      return;
    }
    const held: Buffer[] = [];
    this.held = held;
    try {
      work();
    } finally {
      this.held = undefined;
      if (held.length > 0) this.write(Buffer.concat(held));
    }
  }

  append(event: JournalEvent): void {
    this.write(frameOf(event));
  }

  appendMetric(series: Uint8Array, value: number, step: number, timestamp: number): void {
    this.write(metricFrame(series, value, step, timestamp));
  }

  /** Many values of one series, in the order given. */
  appendMetrics(
    series: Uint8Array,
    values: Float64Array,
    steps: Float64Array,
    timestamps: Float64Array,
  ): void {
    for (let start = 0; start < values.length; start += valuesPerFrame) {
      const end = start + valuesPerFrame;
      const part = (column: Float64Array) => column.subarray(start, end);
      this.write(metricsFrame(series, part(values), part(steps), part(timestamps)));
    }
  }

  /** Appends and waits for the disk; a fault throws, since the caller needs the record to be there. */
  appendDurably(event: JournalEvent): void {
    const frame = frameOf(event);
    let before: number | undefined;
    try {
      this.flushPending();
      this.requireSegment();
      before = this.size;
      this.writeFrame(frame);
      if (this.descriptor !== undefined) fdatasyncSync(this.descriptor);
    } catch (cause) {
      // A record that the caller is told was not kept must not be there later.
      this.size = before ?? this.size;
      this.abandon();
      throw new AssayerError("store-fault", `cannot write to ${this.store}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** Number of records that could not be written yet. */
  get unwritten(): number {
    return this.pending.length;
  }

  /** Writes what is left and marks the segment as ended. */
  close(): void {
    clearTimeout(this.syncTimer);
    clearTimeout(this.retryTimer);
    this.nextTry = 0;
    for (let left = Infinity; this.pending.length > 0 && this.pending.length < left;) {
      left = this.pending.length;
      this.retry();
    }
    if (this.pending.length > 0)
      process.emitWarning(
        `${this.pending.length} records could not be written to ${this.store} and are lost`,
        "AssayerWarning",
      );
    this.restoreDeleted();
    if (this.descriptor !== undefined) endSegment(this.descriptor, this.size);
    this.descriptor = undefined;
  }

  private write(frame: Buffer): void {
    if (this.held !== undefined) {
      this.held.push(frame);
      return;
    }
    if (this.pending.length > 0) {
      this.pending.push(frame);
      if (Date.now() >= this.nextTry) this.retry();
      return;
    }
    try {
      this.writeFrame(frame);
    } catch {
      this.abandon();
      this.pending.push(frame);
      this.retry();
    }
  }

  private writeFrame(frame: Buffer): void {
    const descriptor = this.requireSegment();
    writeWhole(descriptor, frame, this.size);
    if (this.durability === "fsync") fdatasyncSync(descriptor);
    this.size += frame.length;
    this.syncTimer ??= setTimeout(() => {
      this.syncTimer = undefined;
      this.restoreDeleted();
      if (this.descriptor !== undefined && this.durability === "process")
        fdatasync(this.descriptor, () => undefined);
    }, syncDelay).unref();
  }

  private restoreDeleted(): void {
    const { descriptor, path, size } = this;
    if (descriptor === undefined || fstatSync(descriptor).nlink > 0) return;
    try {
      if (!existsSync(storePaths.manifest(this.store))) throw new Error("the store was deleted");
      mkdirSync(storePaths.journal(this.store), { recursive: true });
      const temporary = temporaryName(path);
      writeSynced(temporary, readWhole(descriptor, size));
      commitFile(temporary, path);
      this.descriptor = openSync(path, "r+");
      closeSync(descriptor);
      this.toldUser = false;
      process.emitWarning(
        `the journal ${path} was deleted while it was written; it has been written again`,
        "AssayerWarning",
      );
    } catch (error) {
      // The file without a name still holds all records, as long as this process lives.
      this.tellUser(error);
      this.syncTimer ??= setTimeout(() => {
        this.syncTimer = undefined;
        this.restoreDeleted();
      }, retryDelay).unref();
    }
  }

  /** The segment to write to: the current one, or a new one when there is none or it is full. */
  private requireSegment(): number {
    if (this.descriptor !== undefined && this.size <= rotateAt) return this.descriptor;
    return this.openSegment();
  }

  private openSegment(): number {
    const folder = storePaths.journal(this.store);
    if (!existsSync(folder)) mkdirSync(folder);
    const number = String(this.segments).padStart(6, "0");
    const path = join(folder, `${this.writer}-${number}.journal`);
    const header = frameOf({ kind: "segment", writer: this.writer, ...thisProcess() });
    const start = Buffer.concat([segmentMagic, header]);
    const descriptor = openSync(path, "wx+");
    try {
      writeWhole(descriptor, start, 0);
      syncFolder(folder);
    } catch (error) {
      closeSync(descriptor);
      rmSync(path, { force: true });
      throw error;
    }
    this.restoreDeleted();
    const { descriptor: previous, size: previousSize } = this;
    this.segments++;
    this.path = path;
    this.descriptor = descriptor;
    this.size = start.length;
    if (previous !== undefined) endSegment(previous, previousSize);
    return descriptor;
  }

  private flushPending(): void {
    let done = 0;
    try {
      for (const frame of this.pending) {
        this.writeFrame(frame);
        done++;
      }
    } finally {
      this.pending = this.pending.slice(done);
    }
  }

  private retry(): void {
    try {
      this.flushPending();
      if (this.toldUser) {
        this.toldUser = false;
        process.emitWarning(`the store can be written again: ${this.store}`, "AssayerWarning");
      }
    } catch (error) {
      this.fault(error);
    }
  }

  private fault(error: unknown): void {
    this.abandon();
    this.tellUser(error);
    this.nextTry = Date.now() + retryDelay;
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = undefined;
      if (this.pending.length > 0) this.retry();
    }, retryDelay).unref();
  }

  private abandon(): void {
    const { descriptor, size } = this;
    if (descriptor === undefined) return;
    this.descriptor = undefined;
    cutBack(descriptor, size);
    endSegment(descriptor, size);
  }

  private tellUser(error: unknown): void {
    if (this.toldUser) return;
    this.toldUser = true;
    process.emitWarning(
      `cannot write to ${this.store}: ${messageOf(error)}; the run goes on, records are kept in memory and tried again`,
      "AssayerWarning",
    );
  }
}

import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { AssayerError, messageOf } from "../errors";
import { syncFolder } from "./durable-file";
import type { JournalEvent } from "./events";
import { eventFrame, metricFrame } from "./frame";
import { newId } from "./id";
import { storePaths } from "./layout";
import { thisProcess } from "./writer-process";

const syncDelay = 10;
const retryDelay = 1000;
const rotateAt = 64 * 1024 * 1024;

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

function writeWhole(descriptor: number, bytes: Buffer): void {
  const written = writeSync(descriptor, bytes);
  if (written !== bytes.length)
    throw new Error(`wrote ${written} of ${bytes.length} bytes: the disk is full`);
}

/** Says that no more will come, so that readers may delete the segment; they do without where it fails. */
function endSegment(descriptor: number): void {
  try {
    writeWhole(descriptor, frameOf({ kind: "segment-end" }));
    fdatasyncSync(descriptor);
  } catch {
    // All records are in the file already.
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Appends records to a segment file of this process alone, so that writers never wait for each other
 * or for DuckDB. A record that `append` returned from is in the file: kill -9 does not lose it.
 *
 * A fault of the disk never throws. A new segment is tried at once; if that fails too, the records stay in
 * memory in order, the user is told once, and it is tried again after a second and at `close`. A segment that
 * had a fault is cut back to its last whole frame and never written again.
 */
export class Journal {
  readonly writer = newId();
  private descriptor: number | undefined;
  private size = 0;
  private segments = 0;
  private pending: Buffer[] = [];
  private syncTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private nextTry = 0;
  private toldUser = false;

  constructor(private readonly store: string) {}

  append(event: JournalEvent): void {
    this.write(frameOf(event));
  }

  appendMetric(series: Uint8Array, value: number, step: number, timestamp: number): void {
    this.write(metricFrame(series, value, step, timestamp));
  }

  /** Appends and waits for the disk; a fault throws, since the caller needs the record to be there. */
  appendDurably(event: JournalEvent): void {
    const frame = frameOf(event);
    try {
      this.flushPending();
      this.writeFrame(frame);
      if (this.descriptor !== undefined) fdatasyncSync(this.descriptor);
    } catch (cause) {
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
    if (this.descriptor !== undefined) endSegment(this.descriptor);
    this.descriptor = undefined;
  }

  private write(frame: Buffer): void {
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
    if (this.descriptor === undefined || this.size > rotateAt) this.openSegment();
    if (this.descriptor === undefined) return;
    writeWhole(this.descriptor, frame);
    this.size += frame.length;
    this.syncTimer ??= setTimeout(() => {
      this.syncTimer = undefined;
      if (this.descriptor !== undefined) fdatasync(this.descriptor, () => undefined);
    }, syncDelay).unref();
  }

  private openSegment(): void {
    const folder = storePaths.journal(this.store);
    if (!existsSync(folder)) mkdirSync(folder);
    const number = String(this.segments).padStart(6, "0");
    const path = join(folder, `${this.writer}-${number}.journal`);
    const header = frameOf({ kind: "segment", writer: this.writer, ...thisProcess() });
    const start = Buffer.concat([segmentMagic, header]);
    const descriptor = openSync(path, "wx");
    try {
      writeWhole(descriptor, start);
      syncFolder(folder);
    } catch (error) {
      closeSync(descriptor);
      rmSync(path, { force: true });
      throw error;
    }
    const previous = this.descriptor;
    this.segments++;
    this.descriptor = descriptor;
    this.size = start.length;
    if (previous !== undefined) endSegment(previous);
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
    try {
      ftruncateSync(descriptor, size);
    } catch {
      // Readers stop at a frame that is not whole.
    }
    endSegment(descriptor);
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

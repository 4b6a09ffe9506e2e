import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  mkdirSync,
  openSync,
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

/**
 * Appends records to a segment file of this process alone, so that writers never wait for each other
 * or for DuckDB. A record that `append` returned from is in the file: kill -9 does not lose it.
 *
 * A fault of the disk never throws: the records stay in memory in order, the user is told once, and a
 * new segment is tried at the next append, after a second, and at `close`. A segment that had a fault
 * is never written again, since a reader cannot tell a half-written frame from a corrupt one.
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
    if (this.pending.length > 0) this.retry();
    if (this.descriptor === undefined) return;
    try {
      this.endSegment(this.descriptor);
    } catch (error) {
      this.tellUser(error);
    }
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
    } catch (error) {
      this.pending.push(frame);
      this.fault(error);
    }
  }

  private writeFrame(frame: Buffer): void {
    if (this.descriptor === undefined || this.size > rotateAt) this.openSegment();
    this.writeAll(frame);
    this.syncTimer ??= setTimeout(() => {
      this.syncTimer = undefined;
      if (this.descriptor !== undefined) fdatasync(this.descriptor, () => undefined);
    }, syncDelay).unref();
  }

  private writeAll(bytes: Buffer): void {
    const descriptor = this.descriptor;
    if (descriptor === undefined) return;
    const written = writeSync(descriptor, bytes);
    if (written !== bytes.length)
      throw new Error(`wrote ${written} of ${bytes.length} bytes: the disk is full`);
    this.size += written;
  }

  private openSegment(): void {
    const previous = this.descriptor;
    const folder = storePaths.journal(this.store);
    if (!existsSync(folder)) mkdirSync(folder);
    const number = String(this.segments++).padStart(6, "0");
    this.descriptor = openSync(join(folder, `${this.writer}-${number}.journal`), "wx");
    this.size = 0;
    this.writeAll(segmentMagic);
    this.writeAll(frameOf({ kind: "segment", writer: this.writer, ...thisProcess() }));
    syncFolder(folder);
    if (previous !== undefined) this.endSegment(previous);
  }

  private endSegment(descriptor: number): void {
    try {
      writeSync(descriptor, frameOf({ kind: "segment-end" }));
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
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
    if (this.descriptor === undefined) return;
    try {
      closeSync(this.descriptor);
    } catch {
      // The file is given up anyway.
    }
    this.descriptor = undefined;
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

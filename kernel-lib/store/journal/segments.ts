import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { JournalEvent } from "./events";
import { scanFrames } from "./frame";
import { segmentMagic } from "./journal";
import { storePaths } from "../layout";
import { mayBeAlive, type WriterProcess } from "./writer-process";

/** A segment file as it is now. */
export interface Segment {
  name: string;
  path: string;
  size: number;
  writer: string;
  /** False once the process that writes it is known to have ended. */
  alive: boolean;
}

/** Bytes of a file from `offset` to its end. */
export function readFrom(path: string, offset: number, length?: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const wanted = length ?? Math.max(0, fstatSync(descriptor).size - offset);
    const data = Buffer.allocUnsafe(wanted);
    let filled = 0;
    while (filled < wanted) {
      const read = readSync(descriptor, data, filled, wanted - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    return data.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

const writers = new Map<string, WriterProcess>();

function writerOf(path: string, name: string): WriterProcess | undefined {
  const known = writers.get(name);
  if (known) return known;
  let header: JournalEvent | undefined;
  const head = readFrom(path, segmentMagic.length, 4096);
  scanFrames(head, { event: (event) => (header ??= event as JournalEvent) });
  if (header?.kind !== "segment") return undefined;
  writers.set(name, header);
  return header;
}

/** The segments of a store in the order in which they were begun. */
export function listSegments(store: string): Segment[] {
  const folder = storePaths.journal(store);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const segments: Segment[] = [];
  for (const name of names.filter((each) => each.endsWith(".journal")).sort()) {
    const path = join(folder, name);
    try {
      const descriptor = openSync(path, "r");
      const { size, mtimeMs } = fstatSync(descriptor);
      closeSync(descriptor);
      const process = writerOf(path, name);
      const alive = process === undefined || mayBeAlive(process, Date.now() - mtimeMs);
      segments.push({ name, path, size, writer: name.slice(0, 26), alive });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return segments;
}

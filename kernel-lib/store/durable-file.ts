import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Makes the names in a folder survive power loss. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A name beside `path` for a file that is not yet whole. */
export function temporaryName(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Writes a new file and waits until the disk has it. */
export function writeSynced(path: string, data: Uint8Array | string, mode = 0o644): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  const descriptor = openSync(path, "wx", mode);
  try {
    for (let offset = 0; offset < bytes.length;)
      offset += writeSync(descriptor, bytes, offset, bytes.length - offset);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeTemporary(path: string, data: Uint8Array | string, mode: number): string {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    writeSynced(temporary, data, mode);
    return temporary;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Puts a whole file at `path` or nothing: temporary file, fsync, rename, fsync of the folder. */
export function writeDurably(path: string, data: Uint8Array | string, mode = 0o644): void {
  commitFile(writeTemporary(path, data, mode), path);
}

/** Moves a temporary file that somebody else wrote to its lasting name, once the disk has it. */
export function syncAndCommit(temporary: string, path: string): void {
  const descriptor = openSync(temporary, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
  commitFile(temporary, path);
}

/** Copies a whole file to `path` or nothing, and waits until the disk has it. */
export function copyDurably(from: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    copyFileSync(from, temporary, constants.COPYFILE_FICLONE);
    syncAndCommit(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** As `writeDurably`, but the first writer wins; says whether it was this one. */
export function createDurably(path: string, data: Uint8Array | string, mode = 0o644): boolean {
  if (existsSync(path)) return false;
  const temporary = writeTemporary(path, data, mode);
  try {
    linkSync(temporary, path);
    syncFolder(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Moves a finished and synced temporary file to its lasting name. */
export function commitFile(temporary: string, path: string): void {
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a new file and waits until the disk has it. */
export async function writeSynced(
  path: string,
  data: Uint8Array | string,
  mode = 0o644,
): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder's names survive power loss. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const file = await open(folder, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a whole file at `path`, in place of one that may be there, or leaves all as it was. */
export async function replaceFile(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeSynced(temporary, data);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** As `replaceFile`, but a file that is there stays; of several writers the first one wins. */
export async function createFile(
  path: string,
  data: Uint8Array | string,
  mode?: number,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeSynced(temporary, data, mode);
    await link(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A name beside `path`, for what is not yet whole. */
export function temporaryName(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

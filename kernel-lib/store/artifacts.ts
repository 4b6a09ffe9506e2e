import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AssayerError } from "../errors";
import { isDigest, sha256 } from "./digest";
import { commitFile, temporaryName, writeDurably } from "./durable-file";
import { storePaths } from "./layout";

/** Says that a file is asked for now, so that it is not collected as garbage; false when it is not there. */
function touch(path: string): boolean {
  try {
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch {
    // Another user's file can be read and not touched.
    return existsSync(path);
  }
}

/** Keeps bytes under their SHA-256; bytes that are there already are not written again. */
export function putArtifact(store: string, data: Uint8Array): { digest: string; size: number } {
  const digest = sha256(data);
  const path = storePaths.artifact(store, digest);
  if (!touch(path)) writeDurably(path, data, 0o444);
  return { digest, size: data.length };
}

function changed(expected: string, actual: string, what: string): AssayerError {
  return new AssayerError(
    "corrupt-artifact",
    `${what} requires the bytes of ${expected}; got bytes of ${actual}: the file was changed`,
  );
}

/**
 * As `putArtifact`, for a file of any size: it is never in memory as a whole.
 *
 * @param expected the digest that the file must have
 */
export async function putArtifactFile(
  store: string,
  file: string,
  expected?: string,
): Promise<{ digest: string; size: number }> {
  const temporary = temporaryName(join(store, "artifacts", "incoming"));
  mkdirSync(dirname(temporary), { recursive: true });
  const hash = createHash("sha256");
  let size = 0;
  try {
    const target = await open(temporary, "wx", 0o444);
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        hash.update(chunk as Buffer);
        size += (chunk as Buffer).length;
        await target.writeFile(chunk as Buffer);
      }
      await target.sync();
    } finally {
      await target.close();
    }
    const digest = hash.digest("hex");
    if (expected !== undefined && digest !== expected)
      throw changed(expected, digest, "putArtifact");
    const path = storePaths.artifact(store, digest);
    mkdirSync(dirname(path), { recursive: true });
    if (!touch(path)) commitFile(temporary, path);
    return { digest, size };
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** As `putArtifactFile`, without waiting for anything: for a log call. */
export function putArtifactFileSync(store: string, file: string): { digest: string; size: number } {
  const temporary = temporaryName(join(store, "artifacts", "incoming"));
  mkdirSync(dirname(temporary), { recursive: true });
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(1 << 20);
  const source = openSync(file, "r");
  let size = 0;
  try {
    const target = openSync(temporary, "wx", 0o444);
    try {
      for (let read = readSync(source, chunk); read > 0; read = readSync(source, chunk)) {
        hash.update(chunk.subarray(0, read));
        for (let start = 0; start < read;) start += writeSync(target, chunk, start, read - start);
        size += read;
      }
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
    const digest = hash.digest("hex");
    const path = storePaths.artifact(store, digest);
    mkdirSync(dirname(path), { recursive: true });
    if (!touch(path)) commitFile(temporary, path);
    return { digest, size };
  } finally {
    closeSync(source);
    rmSync(temporary, { force: true });
  }
}

/** The bytes of an artifact, checked against their digest. */
export async function readArtifact(store: string, digest: string): Promise<Buffer> {
  if (!isDigest(digest))
    throw new AssayerError("invalid-argument", `readArtifact requires a SHA-256; got ${digest}`);
  let data: Buffer;
  try {
    data = await readFile(storePaths.artifact(store, digest));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_FS_FILE_TOO_LARGE")
      throw new AssayerError(
        "invalid-argument",
        `readArtifact requires a file under 2 GiB; got ${digest}: read it from artifactPath`,
        { cause },
      );
    throw new AssayerError("unknown-artifact", `unknown artifact: ${digest}`, { cause });
  }
  const actual = sha256(data);
  if (actual !== digest) throw changed(digest, actual, "readArtifact");
  return data;
}

/** Checks an artifact against its digest as `readArtifact` does, but a file of any size: it is never in memory. */
export async function requireArtifact(store: string, digest: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    const file = createReadStream(storePaths.artifact(store, digest), { highWaterMark: 1 << 20 });
    for await (const chunk of file) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new AssayerError("unknown-artifact", `unknown artifact: ${digest}`, { cause });
  }
  const actual = hash.digest("hex");
  if (actual !== digest) throw changed(digest, actual, "requireArtifact");
}

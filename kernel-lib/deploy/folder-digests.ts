import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AssayerError } from "../errors";

/** A file of a signed folder: its path with `/`, and its SHA-256 as hex. */
export interface FileDigest {
  name: string;
  digest: string;
}

/**
 * Digests of every file under a folder, sorted by code point of their names.
 *
 * @param ignored paths, of files or of whole folders, that are left out
 * @throws AssayerError "invalid-bundle" at a symbolic link or anything else that is no file
 */
export async function folderDigests(
  folder: string,
  ignored: readonly string[],
): Promise<FileDigest[]> {
  const names = await listFiles(folder, "", new Set(ignored));
  // UTF-8 bytes sort as code points do; JavaScript's own order is by UTF-16 unit.
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const digests: FileDigest[] = [];
  for (const name of names) digests.push({ name, digest: await fileDigest(join(folder, name)) });
  return digests;
}

async function listFiles(folder: string, prefix: string, ignored: Set<string>): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (ignored.has(name)) continue;
    if (entry.isDirectory()) names.push(...(await listFiles(folder, name, ignored)));
    else if (entry.isFile()) names.push(name);
    else {
      throw new AssayerError(
        "invalid-bundle",
        `a signed folder requires plain files only; got ${name}, which is a link or a device`,
      );
    }
  }
  return names;
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

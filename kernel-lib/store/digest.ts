import { createHash } from "node:crypto";

/** True for what `sha256` returns; nothing else may become a file's name. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/u.test(text);
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

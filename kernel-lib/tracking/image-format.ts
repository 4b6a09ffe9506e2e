import { AssayerError } from "../errors";

/** What the bytes of each format begin with, as Latin-1. */
const signatures: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/u, ".png"],
  [/^\xff\xd8\xff/u, ".jpg"],
  [/^GIF8[79]a/u, ".gif"],
  [/^RIFF[\s\S]{4}WEBP/u, ".webp"],
];

/** An `svg` element, after what XML can have before it. */
const svgStart =
  /^\uFEFF?\s*(?:<\?xml[\s\S]*?\?>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?\s*>\s*)*<svg[\s>/]/iu;

/**
 * The extension that fits a picture's content.
 *
 * @throws AssayerError "invalid-argument" for what is no PNG, JPEG, GIF, WebP or SVG
 */
export function imageExtension(image: unknown): string {
  if (typeof image !== "string" && !(image instanceof Uint8Array))
    throw new AssayerError(
      "invalid-argument",
      `logImage requires bytes, or the text of an SVG; got ${image === null ? "null" : typeof image}`,
    );
  if (typeof image !== "string") {
    const head = Buffer.from(image.subarray(0, 16)).toString("latin1");
    const found = signatures.find(([signature]) => signature.test(head));
    if (found) return found[1];
  }
  const text =
    typeof image === "string" ? image : Buffer.from(image.subarray(0, 65_536)).toString();
  if (svgStart.test(text)) return ".svg";
  throw new AssayerError(
    "invalid-argument",
    `logImage requires PNG, JPEG, GIF, WebP or SVG; got ${image.length} ${typeof image === "string" ? "characters" : "bytes"} that begin otherwise`,
  );
}

import { extname } from "node:path";

const byExtension: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".diff": "text/x-diff",
  ".gif": "image/gif",
  ".htm": "text/html",
  ".html": "text/html",
  ".ipynb": "application/x-ipynb+json",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".onnx": "application/onnx",
  ".parquet": "application/vnd.apache.parquet",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/x-typescript",
  ".txt": "text/plain",
  ".vl.json": "application/vnd.vegalite.v6+json",
  ".webp": "image/webp",
};

/** Media type by a file's extension; bytes without a known one are `application/octet-stream`. */
export function mediaTypeOf(name: string): string {
  const lower = name.toLowerCase();
  if (lower.endsWith(".vl.json")) return byExtension[".vl.json"] ?? "";
  return byExtension[extname(lower)] ?? "application/octet-stream";
}

/** True when a name's extension tells what the file is. */
export function hasKnownExtension(name: string): boolean {
  return mediaTypeOf(name) !== "application/octet-stream";
}

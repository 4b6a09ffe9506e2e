import { extname } from "node:path";

const byExtension: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".ipynb": "application/x-ipynb+json",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".onnx": "application/onnx",
  ".parquet": "application/vnd.apache.parquet",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".vl.json": "application/vnd.vegalite.v6+json",
};

/** Media type by a file's extension; bytes without a known one are `application/octet-stream`. */
export function mediaTypeOf(name: string): string {
  const lower = name.toLowerCase();
  if (lower.endsWith(".vl.json")) return byExtension[".vl.json"] ?? "";
  return byExtension[extname(lower)] ?? "application/octet-stream";
}

import { isAbsolute, relative, resolve } from "node:path";
import type { ReportSide } from "../drift/report";
import { AssayerError } from "../errors";
import { requireName } from "../store/check";
import {
  reportFileName,
  reportMediaType,
  reportText,
  requireReport,
  type Report,
} from "../store/reports/report-file";
import { imageExtension } from "./image-format";
import { hasKnownExtension } from "./media-type";

/** What becomes an artifact. */
export interface ArtifactFile {
  name: string;
  data: Uint8Array | string;
  mediaType?: string;
}

/** What says that an object is a vega-lite spec: a mark, or a composition of views. */
const specKeys = ["mark", "layer", "concat", "hconcat", "vconcat", "facet", "repeat"];

/** A name with the extension that its content has. */
function withExtension(name: string, extension: string, others: readonly string[] = []): string {
  const known = [extension, ...others].find((each) => name.toLowerCase().endsWith(each));
  return known === undefined ? name + extension : name.slice(0, -known.length) + extension;
}

/** Typed arrays as lists: JSON has them as objects. */
function plainJson(_: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
  return Array.from(value as Float64Array);
}

function specText(spec: unknown): string {
  try {
    return JSON.stringify(spec, plainJson);
  } catch (cause) {
    throw new AssayerError(
      "invalid-argument",
      "logFigure requires a spec that JSON can hold; got one with circles or big integers",
      { cause },
    );
  }
}

/** A vega-lite spec as a file; its media type tells the version of the spec's schema, 6 where there is none. */
export function figureFile(name: string, spec: unknown): ArtifactFile {
  requireName(name, "logFigure");
  if (typeof spec !== "object" || spec === null || Array.isArray(spec))
    throw new AssayerError(
      "invalid-argument",
      `logFigure requires a vega-lite spec; got ${Array.isArray(spec) ? "an array" : spec === null ? "null" : typeof spec}`,
    );
  const { $schema = "https://vega.github.io/schema/vega-lite/v6.json" } = spec as {
    $schema?: unknown;
  };
  const version = /\/vega-lite\/v(\d+)/u.exec(String($schema))?.[1];
  if (version === undefined || !specKeys.some((key) => Object.hasOwn(spec, key)))
    throw new AssayerError(
      "invalid-argument",
      `logFigure requires a vega-lite spec with one of ${specKeys.join(", ")}; got ${version === undefined ? `the schema ${String($schema)}` : `the keys ${Object.keys(spec).join(", ") || "none"}`}`,
    );
  return {
    name: `figures/${withExtension(name, ".vl.json", [".json"])}`,
    data: specText(spec),
    mediaType: `application/vnd.vegalite.v${version}+json`,
  };
}

/** A picture as a file, with the extension and media type of what its bytes are. */
export function imageFile(name: string, image: Uint8Array | string): ArtifactFile {
  requireName(name, "logImage");
  const extension = imageExtension(image);
  const others = [".jpeg", ".jpg", ".png", ".gif", ".webp", ".svg"];
  return { name: `images/${withExtension(name, extension, others)}`, data: image };
}

/**
 * A report as a file, whose media type tells its kind. Paths of files below `root` are kept relative to it, so that
 * the rows are found also where the project was moved to.
 */
export function reportFile(root: string, given: Report): ArtifactFile {
  const report = requireReport(given, "logReport");
  const { kind, name } = report;
  return {
    name: reportFileName(kind, name),
    data: reportText(withRelativePaths(root, report)),
    mediaType: reportMediaType(kind),
  };
}

function withRelativePaths(root: string, report: Report): Report {
  const side = <Side extends ReportSide>(given: Side): Side => {
    const { kind, path } = given.origin;
    const inside = kind === "file" && typeof path === "string" ? relative(root, resolve(path)) : "";
    if (inside === "" || inside.startsWith("..") || isAbsolute(inside)) return given;
    return { ...given, origin: { ...given.origin, path: inside } };
  };
  return "data" in report
    ? { ...report, data: side(report.data) }
    : { ...report, reference: side(report.reference), current: side(report.current) };
}

/** Text as a file: `.txt`, unless the name has an extension whose media type is known. */
export function textFile(name: string, text: string): ArtifactFile {
  requireName(name, "logText");
  requireString(text, "logText");
  const known = hasKnownExtension(name);
  return { name: `texts/${known ? name : `${name}.txt`}`, data: text };
}

/** A page as a file. */
export function htmlFile(name: string, html: string): ArtifactFile {
  requireName(name, "logHtml");
  requireString(html, "logHtml");
  return { name: `html/${withExtension(name, ".html", [".htm"])}`, data: html };
}

function requireString(text: unknown, what: string): void {
  if (typeof text === "string") return;
  throw new AssayerError(
    "invalid-argument",
    `${what} requires text; got ${text === null ? "null" : typeof text}`,
  );
}

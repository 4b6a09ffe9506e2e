import { open } from "node:fs/promises";
import type { PerformanceReport } from "../../drift/performance-report";
import type { DriftReport, DriftVerdict } from "../../drift/report";
import { AssayerError } from "../../errors";
import type { ExplanationReport } from "../../explain/explanation-report";
import type { FairnessReport } from "../../fairness/report";
import type { QualityReport } from "../../quality/quality-report";
import { requireName } from "../check";
import { reportSchemas, requireHead, type ReportHead } from "./report-schema";

export type Report =
  DriftReport | QualityReport | PerformanceReport | FairnessReport | ExplanationReport;
export type ReportKind = Report["kind"];

export const reportKinds: readonly ReportKind[] = [
  "drift",
  "quality",
  "performance",
  "fairness",
  "explanation",
];

/** The part of a report that grows with the data. The rest is the first line of its file, so that lists read that alone. */
const bulkOf = {
  drift: "features",
  quality: "table",
  performance: "metrics",
  fairness: "groupings",
  explanation: "sample",
} as const;

const prefixOf = (kind: ReportKind) => `reports/${kind}/`;

export function reportFileName(kind: ReportKind, name: string): string {
  return `${prefixOf(kind)}${name}.json`;
}

export function reportMediaType(kind: ReportKind): string {
  return `application/vnd.assayer.${kind}+json`;
}

/** The kind and name that an artifact's name says. */
export function reportNameOf(kind: ReportKind, file: string): string {
  return file.slice(prefixOf(kind).length, -".json".length);
}

export function requireReportKind(kind: unknown): ReportKind {
  const known = reportKinds.find((each) => each === kind);
  if (known !== undefined) return known;
  throw new AssayerError(
    "invalid-argument",
    `unknown report: ${typeof kind === "string" ? kind : typeof kind}; expected one of ${reportKinds.join(", ")}`,
  );
}

/**
 * A report, every part of which is looked at: files come from strangers.
 *
 * @throws AssayerError "invalid-argument" for what is no report, or one of a later format
 */
export function requireReport(value: unknown, what: string): Report {
  if (typeof value !== "object" || value === null)
    throw new AssayerError(
      "invalid-argument",
      `${what} requires a report; got ${value === null ? "null" : typeof value}`,
    );
  const report = value as Record<string, unknown>;
  const kind = requireReportKind(report["kind"]);
  if (report["format"] !== 1)
    throw new AssayerError(
      "invalid-argument",
      `${what} requires a report of format 1; got ${String(report["format"])}`,
    );
  requireName(report["name"], `${what}: name`);
  const result = reportSchemas[kind].safeParse(report);
  if (result.success) return result.data as Report;
  const { path, message } = result.error.issues[0] ?? { path: [], message: "" };
  throw new AssayerError(
    "invalid-argument",
    `${what} requires a whole ${kind} report; got another ${path.join(".")}: ${message}`,
  );
}

/** A report as JSON, its first line all but the bulk. */
export function reportText(report: Report): string {
  const bulk = bulkOf[report.kind];
  const head = JSON.stringify({ ...report, [bulk]: undefined });
  const rest = JSON.stringify((report as unknown as Record<string, unknown>)[bulk]);
  return `${head.slice(0, -1)},\n"${bulk}":${rest}}\n`;
}

/** Quality has no verdict of its own: an error that failed is an alarm, a warning that failed is one to watch. */
function verdictOf(report: Report): DriftVerdict {
  if (report.kind !== "quality") return report.verdict;
  if (!report.passed) return "alarm";
  const warned = report.results.some(({ passed, severity }) => !passed && severity === "warning");
  return warned ? "watch" : "stable";
}

const firstRead = 16_384;
const longestHead = 64 << 20;
/** What follows the first line as it is written here; other programs indent. */
const lineEnd = ',\n"';

/** Reads the first line of a report's file, or the whole where another program wrote it. */
export async function readReportHead(path: string, size: number): Promise<ReportHead> {
  const file = await open(path);
  try {
    for (let length = Math.min(firstRead, size); ; length = Math.min(length * 8, size)) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      const end = buffer.indexOf(lineEnd);
      if (end < 0 && bytesRead === length && length < size && length < longestHead) continue;
      const text = buffer.toString("utf8", 0, end < 0 ? bytesRead : end);
      return headOf(end < 0 ? text : `${text}}`);
    }
  } finally {
    await file.close();
  }
}

function headOf(text: string): ReportHead {
  const report = JSON.parse(text) as Report;
  const { createdAt, summary } = report;
  return requireHead({ createdAt, summary, verdict: verdictOf(report) });
}

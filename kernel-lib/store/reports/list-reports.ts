import type { DriftVerdict } from "../../drift/report";
import { AssayerError, messageOf } from "../../errors";
import { readArtifact } from "../artifacts";
import { requireCount } from "../check";
import { queryRows, type Connection } from "../connection";
import { storePaths } from "../layout";
import {
  readReportHead,
  reportFileName,
  reportKinds,
  reportMediaType,
  reportNameOf,
  requireReport,
  requireReportKind,
  type Report,
  type ReportKind,
} from "./report-file";
import type { ReportHead } from "./report-schema";

/** A report that a run logged. */
export interface ReportInfo {
  runId: string;
  /** Of the run. */
  runName: string;
  kind: ReportKind;
  name: string;
  createdAt: Date;
  /** Of a quality report: `alarm` when an expectation of severity error failed, `watch` when one of severity warning did. */
  verdict: DriftVerdict;
  summary: string;
}

export interface ListReportsOptions {
  kind?: ReportKind;
  runId?: string;
  /** Default 100. */
  limit?: number;
}

interface ReportRow {
  runId: string;
  runName: string;
  mediaType: string;
  file: string;
  digest: string;
  size: number;
  loggedAt: Date;
}

const columns = `a.run_id as "runId", r.name as "runName", a.media_type as "mediaType", a.name as file,
  a.digest, a.size, a.logged_at as "loggedAt"`;

/** Where the reports of runs that are not deleted lie, the newest first. */
export function findReports(
  connection: Connection,
  { kind, runId, limit = 100 }: ListReportsOptions,
): Promise<ReportRow[]> {
  const kinds = kind === undefined ? reportKinds : [requireReportKind(kind)];
  const places = kinds.map(
    (each) =>
      `(a.media_type = '${reportMediaType(each)}' and a.name like '${reportFileName(each, "%")}')`,
  );
  const most = requireCount(limit, "reports: limit");
  return queryRows<ReportRow>(
    connection,
    `select ${columns} from artifacts a join runs r using (run_id)
      where (${places.join(" or ")}) and r.deleted_at is null
        ${runId === undefined ? "" : "and a.run_id = ?"}
      order by a.logged_at desc, a.name limit ${most}`,
    runId === undefined ? [] : [runId],
  );
}

/** Files that are open at once: a process may have 256 on some systems. */
const mostOpen = 32;

/** What the files say of themselves; one that cannot be read is listed as undecided. */
export async function describeReports(
  store: string,
  rows: readonly ReportRow[],
): Promise<ReportInfo[]> {
  const described: ReportInfo[] = [];
  for (let start = 0; start < rows.length; start += mostOpen) {
    const group = rows.slice(start, start + mostOpen);
    described.push(...(await Promise.all(group.map((row) => describe(store, row)))));
  }
  return described;
}

async function describe(
  store: string,
  { runId, runName, mediaType, file, digest, size, loggedAt }: ReportRow,
): Promise<ReportInfo> {
  const kind = reportKinds.find((each) => reportMediaType(each) === mediaType) ?? "drift";
  const head = await readReportHead(storePaths.artifact(store, digest), size).catch(
    (): ReportHead => ({
      createdAt: loggedAt.toISOString(),
      verdict: "undecided",
      summary: "The file of this report is missing or damaged.",
    }),
  );
  const createdAt = new Date(head.createdAt);
  return {
    runId,
    runName,
    kind,
    name: reportNameOf(kind, file),
    createdAt: Number.isNaN(createdAt.getTime()) ? loggedAt : createdAt,
    verdict: head.verdict,
    summary: head.summary,
  };
}

/** @throws AssayerError "unknown-artifact" */
export async function findReport(
  connection: Connection,
  runId: string,
  kind: ReportKind,
  name: string,
): Promise<string> {
  const file = reportFileName(requireReportKind(kind), name);
  const [row] = await queryRows<{ digest: string }>(
    connection,
    "select digest from artifacts where run_id = ? and name = ?",
    [runId, file],
  );
  if (!row)
    throw new AssayerError("unknown-artifact", `unknown report: ${kind} ${name} of run ${runId}`);
  return row.digest;
}

/** @throws AssayerError "corrupt-artifact" for bytes that were changed, or that are no report of this kind */
export async function readReportFile(
  store: string,
  digest: string,
  kind: ReportKind,
): Promise<Report> {
  const text = (await readArtifact(store, digest)).toString("utf8");
  try {
    const report = requireReport(JSON.parse(text), "readReport");
    if (report.kind !== kind) throw new Error(`it is a ${report.kind} report`);
    return report;
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "it is no JSON" : messageOf(cause);
    throw new AssayerError(
      "corrupt-artifact",
      `readReport requires a ${kind} report; got ${digest}: ${why}`,
      { cause },
    );
  }
}

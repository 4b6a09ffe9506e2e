import type { DriftVerdict } from "../../drift/report";
import { AssayerError } from "../../errors";
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
  type ReportHead,
  type ReportKind,
} from "./report-file";

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
  const types = kinds.map((each) => `'${reportMediaType(each)}'`).join(", ");
  const most = requireCount(limit, "reports: limit");
  return queryRows<ReportRow>(
    connection,
    `select ${columns} from artifacts a join runs r using (run_id)
      where a.media_type in (${types}) and r.deleted_at is null and a.name like 'reports/%.json'
        ${runId === undefined ? "" : "and a.run_id = ?"}
      order by a.logged_at desc, a.name limit ${most}`,
    runId === undefined ? [] : [runId],
  );
}

/** What the files say of themselves; one that cannot be read is listed as undecided. */
export function describeReports(store: string, rows: readonly ReportRow[]): Promise<ReportInfo[]> {
  return Promise.all(
    rows.map(async ({ runId, runName, mediaType, file, digest, size, loggedAt }) => {
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
    }),
  );
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

/** @throws AssayerError "corrupt-artifact" for bytes that were changed, or that are no report */
export async function readReportFile(store: string, digest: string): Promise<Report> {
  const text = (await readArtifact(store, digest)).toString("utf8");
  try {
    return requireReport(JSON.parse(text), "readReport");
  } catch (cause) {
    throw new AssayerError("corrupt-artifact", `readReport requires a report; got ${digest}`, {
      cause,
    });
  }
}

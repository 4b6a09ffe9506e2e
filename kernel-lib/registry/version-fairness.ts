import { AssayerError } from "../errors";
import type { ConstraintResult, FairnessConstraint } from "../fairness/constraint";
import type { FairnessReport } from "../fairness/report";
import { judgeFairness } from "../fairness/verdict/judge-fairness";
import type { Connection } from "../store/connection";
import type { ModelVersion } from "../store/read/read-registry";
import { findReports, readReportFile } from "../store/reports/list-reports";

/** The fairness of a version, by the newest report on it. */
export interface VersionFairness {
  report: FairnessReport;
  runId: string;
  /** What the report's evidence says of each requirement. */
  results: ConstraintResult[];
}

/** How many reports of a run are looked through for one of this version. */
const mostReports = 1000;

/**
 * Judges a version by the newest fairness report that its run logged: the stored counts are judged anew, so that what
 * the report says of itself is not what decides.
 *
 * @param constraints default those that the report was made with
 * @returns null when there is no report on this version
 * @throws AssayerError "corrupt-artifact" or "unknown-artifact" when its file was changed or is lost
 */
export async function versionFairness(
  connection: Connection,
  store: string,
  { model, number, runId }: Pick<ModelVersion, "model" | "number" | "runId">,
  constraints?: readonly FairnessConstraint[],
): Promise<VersionFairness | null> {
  if (runId === null) return null;
  const files = await findReports(connection, { kind: "fairness", runId, limit: mostReports });
  let found: VersionFairness | null = null;
  let foundAt: Date | null = null;
  for (const { digest, loggedAt } of files) {
    if (foundAt && loggedAt.getTime() !== foundAt.getTime()) break;
    const report = (await readReportFile(store, digest, "fairness")) as FairnessReport;
    const isOfAnother =
      report.model !== null && (report.model.name !== model || report.model.number !== number);
    if (isOfAnother) continue;
    const required = constraints ?? [
      ...new Map(
        report.results.map(({ constraint }) => [JSON.stringify(constraint), constraint]),
      ).values(),
    ];
    const results = required.length === 0 ? [] : judgeFairness(report, required);
    // Of two in one millisecond neither is the later: the one that does not pass counts.
    if (found === null || (passes(found.results) && !passes(results)))
      found = { report, runId, results };
    foundAt = loggedAt;
  }
  return found;
}

function passes(results: readonly ConstraintResult[]): boolean {
  return results.length > 0 && results.every(({ verdict }) => verdict === "pass");
}

/**
 * @throws AssayerError "gate-failed" unless there is a report on the version and all that is required passes
 */
export async function requireFairness(
  connection: Connection,
  store: string,
  version: Pick<ModelVersion, "model" | "number" | "runId">,
  constraints: readonly FairnessConstraint[] | undefined,
): Promise<void> {
  const name = `${version.model}@${version.number}`;
  const fairness = await versionFairness(connection, store, version, constraints);
  if (!fairness)
    throw new AssayerError(
      "gate-failed",
      `promote requires a fairness report of the run that made ${name}; got none: log one with run.logReport(await fairnessReport(…))`,
    );
  if (fairness.results.length === 0)
    throw new AssayerError(
      "gate-failed",
      `promote requires a fairness report with requirements; got none in ${fairness.report.name}`,
    );
  const open = fairness.results.find(({ verdict }) => verdict !== "pass");
  if (open)
    throw new AssayerError(
      "gate-failed",
      `promote requires that ${name} keeps ${open.constraint.constraint}; got ${open.verdict === "fail" ? "a failure" : "not enough evidence"}: ${open.sentence}`,
    );
}

import type { ExplanationReport } from "../explain/explanation-report";
import type { ModelVersion } from "../store/read/read-registry";
import { findReports, readReportFile } from "../store/reports/list-reports";
import type { Store } from "../store/store";

/** An explanation report on a version, and the run that logged it. */
export interface VersionExplanation {
  report: ExplanationReport;
  runId: string;
}

/** How important each column was to a version, by one report. */
export interface ImportanceRecord extends Pick<
  ExplanationReport,
  "method" | "output" | "unit" | "columns" | "outputs" | "importance"
> {
  version: number;
  createdAt: Date;
  runId: string;
  /** Name of the report. */
  name: string;
}

/** How many reports are looked through. */
const mostReports = 1000;

/**
 * The newest explanation report on a version: one that names it, or of the run that made it one that names none.
 *
 * @returns null when there is none
 * @throws AssayerError "corrupt-artifact" or "unknown-artifact" when its file was changed or is lost
 */
export async function versionExplanation(
  store: Store,
  version: Pick<ModelVersion, "model" | "number" | "runId">,
): Promise<VersionExplanation | null> {
  for await (const { report, runId } of reportsOf(store, [version])) return { report, runId };
  return null;
}

/** The importances that all explanation reports on versions of a model tell, the oldest first. */
export async function importanceHistory(
  store: Store,
  versions: readonly Pick<ModelVersion, "model" | "number" | "runId">[],
): Promise<ImportanceRecord[]> {
  const records: ImportanceRecord[] = [];
  for await (const { report, runId, number } of reportsOf(store, versions)) {
    const { name, createdAt, method, output, unit, columns, outputs, importance } = report;
    const told = { method, output, unit, columns, outputs, importance };
    records.push({ version: number, createdAt: new Date(createdAt), runId, name, ...told });
  }
  return records.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** Reports on some versions of one model, the newest first. */
async function* reportsOf(
  store: Store,
  versions: readonly Pick<ModelVersion, "model" | "number" | "runId">[],
): AsyncGenerator<VersionExplanation & { number: number }> {
  const files = await store.read((connection) =>
    findReports(connection, { kind: "explanation", limit: mostReports }),
  );
  for (const { digest, runId } of files) {
    const report = (await readReportFile(
      store.directory,
      digest,
      "explanation",
    )) as ExplanationReport;
    const { model } = report;
    const version = versions.find((each) =>
      model === null
        ? each.runId === runId
        : each.model === model.name && each.number === model.number,
    );
    if (version) yield { report, runId, number: version.number };
  }
}

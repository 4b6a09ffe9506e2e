import type { Project } from "assayer";
import type { ReportReference } from "../../webviews/protocol";
import { loadLibrary } from "../library";
import { versionOf } from "../pick";
import { pickData, sourceOf } from "../pick-data";
import { withCancellableProgress } from "../progress";
import { askName, logReport } from "./log-report";

const title = "Explain Model";

/**
 * Asks for a version and for data, and logs in the version's run why the model says what it says of it.
 *
 * @param argument what the command was called with: a version's row of the tree, or a reference to one
 */
export async function explainModel(project: Project, argument: unknown): Promise<ReportReference> {
  const { model, number, runId } = await versionOf(project, argument, title);
  const data = await pickData(project, title, `Rows to explain, with the columns of ${model}`);
  const name = await askName(title, `${model} v${number} on ${data.label}`);
  const { explanationReport } = await loadLibrary();
  const report = await withCancellableProgress(title, (signal, onProgress) =>
    explanationReport(sourceOf(project, data), {
      model: { project, name: model, number },
      name,
      signal,
      onProgress,
    }),
  );
  return logReport(project, "explanations", report, runId ?? undefined);
}

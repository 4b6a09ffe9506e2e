import type { Project, Report } from "assayer";
import * as vscode from "vscode";
import type { ReportReference } from "../../webviews/protocol";

export async function askName(title: string, value: string): Promise<string> {
  const name = await vscode.window.showInputBox({
    title,
    prompt: "Name of the report",
    value: value.slice(0, 200),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "A report needs a name." : undefined),
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name.trim();
}

/**
 * Logs a report in a run for it alone, so that it is found again among what else was done, or in the finished run that
 * it is about.
 */
export async function logReport(
  project: Project,
  experiment: string,
  report: Report,
  runId?: string,
): Promise<ReportReference> {
  const { kind, name } = report;
  // One that goes on is another process's, and one that failed must stay so.
  const isFinished = runId !== undefined && (await project.run(runId)).status === "finished";
  const run = isFinished ? await project.resumeRun(runId) : project.startRun({ experiment, name });
  run.logReport(report);
  await run.end();
  await project.refresh();
  return { runId: run.id, kind, name };
}

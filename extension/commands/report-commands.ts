import { writeFile } from "node:fs/promises";
import type { Project } from "assayer";
import * as vscode from "vscode";
import type { ReportReference } from "../../webviews/protocol";
import { loadLibrary } from "../library";
import type { Panels } from "../panels/panels";
import { pick } from "../pick";
import { besideProject } from "../pick-data";
import { withProgress } from "../progress";
import type { Services } from "../services";
import { ago, verdictWord } from "../text";
import { checkFairness } from "./check-fairness";
import { explainModel } from "./explain-model";
import { checkData, compareData } from "./make-report";

type Command = (name: string, action: (...given: unknown[]) => unknown) => vscode.Disposable;

/** Commands about reports. Each takes the report it was called with, else it asks. */
export function registerReportCommands(
  { edge, host }: Services,
  panels: Panels,
  command: Command,
): vscode.Disposable[] {
  const make =
    (wanted: string, work: (project: Project, argument: unknown) => Promise<ReportReference>) =>
    (argument: unknown) =>
      edge.attempt(wanted, async () => {
        panels.openReport(await work(await host.require(), argument));
      });
  return [
    command("openReport", (argument) =>
      edge.attempt("open the report", async () => {
        const fromTree =
          typeof argument === "object" && argument !== null && "preserveFocus" in argument;
        const reference = await reportOf(argument, () => host.require(), "Open Report");
        panels.openReport(reference, fromTree);
      }),
    ),
    command("exportReport", (argument) =>
      edge.attempt("export the report", async () => {
        const project = await host.require();
        const require = () => Promise.resolve(project);
        await exportReport(project, await reportOf(argument, require, "Export Report"));
      }),
    ),
    command("compareData", make("compare the data", compareData)),
    command("checkData", make("check the data", checkData)),
    command("checkFairness", make("check the fairness", checkFairness)),
    command("explainModel", make("explain the model", explainModel)),
  ];
}

/** The report a command was called with, as rows of the tree and panels carry it, or one that the user chooses. */
async function reportOf(
  argument: unknown,
  project: () => Promise<Project>,
  title: string,
): Promise<ReportReference> {
  if (typeof argument === "object" && argument !== null && "runId" in argument) {
    const { runId, kind, name } = argument as ReportReference;
    return { runId, kind, name };
  }
  const reports = await (await project()).reports();
  if (reports.length === 0)
    throw new Error("the project has no report yet; Compare Data for Drift… makes one");
  const items = reports.map((report) => ({
    label: report.name,
    description: `${verdictWord(report)} · ${report.kind} · ${ago(report.createdAt)}`,
    detail: report.summary,
    report,
  }));
  const { runId, kind, name } = (await pick(title, "Report", items)).report;
  return { runId, kind, name };
}

async function exportReport(
  project: Project,
  { runId, kind, name }: ReportReference,
): Promise<void> {
  const file = `${name.replace(/[^\p{L}\p{N}._ -]+/gu, "-")}.html`;
  const target = await vscode.window.showSaveDialog({
    title: "Export Report",
    defaultUri: besideProject(project, file),
    filters: { "HTML page": ["html"], JSON: ["json"] },
  });
  if (!target) throw new vscode.CancellationError();
  await withProgress("Exporting the report", async () => {
    const report = await project.readReport(runId, kind, name);
    const { reportHtml } = await loadLibrary();
    const isJson = /\.json$/iu.test(target.fsPath);
    const content = isJson ? JSON.stringify(report, null, 2) : await reportHtml(report);
    await writeFile(target.fsPath, content);
  });
  const open = "Show File";
  void vscode.window
    .showInformationMessage(`The report is in ${target.fsPath}.`, open)
    .then(async (pressed) => {
      if (pressed === open) await vscode.commands.executeCommand("revealInExplorer", target);
    });
}

import type { Project, RunSummary } from "assayer";
import * as vscode from "vscode";
import { ago } from "./text";

const mostRuns = 1000;

/**
 * Ids of the runs a command was called with: an id, ids, tree items, or what a panel's menu says.
 *
 * @param selected what a tree passes besides: all items that are selected
 */
export function runIdsIn(argument: unknown, selected?: unknown): string[] {
  if (Array.isArray(selected)) {
    const own = runIdsIn(argument);
    const all = runIdsIn(selected);
    // A button of a row that is not selected is about that row.
    return own.some((runId) => !all.includes(runId)) ? own : all;
  }
  if (typeof argument === "string") return [argument];
  if (Array.isArray(argument)) return argument.flatMap((each) => runIdsIn(each));
  if (typeof argument !== "object" || argument === null) return [];
  if ("runIds" in argument) return runIdsIn(argument.runIds);
  if ("runId" in argument) return runIdsIn(argument.runId);
  return "run" in argument ? runIdsIn(argument.run) : [];
}

/** Lets the user choose one run. */
export async function pickRun(project: Project, title: string): Promise<string> {
  const picked = await vscode.window.showQuickPick(await runItems(project), {
    title,
    placeHolder: "Name, experiment or status",
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.run.runId;
}

/** Lets the user choose several runs. */
export async function pickRuns(
  project: Project,
  title: string,
  placeHolder: string,
  include: "visible" | "deleted" = "visible",
): Promise<RunSummary[]> {
  const items = await runItems(project, include);
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    canPickMany: true,
  });
  if (!picked || picked.length === 0) throw new vscode.CancellationError();
  return picked.map(({ run }) => run);
}

async function runItems(project: Project, include: "visible" | "deleted" = "visible") {
  const runs = await project.searchRuns({
    limit: mostRuns,
    include,
    orderBy: ["starred desc", "started_at desc"],
    columns: ["name"],
  });
  if (runs.length === 0)
    throw new Error(include === "deleted" ? "no run is deleted" : "the project has no run yet");
  return runs.map((run) => ({
    label: `${run.starred ? "$(star-full) " : ""}${run.name}`,
    description: [
      run.experiment,
      run.status,
      run.deletedAt ? `deleted ${ago(run.deletedAt)}` : ago(run.startedAt),
    ].join(" · "),
    run,
  }));
}

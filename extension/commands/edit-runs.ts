import type { Project } from "assayer";
import * as vscode from "vscode";
import { withProgress } from "../progress";
import { pick } from "../pick";
import type { Services } from "../services";

type Change = Parameters<Project["updateRun"]>[1];

export function setStarred(services: Services, starred: boolean) {
  return (runIds: readonly string[]) => updateAll(services, runIds, { starred });
}

/** Hiding asks nothing, since it loses nothing; it tells how to see the runs again. */
export function setHidden(services: Services, hidden: boolean) {
  return async (runIds: readonly string[]): Promise<void> => {
    await updateAll(services, runIds, { hidden });
    if (!hidden) return;
    const text = runIds.length === 1 ? "The run is hidden." : `${runIds.length} runs are hidden.`;
    void vscode.window
      .showInformationMessage(text, "Undo", "Show Hidden Runs")
      .then(async (pressed) => {
        if (pressed === "Undo")
          await services.edge.attempt("unhide the runs", () =>
            updateAll(services, runIds, { hidden: false }),
          );
        else if (pressed !== undefined)
          await vscode.commands.executeCommand("assayer.showHiddenRuns");
      });
  };
}

export function renameRun({ host }: Services) {
  return async (runId: string): Promise<void> => {
    const project = await host.require();
    const { name } = await project.run(runId);
    const wanted = await vscode.window.showInputBox({
      title: "Rename Run",
      prompt: `New name of ${name}`,
      value: name,
      validateInput: (text) => (text.trim() === "" ? "A name is needed." : undefined),
    });
    if (wanted === undefined || wanted.trim() === name) return;
    await project.updateRun(runId, { name: wanted.trim() });
  };
}

export function editNote({ host }: Services) {
  return async (runId: string): Promise<void> => {
    const project = await host.require();
    const { name, note } = await project.run(runId);
    const text = await vscode.window.showInputBox({
      title: `Note of ${name}`,
      prompt: "What is worth knowing about this run; empty for none",
      value: note ?? "",
      ignoreFocusOut: true,
    });
    if (text === undefined || text === (note ?? "")) return;
    await project.updateRun(runId, { note: text });
  };
}

/** One tag at a time: choose it or add one, then its value; an empty value takes it away. */
export function editTags({ host }: Services) {
  return async (runId: string): Promise<void> => {
    const project = await host.require();
    const { name, tags } = await project.run(runId);
    const title = `Tags of ${name}`;
    const { key } = await pick(title, "Tag to change", [
      { label: "$(add) Add Tag…", description: "", key: undefined },
      ...Object.entries(tags).map(([key, value]) => ({ label: key, description: value, key })),
    ]);
    const tag = key ?? (await ask(title, "Name of the tag", "team"));
    const value = await vscode.window.showInputBox({
      title,
      prompt: `Value of ${tag}; empty takes the tag away`,
      value: tags[tag] ?? "",
      ignoreFocusOut: true,
    });
    if (value === undefined) throw new vscode.CancellationError();
    await project.updateRun(runId, { tags: { [tag]: value === "" ? null : value } });
  };
}

async function ask(title: string, prompt: string, placeHolder: string): Promise<string> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    placeHolder,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "A name is needed." : undefined),
  });
  if (text === undefined) throw new vscode.CancellationError();
  return text.trim();
}

async function updateAll(
  { host }: Services,
  runIds: readonly string[],
  change: Change,
): Promise<void> {
  const project = await host.require();
  await withProgress("Changing runs", async () => {
    for (const runId of runIds) await project.updateRun(runId, change);
  });
}

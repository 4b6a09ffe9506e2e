import * as vscode from "vscode";
import type { Services } from "./services";

/** The project's name and how many of its runs go on, in the status bar. */
export function createStatusBar({ host, edge }: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("assayer.status", vscode.StatusBarAlignment.Left);
  item.name = "Assayer";
  const update = async (): Promise<void> => {
    const project = await host.current();
    if (!project) {
      item.hide();
      return;
    }
    const experiments = await project.experiments();
    const running = experiments.reduce((sum, experiment) => sum + experiment.running, 0);
    const count = running === 0 ? "" : `  $(sync~spin) ${running}`;
    item.text = `$(beaker) ${project.name}${count}`;
    const activity = running === 0 ? "no run goes on" : `${running} running`;
    item.tooltip = `Assayer: ${project.name}, ${activity}\n${project.root}\nClick for the runs table`;
    item.command = "assayer.openRunsTable";
    item.accessibilityInformation = { label: `Assayer project ${project.name}, ${activity}` };
    item.show();
  };
  const listener = host.onDidChange(() => {
    update().catch((error: unknown) => {
      edge.note("count the runs", error);
    });
  });
  return vscode.Disposable.from(item, listener);
}

import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";

const section = "assayer";

/** The settings, read at each use. Nothing else in the extension reads settings. */
export const config = {
  /** The project that the user chose, or undefined to look for one. */
  project(): string | undefined {
    const chosen = setting("project", "").trim();
    if (chosen === "" || isAbsolute(chosen)) return chosen || undefined;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    return folder === undefined ? undefined : join(folder, chosen);
  },

  /** Keeps the user's choice in the workspace; undefined goes back to looking for one. */
  async setProject(path: string | undefined): Promise<void> {
    const target = vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration(section).update("project", path, target);
  },

  pushTargets(): readonly string[] {
    return setting<readonly string[]>("pushTargets", []);
  },

  /** Metrics to show beside a run; empty for its first one. */
  runMetrics(): readonly string[] {
    return setting<readonly string[]>("runs.metrics", []);
  },

  runsPerExperiment(): number {
    return setting("runs.perExperiment", 200);
  },

  onDidChange(listener: (changed: (key: string) => boolean) => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section))
        listener((key) => event.affectsConfiguration(`${section}.${key}`));
    });
  },
};

function setting<T>(key: string, otherwise: T): T {
  return vscode.workspace.getConfiguration(section).get<T>(key, otherwise);
}

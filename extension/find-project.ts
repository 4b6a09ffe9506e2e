import { dirname } from "node:path";
import * as vscode from "vscode";
import { config } from "./config";
import { loadLibrary } from "./library";

/** Folders deep below a workspace are searched for projects, these aside. */
const skipped = "**/{node_modules,.git,.cache,dist}/**";

/**
 * The folder whose project to show: the one the settings name, else the nearest going up from a
 * workspace folder, else the first one below.
 */
export async function findProject(): Promise<string | undefined> {
  const chosen = config.project();
  if (chosen !== undefined) return chosen;
  const { findStore } = await loadLibrary();
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const store = findStore(uri.fsPath);
    if (store !== undefined) return dirname(store);
  }
  const [first] = await projectsBelow(1);
  return first;
}

/** Folders in the workspace that hold a project. */
export async function projectsBelow(most = 50): Promise<string[]> {
  const found = await vscode.workspace.findFiles("**/.assayer/project.json", skipped, most);
  return found.map(({ fsPath }) => dirname(dirname(fsPath))).sort();
}

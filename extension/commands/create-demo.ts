import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { config } from "../config";
import { loadDemo } from "../library";
import { withCancellableProgress } from "../progress";
import type { Services } from "../services";

/** Makes the demo project from real data, and shows it. */
export async function createDemo({ host, edge }: Services): Promise<void> {
  await edge.attempt("create the demo project", async () => {
    const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const directory = workspace === undefined ? await askFolder() : await demoFolder(workspace);
    const { createDemo: create } = await loadDemo();
    await withCancellableProgress("Creating the demo project", (signal, onProgress) =>
      create(directory, { signal, onProgress }),
    );
    if (workspace === undefined || directory !== workspace) await config.setProject(directory);
    await host.find();
    void offerTable();
  });
}

/** The workspace folder itself when nothing is in it, else a folder of its own. */
async function demoFolder(workspace: string): Promise<string> {
  const entries = await readdir(workspace);
  const isEmpty = entries.every((name) => name === ".vscode" || name === ".git");
  return isEmpty ? workspace : join(workspace, "assayer-demo");
}

async function askFolder(): Promise<string> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: "Folder for the Demo Project",
      openLabel: "Create Demo Here",
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  if (!folder) throw new vscode.CancellationError();
  return join(folder.fsPath, "assayer-demo");
}

async function offerTable(): Promise<void> {
  const pressed = await vscode.window.showInformationMessage(
    "The demo project is ready.",
    "Open Runs Table",
  );
  if (pressed !== undefined) await vscode.commands.executeCommand("assayer.openRunsTable");
}

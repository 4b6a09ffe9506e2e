import * as vscode from "vscode";

/** Puts the ids of runs on the clipboard, one a line. */
export async function copyRunId(runIds: readonly string[]): Promise<void> {
  await vscode.env.clipboard.writeText(runIds.join("\n"));
  vscode.window.setStatusBarMessage("$(check) Run id copied", 2000);
}

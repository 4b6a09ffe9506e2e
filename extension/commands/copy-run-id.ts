import * as vscode from "vscode";
import type { RunsNode } from "../trees/runs";

/** Puts the id of a tree's run on the clipboard. */
export async function copyRunId(node: RunsNode | undefined): Promise<void> {
  if (node?.kind !== "run") return;
  await vscode.env.clipboard.writeText(node.run.runId);
  vscode.window.setStatusBarMessage("$(check) Run id copied", 2000);
}

import * as vscode from "vscode";
import { runSnippet } from "../run-snippet";
import type { Services } from "../services";

/** Puts code on the clipboard that loads the runs in a notebook or a script. */
export function copyAsCode({ host }: Services) {
  return async (runIds: readonly string[]): Promise<void> => {
    const project = await host.require();
    await vscode.env.clipboard.writeText(runSnippet(project.root, runIds));
    vscode.window.setStatusBarMessage("$(check) Code copied: paste it into a notebook cell", 4000);
  };
}

import * as vscode from "vscode";
import type { Answers } from "../panel";

/** Requests that are commands of the extension, so that a button and the palette do the same. */
export const commandAnswers = {
  "open-run": ({ runId }) => command("assayer.openRun", runId),
  "open-model": (ask) => command("assayer.openModel", ask),
  "open-report": (ask) => command("assayer.openReport", ask),
  "export-report": (ask) => command("assayer.exportReport", ask),
  "run-command": ({ command: name, runIds }) => command(`assayer.${name}`, { runIds }),
  "explain-model": (ask) => command("assayer.explainModel", ask),
  promote: (ask) => command("assayer.promote", ask),
  push: (ask) => command("assayer.pushToTarget", ask),
  copy: async ({ text }) => {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage("$(check) Copied", 2000);
    return null;
  },
} satisfies Answers;

async function command(name: string, argument: unknown): Promise<null> {
  await vscode.commands.executeCommand(name, argument);
  return null;
}

import * as vscode from "vscode";
import { withProgress } from "../progress";
import { pickRuns } from "../runs-argument";
import type { Services } from "../services";

/** Deletes without asking, since it can be undone: from the message, or later with Restore Deleted Runs. */
export function deleteRuns({ host, edge }: Services) {
  return async (runIds: readonly string[]): Promise<void> => {
    const project = await host.require();
    const [first] = runIds;
    const what =
      runIds.length === 1 && first !== undefined
        ? (await project.run(first)).name
        : `${runIds.length} runs`;
    await withProgress("Deleting runs", () => project.deleteRuns(runIds));
    void vscode.window.showInformationMessage(`Deleted ${what}.`, "Undo").then(async (pressed) => {
      if (pressed !== undefined)
        await edge.attempt("restore the runs", () => project.restoreRuns(runIds));
    });
  };
}

/** Brings deleted runs back: those named, else the ones that the user chooses. */
export async function restoreRuns(
  { host }: Services,
  runIds: readonly string[] = [],
): Promise<void> {
  const project = await host.require();
  const chosen =
    runIds.length > 0
      ? runIds
      : (
          await pickRuns(
            project,
            "Restore Deleted Runs",
            "Choose the runs to bring back",
            "deleted",
          )
        ).map(({ runId }) => runId);
  await withProgress("Restoring runs", () => project.restoreRuns(chosen));
}

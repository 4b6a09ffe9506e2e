import * as vscode from "vscode";
import type { Panels } from "../panels/panels";
import { pickRun, pickRuns, runIdsIn } from "../runs-argument";
import type { Services } from "../services";
import type { RunsTree } from "../trees/runs";
import { copyAsCode } from "./copy-as-code";
import { copyRunId } from "./copy-run-id";
import { deleteRuns, restoreRuns } from "./delete-runs";
import { editNote, editTags, renameRun, setHidden, setStarred } from "./edit-runs";

type Command = (name: string, action: (...given: unknown[]) => unknown) => vscode.Disposable;

/** Commands about runs. Each takes them from where it was called, else from the tree's selection, else it asks. */
export function registerRunCommands(
  services: Services,
  tree: RunsTree,
  panels: Panels,
  command: Command,
): vscode.Disposable[] {
  const { edge, host } = services;
  const given = (...[argument, selected]: unknown[]): string[] => {
    const runIds = runIdsIn(argument, selected);
    return runIds.length > 0 ? runIds : tree.selectedRunIds();
  };
  /** For commands about one run. */
  const forRun =
    (title: string, wanted: string, action: (runId: string) => Promise<void>) =>
    (...called: unknown[]) =>
      edge.attempt(wanted, async () => {
        requireRow(called);
        const [argument] = called;
        const [runId] = argument === undefined ? given() : runIdsIn(argument);
        await action(runId ?? (await pickRun(await host.require(), title)));
      });
  /** For commands about several runs. */
  const forRuns =
    (title: string, wanted: string, action: (runIds: string[]) => Promise<void> | void) =>
    (...called: unknown[]) =>
      edge.attempt(wanted, async () => {
        requireRow(called);
        const runIds = given(...called);
        if (runIds.length > 0) return action(runIds);
        const picked = await pickRuns(await host.require(), title, "Choose one or more runs");
        return action(picked.map(({ runId }) => runId));
      });

  return [
    command("starRuns", forRuns("Star", "star the run", setStarred(services, true))),
    command("unstarRuns", forRuns("Unstar", "unstar the run", setStarred(services, false))),
    command("hideRuns", forRuns("Hide", "hide the run", setHidden(services, true))),
    command("unhideRuns", forRuns("Unhide", "unhide the run", setHidden(services, false))),
    command("renameRun", forRun("Rename Run", "rename the run", renameRun(services))),
    command("editRunTags", forRun("Edit Tags", "edit the tags", editTags(services))),
    command("editRunNote", forRun("Edit Note", "edit the note", editNote(services))),
    command("deleteRuns", forRuns("Delete", "delete the run", deleteRuns(services))),
    command("restoreRuns", (argument) =>
      edge.attempt("restore runs", () => restoreRuns(services, runIdsIn(argument))),
    ),
    command("copyAsCode", forRuns("Copy as Code", "copy the run as code", copyAsCode(services))),
    command("copyRunId", forRuns("Copy Run ID", "copy the id", copyRunId)),
    command("compareRuns", (...called) =>
      edge.attempt("compare runs", async () => {
        requireRow(called);
        let runIds = given(...called);
        if (runIds.length < 2) {
          const picked = await pickRuns(
            await host.require(),
            "Compare Runs",
            "Choose two or more runs",
          );
          runIds = [...new Set([...runIds, ...picked.map(({ runId }) => runId)])];
        }
        if (runIds.length < 2) throw new Error("a comparison needs two runs or more");
        panels.openComparison(runIds);
      }),
    ),
    command("showStarredOnly", () => tree.showStarredOnly(true)),
    command("showAllRuns", () => tree.showStarredOnly(false)),
    command("showHiddenRuns", () => tree.showHidden(true)),
    command("hideHiddenRuns", () => tree.showHidden(false)),
  ];
}

/**
 * The palette and keys call a command with nothing, a menu with its row. A row of a view that is listed anew at that
 * moment comes as nothing too: then the selection may be about other runs.
 */
function requireRow(called: readonly unknown[]): void {
  if (called.length > 0 && (called[0] === undefined || called[0] === null))
    throw new Error("the list of runs changed at that moment; try again");
}

import type { Panels } from "../panels/panels";
import { pickRun, runIdsIn } from "../runs-argument";
import type { Services } from "../services";

/** Opens a run: the one the command was called with, else one that the user chooses. */
export async function openRun(
  { host, edge }: Services,
  panels: Panels,
  argument: unknown,
): Promise<void> {
  await edge.attempt("open the run", async () => {
    const [runId] = runIdsIn(argument);
    const fromTree =
      typeof argument === "object" && argument !== null && "preserveFocus" in argument;
    panels.openRun(runId ?? (await pickRun(await host.require(), "Open Run")), fromTree);
  });
}

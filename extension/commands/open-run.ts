import type { Panels } from "../panels/panels";
import { pick } from "../pick";
import type { Services } from "../services";
import { ago } from "../text";

const mostRuns = 1000;

/** Opens a run: the one named by its id, else one that the user chooses. */
export async function openRun(
  { host, edge }: Services,
  panels: Panels,
  argument: unknown,
): Promise<void> {
  await edge.attempt("open the run", async () => {
    if (typeof argument === "string") {
      panels.openRun(argument);
      return;
    }
    const project = await host.require();
    const runs = await project.searchRuns({ limit: mostRuns });
    const items = runs.map(({ runId, name, experiment, status, startedAt }) => ({
      label: name,
      description: `${experiment} · ${status} · ${ago(startedAt)}`,
      runId,
    }));
    panels.openRun((await pick("Open Run", "Name, experiment or status", items)).runId);
  });
}

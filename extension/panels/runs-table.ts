import type { ParamValue, Project } from "assayer";
import type { RunsColumn, RunsView } from "../../webviews/protocol";
import type { PanelPage } from "../panel";
import { runColumns, searchRunColumns, searchRuns } from "../search-runs";
import type { Services } from "../services";
import { showHiddenKey } from "../trees/runs";
import { commandAnswers } from "./answers";

/** The project's own limit of one search. */
const mostRuns = 100_000;
/** Rows that are shown while the others are read: more than a screen has. */
const firstRuns = 100;
const chosenKey = "assayer.runsTable.columns";
/** Of those who have not chosen, that many of each kind are read, to show the ones that vary. */
const candidates = { metrics: 8, params: 12, tags: 0 };

export function runsTablePage({ context, host }: Services): PanelPage {
  const { workspaceState } = context;
  /** Columns that are not shown, but that the filter or the order of the rows needs. */
  let needed: readonly string[] = [];
  /** The columns of those who chose none, looked for until there are some: a run more changes nothing about them. */
  let usual: readonly string[] = [];

  async function read(project: Project, limit: number): Promise<RunsView> {
    const chosen = workspaceState.get<string[]>(chosenKey) ?? null;
    if (chosen === null && usual.length === 0) usual = await usualColumns(project);
    const shown = chosen ?? usual;
    const logged = [...new Set([...shown, ...needed])]
      .filter((id) => id.includes("."))
      .sort((a, b) => byColumn({ id: a }, { id: b }));
    const include = workspaceState.get(showHiddenKey, false) ? "hidden" : "visible";
    const { runs, ...columns } = await searchRunColumns(project, logged, { limit, include });
    const total =
      runs.length < limit
        ? runs.length
        : (await project.experiments()).reduce((sum, each) => sum + each.runs, 0);
    return {
      total,
      runIds: runs.map(({ runId }) => runId),
      names: runs.map(({ name }) => name),
      experiments: runs.map(({ experiment }) => experiment),
      statuses: runs.map(({ status }) => status),
      startedAt: Float64Array.from(runs, ({ startedAt }) => startedAt.getTime()),
      endedAt: Float64Array.from(runs, ({ endedAt }) => endedAt?.getTime() ?? NaN),
      starred: Uint8Array.from(runs, ({ starred }) => Number(starred)),
      hidden: Uint8Array.from(runs, ({ hidden }) => Number(hidden)),
      columns: logged.map((id) => column(id, columns[id] ?? [])),
      chosen,
    };
  }

  return {
    viewType: "assayer.runsTable",
    entry: "runs-table",
    key: "all",
    title: "Runs",
    first: async (project) => ({ kind: "show-runs", view: await read(project, firstRuns) }),
    load: async (project) => ({
      title: `Runs of ${project.name}`,
      message: { kind: "show-runs", view: await read(project, mostRuns) },
    }),
    answers: {
      ...commandAnswers,
      "choose-columns": async (ask, panel) => {
        needed = ask.needed;
        await workspaceState.update(chosenKey, ask.chosen ?? undefined);
        panel.refresh();
        return null;
      },
      "run-keys": async () => {
        const keys = await runColumns(await host.require());
        return keys.map(({ id, runs }) => ({ id, runs })).sort(byColumn);
      },
      "filter-runs": async ({ filter }) => {
        const project = await host.require();
        const runs = await searchRuns(project, { filter, limit: mostRuns, include: "hidden" });
        return runs.map(({ runId }) => runId);
      },
    },
  };
}

const groups = ["metrics", "params", "tags"] as const;
const byName = new Intl.Collator(undefined, { numeric: true });

function byColumn(a: { id: string }, b: { id: string }): number {
  const groupOf = ({ id }: { id: string }) => groups.findIndex((group) => id.startsWith(group));
  return groupOf(a) - groupOf(b) || byName.compare(a.id, b.id);
}

/** The keys that most runs have, some more than are shown. */
async function usualColumns(project: Project): Promise<string[]> {
  const keys = await runColumns(project);
  return groups.flatMap((group) =>
    keys
      .filter(({ kind }) => kind === group)
      .sort((a, b) => b.runs - a.runs || byColumn(a, b))
      .slice(0, candidates[group])
      .map(({ id }) => id),
  );
}

function column(id: string, values: readonly (ParamValue | null)[]): RunsColumn {
  const isNumber = values.every((value) => value === null || typeof value === "number");
  if (!isNumber)
    return {
      id,
      kind: "text",
      values: values.map((value) => (value === null ? null : String(value))),
    };
  return {
    id,
    kind: "number",
    values: Float64Array.from(values, (value) => (typeof value === "number" ? value : NaN)),
    present: Uint8Array.from(values, (value) => Number(value !== null)),
  };
}

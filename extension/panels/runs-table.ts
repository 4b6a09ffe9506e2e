import type { Project, RunStatus } from "assayer";
import type { RunsColumn, RunsView } from "../../webviews/protocol";
import type { PanelPage } from "../panel";
import type { Services } from "../services";
import { showHiddenKey } from "../trees/runs";
import { commandAnswers } from "./answers";

/** The project's own limit of one search. */
const mostRuns = 100_000;
/** Rows that are shown while the others are read: more than a screen has. */
const firstRuns = 100;
const attributes = ["name", "experiment", "status", "started_at", "ended_at", "starred", "hidden"];
const chosenKey = "assayer.runsTable.columns";
/** Of those who have not chosen, that many of each kind are read, to show the ones that vary. */
const candidates = { metrics: 8, params: 12, tags: 0 };

export function runsTablePage({ context, host }: Services): PanelPage {
  const { workspaceState } = context;
  /** Columns that are not shown, but that the filter or the order of the rows needs. */
  let needed: readonly string[] = [];
  /** The columns of those who chose none, looked for until there are some: a run more changes nothing about them. */
  const usual: string[] = [];

  async function read(project: Project, limit: number): Promise<RunsView> {
    const chosen = workspaceState.get<string[]>(chosenKey) ?? null;
    if (chosen === null && usual.length === 0) usual.push(...(await usualColumns(project)));
    const shown = chosen ?? usual;
    const logged = [...new Set([...shown, ...needed])]
      .filter((id) => id.includes("."))
      .sort((a, b) => byColumn({ id: a }, { id: b }));
    const include = workspaceState.get<boolean>(showHiddenKey) === true ? "hidden" : "visible";
    const { runIds, total, columns } = await project.searchRuns({
      as: "columns",
      columns: [...attributes, ...logged],
      limit,
      include,
    });
    const texts = (id: string) => {
      const column = columns[id];
      return column?.kind === "text" ? column.values.map((value) => value ?? "") : [];
    };
    const numbers = (id: string) => {
      const column = columns[id];
      return column && column.kind !== "text" ? column.values : new Float64Array(runIds.length);
    };
    const marks = (id: string) => Uint8Array.from(texts(id), (value) => Number(value === "true"));
    return {
      total,
      runIds,
      names: texts("name"),
      experiments: texts("experiment"),
      statuses: texts("status") as RunStatus[],
      startedAt: numbers("started_at"),
      endedAt: numbers("ended_at"),
      starred: marks("starred"),
      hidden: marks("hidden"),
      columns: logged.flatMap((id): RunsColumn[] => {
        const column = columns[id];
        if (!column) return [];
        return column.kind === "text" ? [{ id, ...column }] : [{ id, ...column, kind: "number" }];
      }),
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
        const keys = await (await host.require()).runColumns();
        return keys.map(({ id, runs }) => ({ id, runs })).sort(byColumn);
      },
      "filter-runs": async ({ filter }) => {
        const project = await host.require();
        const { runIds } = await project.searchRuns({
          as: "columns",
          columns: [],
          filter,
          limit: mostRuns,
          include: "hidden",
        });
        return runIds;
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

/** The keys that most runs have, some more than are shown; not those that few have. */
async function usualColumns(project: Project): Promise<string[]> {
  const all = await project.runColumns();
  const most = all.reduce((runs, key) => Math.max(runs, key.runs), 0);
  const keys = all.filter(({ runs }) => runs >= most / 20);
  return groups.flatMap((group) =>
    keys
      .filter(({ kind }) => kind === group)
      .sort((a, b) => b.runs - a.runs || byColumn(a, b))
      .slice(0, candidates[group])
      .map(({ id }) => id),
  );
}

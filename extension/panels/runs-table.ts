import type { ParamValue, RunSummary } from "assayer";
import type { RunsColumn, RunsView } from "../../webviews/protocol";
import type { PanelPage } from "../panel";
import type { Services } from "../services";
import { commandAnswers } from "./answers";

const mostRuns = 100_000;
const byName = new Intl.Collator(undefined, { numeric: true });
const chosenKey = "assayer.runsTable.columns";

export function runsTablePage({ context }: Services): PanelPage {
  return {
    viewType: "assayer.runsTable",
    entry: "runs-table",
    key: "all",
    title: "Runs",
    load: async (project) => {
      const runs = await project.searchRuns({ limit: mostRuns });
      const chosen = context.workspaceState.get<string[]>(chosenKey) ?? null;
      return {
        title: `Runs of ${project.name}`,
        message: { kind: "show-runs", view: runsView(runs, chosen) },
      };
    },
    answers: {
      ...commandAnswers,
      "choose-columns": async ({ chosen }) => {
        await context.workspaceState.update(chosenKey, chosen);
        return null;
      },
    },
  };
}

/** Runs by columns: numbers as typed arrays, which a message carries without writing them out. */
function runsView(runs: readonly RunSummary[], chosen: string[] | null): RunsView {
  return {
    runIds: runs.map(({ runId }) => runId),
    names: runs.map(({ name }) => name),
    experiments: runs.map(({ experiment }) => experiment),
    statuses: runs.map(({ status }) => status),
    startedAt: Float64Array.from(runs, ({ startedAt }) => startedAt.getTime()),
    endedAt: Float64Array.from(runs, ({ endedAt }) => endedAt?.getTime() ?? NaN),
    columns: [
      ...columnsOf("metrics", runs),
      ...columnsOf("params", runs),
      ...columnsOf("tags", runs),
    ],
    chosen,
  };
}

function columnsOf(
  group: "metrics" | "params" | "tags",
  runs: readonly RunSummary[],
): RunsColumn[] {
  const keys = new Set(runs.flatMap((run) => Object.keys(run[group])));
  return [...keys].sort(byName.compare).map((key) =>
    column(
      `${group}.${key}`,
      runs.map((run) => run[group][key]),
    ),
  );
}

function column(id: string, values: readonly (ParamValue | undefined)[]): RunsColumn {
  const isNumber = values.every((value) => value === undefined || typeof value === "number");
  if (!isNumber)
    return {
      id,
      kind: "text",
      values: values.map((value) => (value === undefined ? null : String(value))),
    };
  return {
    id,
    kind: "number",
    values: Float64Array.from(values, (value) => (typeof value === "number" ? value : NaN)),
    present: Uint8Array.from(values, (value) => Number(value !== undefined)),
  };
}

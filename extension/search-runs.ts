import type { MetricSeries, Project, RunDetail, RunSummary } from "assayer";

/** STAND-IN until project.searchRuns is merged. */
export interface ListedRun extends RunSummary {
  starred: boolean;
  hidden: boolean;
  deletedAt: Date | null;
}

export interface SearchRunsOptions {
  experiment?: string;
  runIds?: string[];
  starredOnly?: boolean;
  filter?: string;
  limit?: number;
  include?: "visible" | "hidden" | "deleted" | "all";
}

export async function searchRuns(
  project: Project,
  {
    experiment,
    runIds,
    limit = 100_000,
    include = "visible",
    starredOnly = false,
  }: SearchRunsOptions,
): Promise<ListedRun[]> {
  const rows = (await project.sql(
    `select run_id, starred, hidden, deleted_at from runs where (? or starred) and ${
      {
        visible: "not hidden and deleted_at is null",
        hidden: "deleted_at is null",
        deleted: "deleted_at is not null",
        all: "true",
      }[include]
    } ${experiment === undefined ? "" : "and experiment = ?"} order by starred desc, started_at desc, run_id desc`,
    [!starredOnly, ...(experiment === undefined ? [] : [experiment])],
  )) as { run_id: string; starred: boolean; hidden: boolean; deleted_at: Date | null }[];
  const wanted = rows.filter(({ run_id }) => !runIds || runIds.includes(run_id)).slice(0, limit);
  const byId = new Map(
    (await project.runs({ runIds: wanted.map(({ run_id }) => run_id) })).map((run) => [
      run.runId,
      run,
    ]),
  );
  return wanted.flatMap((row) => {
    const run = byId.get(row.run_id);
    return run
      ? [{ ...run, starred: row.starred, hidden: row.hidden, deletedAt: row.deleted_at }]
      : [];
  });
}

/** STAND-IN: every key with the number of runs that have it. */
export async function runColumns(
  project: Project,
): Promise<{ id: string; kind: "metrics" | "params" | "tags"; key: string; runs: number }[]> {
  return (await project.sql(
    `select 'metrics.' || key as id, 'metrics' as kind, key, count(*) as runs from metric_series group by key
      union all select 'params.' || key, 'params', key, count(*) from params group by key
      union all select 'tags.' || key, 'tags', key, count(*) from tags group by key
      order by kind, key`,
  )) as { id: string; kind: "metrics" | "params" | "tags"; key: string; runs: number }[];
}

type Cell = string | number | boolean | null;

/** STAND-IN: flat columns by name. */
export async function searchRunColumns(
  project: Project,
  columns: readonly string[],
  { limit = 100_000, include = "visible" }: SearchRunsOptions,
): Promise<Record<string, readonly Cell[]> & { runs: ListedRun[] }> {
  const rows = (await project.sql(
    `select run_id, name, experiment, status, started_at, ended_at, starred, hidden from runs where ${include === "visible" ? "not hidden and" : ""} deleted_at is null
      order by started_at desc, run_id desc limit ${limit}`,
  ));
  const position = new Map(rows.map((row, i) => [row["run_id"], i]));
  const found: Record<string, Cell[]> = {};
  for (const id of columns) {
    const values = new Array<Cell>(rows.length).fill(null);
    const key = id.slice(id.indexOf(".") + 1);
    const cells = await project.sql(
      id.startsWith("metrics.")
        ? "select run_id, last_value as value, 'number' as type from metric_series where key = ?"
        : id.startsWith("params.")
          ? "select run_id, value, type from params where key = ?"
          : "select run_id, value, 'string' as type from tags where key = ?",
      [key],
    );
    for (const { run_id, value, type } of cells) {
      const at = position.get(run_id);
      if (at !== undefined)
        values[at] =
          type === "number"
            ? Number(value)
            : type === "boolean"
              ? value === "true"
              : (value as string);
    }
    found[id] = values;
  }
  const runs = rows.map(
    (row) =>
      ({
        runId: row["run_id"],
        name: row["name"],
        experiment: row["experiment"],
        status: row["status"],
        startedAt: row["started_at"],
        endedAt: row["ended_at"],
        starred: row["starred"],
        hidden: row["hidden"],
      }) as ListedRun,
  );
  return Object.assign(found, { runs }) as Record<string, Cell[]> & { runs: ListedRun[] };
}

/** STAND-IN */
export type ComparedDetail = RunDetail & { starred: boolean };

export async function compareRuns(
  project: Project,
  runIds: readonly string[],
): Promise<ComparedDetail[]> {
  const listed = await searchRuns(project, { runIds: [...runIds], include: "all" });
  const starred = new Map(listed.map((run) => [run.runId, run.starred]));
  return Promise.all(
    runIds.map(async (runId) => ({
      ...(await project.run(runId)),
      starred: starred.get(runId) ?? false,
    })),
  );
}

/** STAND-IN */
export async function sampledHistory(
  project: Project,
  runIds: readonly string[],
  { keys }: { keys: readonly string[]; maxPoints: number },
): Promise<(MetricSeries & { runId: string })[]> {
  const found = await Promise.all(
    runIds.map(async (runId) =>
      (await project.metricHistory(runId, keys)).map((series) => ({ runId, ...series })),
    ),
  );
  return found.flat();
}

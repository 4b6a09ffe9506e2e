import { AssayerError } from "../../errors";
import { queryRows, type Connection } from "../connection";
import type { ParamValue } from "../journal/events";
import { assumedDirection, type Direction } from "./metric-direction";
import { requireRuns } from "./read-runs";
import { searchRuns, type RunSummary } from "./search-runs";

export interface CompareRunsOptions {
  /** Whether lower or higher is better, by metric; others are judged by their name. */
  directions?: Readonly<Record<string, Direction>>;
}

/** One thing of all runs, a value for each in the order in which they were named; null where a run has none. */
export interface ComparedValue<Value> {
  key: string;
  values: (Value | null)[];
  differs: boolean;
}

/** One metric of all runs; null where a run did not log it. */
export interface ComparedMetric {
  key: string;
  last: (number | null)[];
  /** Over all steps, NaN apart; null where there is nothing else. */
  min: (number | null)[];
  max: (number | null)[];
  differs: boolean;
  direction: Direction;
  /** True when the direction was judged by the metric's name. */
  assumed: boolean;
  /** Ids of the runs with the best last value: several when they are equal, none when nobody has a number. */
  best: string[];
}

/** Runs side by side. */
export interface RunComparison {
  runs: Pick<RunSummary, "runId" | "name" | "experiment" | "status" | "startedAt" | "endedAt">[];
  params: ComparedValue<ParamValue>[];
  metrics: ComparedMetric[];
  tags: ComparedValue<string>[];
  /** Where the code came from: kind, name, git commit, whether it had changes, versions, user. */
  source: ComparedValue<string | boolean>[];
  /** Digests of each dataset, by context and name, such as `training wages`. */
  datasets: ComparedValue<string>[];
}

const sourceColumns = [
  "source_kind",
  "source_name",
  "git_commit",
  "git_dirty",
  "node_version",
  "assayer_version",
  "user_name",
] as const;

/** @throws AssayerError "unknown-run" */
export async function compareRuns(
  connection: Connection,
  runIds: readonly string[],
  options: CompareRunsOptions = {},
): Promise<RunComparison> {
  const directions = checkedDirections(options.directions ?? {});
  const ids = [...new Set(runIds)];
  await requireRuns(connection, ids);
  const position = new Map(ids.map((id, i) => [id, i]));
  const found = await searchRuns(connection, { runIds: ids, include: "all" });
  const runs = found.sort((a, b) => (position.get(a.runId) ?? 0) - (position.get(b.runId) ?? 0));
  const wanted = JSON.stringify(ids);
  const within = `run_id in (select unnest(from_json(?, '["VARCHAR"]')))`;
  const series = await queryRows<SeriesRow>(
    connection,
    `select run_id as "runId", key, last_value as last, min_value as min, max_value as max
      from metric_series where ${within} order by key`,
    [wanted],
  );
  const sources = await queryRows<SourceRow>(
    connection,
    `select run_id, ${sourceColumns.join(", ")} from runs where ${within}`,
    [wanted],
  );
  const datasets = await queryRows<{ runId: string; key: string; digests: string }>(
    connection,
    `select run_id as "runId", context || ' ' || name as key, string_agg(digest, ', ' order by digest) as digests
      from datasets where ${within} group by all order by key`,
    [wanted],
  );
  return {
    runs: runs.map(({ runId, name, experiment, status, startedAt, endedAt }) => ({
      runId,
      name,
      experiment,
      status,
      startedAt,
      endedAt,
    })),
    params: sideBySide(runs.map(({ params }) => params)),
    metrics: compareMetrics(ids, series, directions),
    tags: sideBySide(runs.map(({ tags }) => tags)),
    source: sideBySide<string | boolean>(
      ids.map((id) => {
        const row = sources.find(({ run_id }) => run_id === id);
        return Object.fromEntries(sourceColumns.map((key) => [key, row?.[key] ?? null]));
      }),
      sourceColumns,
    ),
    datasets: sideBySide(
      ids.map((id) =>
        Object.fromEntries(
          datasets.filter(({ runId }) => runId === id).map(({ key, digests }) => [key, digests]),
        ),
      ),
    ),
  };
}

type SourceRow = { run_id: string } & Record<
  (typeof sourceColumns)[number],
  string | boolean | null
>;

interface SeriesRow {
  runId: string;
  key: string;
  last: number;
  min: number | null;
  max: number | null;
}

function checkedDirections(
  directions: Readonly<Record<string, Direction>>,
): ReadonlyMap<string, Direction> {
  for (const [key, direction] of Object.entries<string>(directions))
    if (direction !== "lower" && direction !== "higher")
      throw new AssayerError(
        "invalid-argument",
        `unknown direction of ${key}: ${direction}; expected one of lower, higher`,
      );
  return new Map(Object.entries(directions));
}

function differ(values: readonly unknown[]): boolean {
  return values.some((value) => !Object.is(value, values[0]));
}

function sideBySide<Value>(
  records: readonly Readonly<Record<string, Value | null>>[],
  keys: readonly string[] = [...new Set(records.flatMap((each) => Object.keys(each)))].sort(),
): ComparedValue<Value>[] {
  return keys.map((key) => {
    const values = records.map((each) => (Object.hasOwn(each, key) ? (each[key] ?? null) : null));
    return { key, values, differs: differ(values) };
  });
}

function compareMetrics(
  ids: readonly string[],
  series: readonly SeriesRow[],
  directions: ReadonlyMap<string, Direction>,
): ComparedMetric[] {
  const byKey = new Map<string, Map<string, SeriesRow>>();
  for (const row of series) {
    const rows = byKey.get(row.key) ?? new Map<string, SeriesRow>();
    byKey.set(row.key, rows.set(row.runId, row));
  }
  return [...byKey].map(([key, rows]) => {
    const all = ids.map((id) => rows.get(id));
    const last = all.map((row) => row?.last ?? null);
    const given = directions.get(key);
    const direction = given ?? assumedDirection(key);
    return {
      key,
      last,
      min: all.map((row) => row?.min ?? null),
      max: all.map((row) => row?.max ?? null),
      differs: differ(last),
      direction,
      assumed: given === undefined,
      best: bestOf(ids, last, direction),
    };
  });
}

function bestOf(
  ids: readonly string[],
  values: readonly (number | null)[],
  direction: Direction,
): string[] {
  const numbers = values.filter((value) => value !== null && !Number.isNaN(value)) as number[];
  const best = direction === "lower" ? Math.min(...numbers) : Math.max(...numbers);
  return numbers.length === 0 ? [] : ids.filter((_, i) => values[i] === best);
}

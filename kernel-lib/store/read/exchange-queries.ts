import { quotedText } from "../connection";

/** SQL of imports and exports. Lists of ids come as JSON. */
const listed = (json: string) => `(select unnest(from_json(${json}, '["VARCHAR"]')))`;

/** When runs began that are there already; one parameter, a JSON list of ids. */
export const startTimesQuery = `select run_id as "runId", started_at as "startedAt" from runs where run_id in ${listed("?")}`;

/** Ids of runs that are not deleted, of one experiment or of all; parents before their children. */
export const exportedRunsQuery = `with recursive tree as (
    select run_id, 0 as depth from runs
      where parent_run_id is null or parent_run_id not in (select run_id from runs)
    union all select r.run_id, t.depth + 1 from runs r join tree t on r.parent_run_id = t.run_id)
  select run_id as "runId", parent_run_id as "parentRunId", experiment, name from runs join tree using (run_id)
  where deleted_at is null and (?::varchar is null or experiment = ?) order by depth, started_at, run_id`;

/** What a run logged, as text; one parameter, its id. */
export const runQueries = {
  run: `select *, epoch_ms(started_at) as started_ms, epoch_ms(ended_at) as ended_ms from runs where run_id = ?`,
  params: "select key, value from params where run_id = ? order by key",
  tags: "select key, value from tags where run_id = ? order by key",
  datasets: `select name, digest, context, source, row_count, schema::varchar as schema, profile::varchar as profile
    from datasets where run_id = ? order by name, digest, context`,
  artifacts: "select name, digest, size from artifacts where run_id = ? order by name",
  tables: "select kind, name, path from logged_tables where run_id = ? order by kind, name",
} as const;

/** Every model version, oldest first. */
export const versionsQuery = "select model, number from model_versions order by model, number";

const ofRuns = [
  "runs",
  "params",
  "tags",
  "metrics",
  "metric_series",
  "artifacts",
  "datasets",
  "logged_tables",
];
const ofVersions = [
  "version_tags",
  "version_profiles",
  "version_backgrounds",
  "stage_transitions",
  "deployments",
];

/** Columns as other programs read them: JSON is text. */
const plainColumns: Readonly<Record<string, string>> = {
  datasets: "* replace (schema::varchar as schema, profile::varchar as profile)",
  model_versions:
    "* replace (input::varchar as input, output::varchar as output, sample::varchar as sample)",
  metric_series: "* exclude (series_id)",
};

/**
 * One statement for each table, which writes it as Parquet; of these runs and the versions they made, or of everything.
 *
 * @param file where a table goes
 */
export function copyStatements(
  file: (table: string) => string,
  runIds: readonly string[] | undefined,
): { table: string; sql: string }[] {
  const ids = runIds && listed(quotedText(JSON.stringify(runIds)));
  const copy = (table: string, condition: string, order = "all") => ({
    table,
    sql: `copy (select ${plainColumns[table] ?? "*"} from ${table} ${ids ? `where ${condition}` : ""} order by ${order})
      to ${quotedText(file(table))} (format parquet, compression zstd)`,
  });
  const versions = `(model, number) in (select (model, number) from model_versions where run_id in ${ids ?? ""})`;
  return [
    ...ofRuns.map((table) =>
      copy(
        table,
        `run_id in ${ids ?? ""}`,
        table === "metrics" ? "run_id, key, step, timestamp" : "all",
      ),
    ),
    copy("model_versions", `run_id in ${ids ?? ""}`, "model, number"),
    ...ofVersions.map((table) => copy(table, versions)),
  ];
}

/** Files that the tables name. */
export const filesQueries = {
  artifacts: "select run_id, name, digest from artifacts order by all",
  tables: "select run_id, path from logged_tables order by all",
} as const;

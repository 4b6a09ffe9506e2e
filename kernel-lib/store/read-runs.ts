import { AssayerError } from "../errors";
import { queryRows, type Connection, type SqlValue } from "./connection";
import { numberColumns } from "./number-columns";
import { listDatasets, type Dataset } from "./read-datasets";
import { addCells } from "./run-cells";
import type { ParamValue, RunSource, RunStatus, TableKind } from "./events";

export interface Experiment {
  name: string;
  runs: number;
  /** Of them, those that go on. */
  running: number;
  lastStartedAt: Date;
}

/** A run as a list shows it. */
export interface RunSummary {
  runId: string;
  name: string;
  experiment: string;
  status: RunStatus;
  startedAt: Date;
  endedAt: Date | null;
  parentRunId: string | null;
  params: Record<string, ParamValue>;
  /** Last value of each metric. */
  metrics: Record<string, number>;
  tags: Record<string, string>;
}

export interface MetricSummary {
  key: string;
  count: number;
  lastValue: number;
  lastStep: number;
  /** NaN apart; NaN when there is nothing else. */
  minValue: number;
  maxValue: number;
}

/** All values of one metric of one run, by step. */
export interface MetricSeries {
  key: string;
  steps: Float64Array;
  /** Milliseconds since the epoch. */
  timestamps: Float64Array;
  values: Float64Array;
}

export interface Artifact {
  name: string;
  /** SHA-256 of the bytes. */
  digest: string;
  size: number;
  mediaType: string;
  loggedAt: Date;
}

export interface LoggedTable {
  kind: TableKind;
  name: string;
  rows: number;
  columns: string[];
  /** Parquet file, relative to the store's folder. */
  path: string;
  loggedAt: Date;
}

/** A run with all that was logged about it, but for points of metrics and rows of tables. */
export interface StoredRun extends RunSummary {
  note: string | null;
  error: string | null;
  source: RunSource;
  series: MetricSummary[];
  artifacts: Artifact[];
  tables: LoggedTable[];
  datasets: Dataset[];
}

export interface ListRunsOptions {
  experiment?: string;
  /** These runs alone. */
  runIds?: readonly string[];
  /** `started_at` (default), `ended_at`, `name`, `status`, `experiment`, `metrics.<key>`, `params.<key>` or `tags.<key>`. */
  orderBy?: string;
  /** Default true: newest or highest first. Runs without the value come last either way. */
  descending?: boolean;
  /** Default 1000, or as many as `runIds` names. */
  limit?: number;
  offset?: number;
}

const orderColumns = ["started_at", "ended_at", "name", "status", "experiment"];

/** A run's value to order by, as a scalar subquery with one parameter, or a column. */
function orderExpression(orderBy: string): { sql: string; params: string[] } {
  if (orderColumns.includes(orderBy)) return { sql: orderBy, params: [] };
  const [group, ...rest] = orderBy.split(".");
  const params = [rest.join(".")];
  switch (rest.length > 0 ? group : undefined) {
    case "metrics":
      return {
        sql: "(select last_value from metric_series m where m.run_id = r.run_id and key = ? and not isnan(last_value))",
        params,
      };
    case "params":
      return {
        sql: "(select {'number': number, 'text': value} from params p where p.run_id = r.run_id and key = ?)",
        params,
      };
    case "tags":
      return { sql: "(select value from tags t where t.run_id = r.run_id and key = ?)", params };
    default:
      throw new AssayerError(
        "invalid-argument",
        `unknown orderBy: ${orderBy}; expected one of ${orderColumns.join(", ")}, metrics.<key>, params.<key>, tags.<key>`,
      );
  }
}

function requireCount(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new AssayerError(
    "invalid-argument",
    `reading requires a whole ${what} of 0 or more; got ${value}`,
  );
}

interface RunRow {
  run_id: string;
  name: string;
  experiment: string;
  status: RunStatus;
  started_at: Date;
  ended_at: Date | null;
  parent_run_id: string | null;
  note: string | null;
  error: string | null;
  source_kind: RunSource["kind"];
  source_name: string | null;
  git_commit: string | null;
  git_dirty: boolean | null;
  node_version: string;
  assayer_version: string;
  user_name: string;
}

type ListedColumn =
  "run_id" | "name" | "experiment" | "status" | "started_at" | "ended_at" | "parent_run_id";
const listedColumns = "run_id, name, experiment, status, started_at, ended_at, parent_run_id";

async function summarize(
  connection: Connection,
  rows: readonly Pick<RunRow, ListedColumn>[],
): Promise<RunSummary[]> {
  const summaries = rows.map((row): RunSummary => ({
    runId: row.run_id,
    name: row.name,
    experiment: row.experiment,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    parentRunId: row.parent_run_id,
    params: {},
    metrics: {},
    tags: {},
  }));
  await addCells(connection, summaries);
  return summaries;
}

export async function listExperiments(connection: Connection): Promise<Experiment[]> {
  return queryRows<Experiment & Record<string, unknown>>(
    connection,
    `select experiment as name, runs, running, last_started_at as "lastStartedAt" from experiments order by last_started_at desc`,
  );
}

/** @throws AssayerError "unknown-experiment" when an experiment is named that has no runs */
export async function listRuns(
  connection: Connection,
  options: ListRunsOptions = {},
): Promise<RunSummary[]> {
  const { experiment, runIds, orderBy = "started_at", descending = true } = options;
  const { limit = runIds?.length ?? 1000, offset = 0 } = options;
  const order = orderExpression(orderBy);
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  if (experiment !== undefined) {
    conditions.push("experiment = ?");
    params.push(experiment);
  }
  if (runIds) {
    conditions.push(`run_id in (select unnest(from_json(?, '["VARCHAR"]')))`);
    params.push(JSON.stringify(runIds));
  }
  params.push(...order.params, requireCount(limit, "limit"), requireCount(offset, "offset"));
  const rows = await queryRows<Pick<RunRow, ListedColumn>>(
    connection,
    `select ${listedColumns} from runs r ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
      order by ${order.sql} ${descending ? "desc" : "asc"} nulls last, run_id desc limit ? offset ?`,
    params,
  );
  if (rows.length === 0 && experiment !== undefined)
    await requireExperiment(connection, experiment);
  return summarize(connection, rows);
}

async function requireExperiment(connection: Connection, name: string): Promise<void> {
  const known = await listExperiments(connection);
  if (known.some((experiment) => experiment.name === name)) return;
  throw new AssayerError(
    "unknown-experiment",
    `unknown experiment: ${name}; expected one of ${known.map((each) => each.name).join(", ") || "none yet"}`,
  );
}

async function requireRun(connection: Connection, runId: string): Promise<RunRow> {
  const [row] = await queryRows<RunRow>(connection, "select * from runs where run_id = ?", [runId]);
  if (!row) throw new AssayerError("unknown-run", `unknown run: ${runId}`);
  return row;
}

/** @throws AssayerError "unknown-run" when one of them is not there */
export async function requireRuns(
  connection: Connection,
  runIds: readonly string[],
): Promise<void> {
  const rows = await queryRows<{ id: string }>(
    connection,
    `select id from (select unnest(from_json(?, '["VARCHAR"]')) as id) anti join runs on runs.run_id = id`,
    [JSON.stringify(runIds)],
  );
  if (rows[0]) throw new AssayerError("unknown-run", `unknown run: ${rows[0].id}`);
}

export async function readRun(connection: Connection, runId: string): Promise<StoredRun> {
  const row = await requireRun(connection, runId);
  const [summary] = await summarize(connection, [row]);
  const series = await queryRows<MetricSummary>(
    connection,
    `select key, count, last_value as "lastValue", last_step as "lastStep", coalesce(min_value, 'nan') as "minValue",
      coalesce(max_value, 'nan') as "maxValue" from metric_series where run_id = ? order by key`,
    [runId],
  );
  const artifacts = await queryRows<Artifact>(
    connection,
    `select name, digest, size, media_type as "mediaType", logged_at as "loggedAt" from artifacts
      where run_id = ? order by name`,
    [runId],
  );
  const tables = await listTables(connection, runId);
  return {
    ...(summary as RunSummary),
    note: row.note,
    error: row.error,
    source: {
      kind: row.source_kind,
      name: row.source_name,
      gitCommit: row.git_commit,
      gitDirty: row.git_dirty,
      nodeVersion: row.node_version,
      assayerVersion: row.assayer_version,
      user: row.user_name,
    },
    series,
    artifacts,
    tables,
    datasets: await listDatasets(connection, runId),
  };
}

function listTables(connection: Connection, runId: string): Promise<LoggedTable[]> {
  return queryRows<LoggedTable>(
    connection,
    `select kind, name, row_count as "rows", columns, path, logged_at as "loggedAt" from logged_tables
      where run_id = ? order by kind, name`,
    [runId],
  );
}

/** Rows of one logged table, or the first of them, in the order in which they were given. */
export async function readLoggedTable(
  connection: Connection,
  runId: string,
  kind: TableKind,
  name: string,
  options: { limit?: number } = {},
): Promise<Record<string, unknown>[]> {
  await requireRun(connection, runId);
  const tables = await listTables(connection, runId);
  const table = tables.find((each) => each.kind === kind && each.name === name);
  if (!table)
    throw new AssayerError(
      "unknown-table",
      `unknown table: ${kind} ${name}; expected one of ${tables.map((each) => `${each.kind} ${each.name}`).join(", ") || "none"}`,
    );
  const rows = await queryRows(
    connection,
    "select * from read_parquet(?, hive_partitioning = false) limit ?",
    [table.path, requireCount(options.limit ?? table.rows, "limit")],
  );
  // Columns without a value are not in the file.
  return rows.map((row) =>
    Object.fromEntries(table.columns.map((name) => [name, row[name] ?? null])),
  );
}

const empty = new Float64Array();

/** The points of a run's metrics by step, of all keys or of those named. */
export async function readMetricHistory(
  connection: Connection,
  runId: string,
  keys?: readonly string[],
): Promise<MetricSeries[]> {
  await requireRun(connection, runId);
  const series = await queryRows<{ id: number; key: string }>(
    connection,
    "select series_id as id, key from metric_series where run_id = ? order by key",
    [runId],
  );
  const wanted = series.filter(({ key }) => keys === undefined || keys.includes(key));
  const history: MetricSeries[] = [];
  for (const { id, key } of wanted) {
    const [steps = empty, timestamps = empty, values = empty] = await numberColumns(
      connection,
      `select step::double, epoch_us(timestamp)::double / 1000, value from metric_points where series_id = ?
        order by step, timestamp`,
      [id],
    );
    history.push({ key, steps, timestamps, values });
  }
  return history;
}

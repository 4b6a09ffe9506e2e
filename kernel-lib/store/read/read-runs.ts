import { AssayerError } from "../../errors";
import { requireCount } from "../check";
import { queryRows, type Connection } from "../connection";
import type { RunSource, TableKind } from "../journal/events";
import { listDatasets, type Dataset } from "./read-datasets";
import { searchRuns, type RunSummary } from "./search-runs";

export interface MetricSummary {
  key: string;
  count: number;
  lastValue: number;
  lastStep: number;
  /** NaN apart; NaN when there is nothing else. */
  minValue: number;
  maxValue: number;
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

interface RunRow {
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
  const [summary] = await searchRuns(connection, { runIds: [runId], include: "all" });
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
    [table.path, requireCount(options.limit ?? table.rows, "readTable: limit")],
  );
  // Columns without a value are not in the file.
  return rows.map((row) =>
    Object.fromEntries(table.columns.map((name) => [name, row[name] ?? null])),
  );
}

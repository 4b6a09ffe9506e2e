import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Database, SQLiteValue } from "node-sqlite3-wasm";
import { AssayerError, messageOf } from "../errors";
import type {
  MlflowDataset,
  MlflowLoggedModel,
  MlflowRun,
  MlflowSeries,
  MlflowSource,
  MlflowVersion,
} from "./mlflow-source";

type Cell = SQLiteValue | undefined;
type Row = Record<string, Cell>;

/** Tables that hold nothing of their own, or that are read. */
const silentTables =
  /^(alembic_version|experiments|runs|params|tags|metrics|latest_metrics|datasets|inputs|input_tags|logged_model.*|registered_model.*|model_version.*|workspaces|sqlite_.*|sql_.*|.*_rollups|trace_(tags|metrics|request_metadata)|spans?|span_metrics|webhook_events|job_locks|scheduler_leases)$/u;

const tableNames: Readonly<Record<string, string>> = {
  trace_info: "traces",
  experiment_tags: "tags of experiments",
  assessments: "assessments of traces",
};

/** SQLite has no infinities for MLflow, which keeps them as the numbers next to them. */
const largest = Number.MAX_VALUE;

function text(cell: Cell): string | null {
  return cell === null || cell === undefined || cell instanceof Uint8Array ? null : String(cell);
}

function word(cell: Cell): string {
  return text(cell) ?? "";
}

function number(cell: Cell): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}

function metricValue(value: Cell, isNan: Cell): number {
  if (Boolean(isNan) || value === null) return NaN;
  const real = Number(value);
  if (real >= largest) return Infinity;
  return real <= -largest ? -Infinity : real;
}

function isSqlite(path: string): boolean {
  const magic = Buffer.alloc(16);
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, magic, 0, 16, 0);
  } finally {
    closeSync(descriptor);
  }
  return magic.toString("latin1") === "SQLite format 3\0";
}

function stateOf(path: string): string {
  return ["", "-wal", "-journal"]
    .map((suffix) => {
      const stat = statSync(path + suffix, { throwIfNoEntry: false });
      return stat === undefined ? "" : `${stat.size} ${stat.mtimeMs}`;
    })
    .join("/");
}

/** A copy with its journals, since SQLite writes beside a database even to read it; of one state, if it is in use. */
function copyDatabase(path: string, folder: string): string {
  const copy = join(folder, "mlflow.db");
  for (let tries = 0; tries < 5; tries++) {
    const before = stateOf(path);
    for (const suffix of ["", "-wal", "-journal"])
      if (existsSync(path + suffix))
        copyFileSync(path + suffix, copy + suffix, constants.COPYFILE_FICLONE);
    if (stateOf(path) === before) return copy;
  }
  throw new AssayerError(
    "invalid-source",
    `importMlflow requires a database that nobody writes to at the moment; got ${path}, which changed during five copies`,
  );
}

/**
 * Opens the SQLite database of an MLflow store through a copy, so that the source is never touched.
 *
 * @param folder where the copy goes; the caller deletes it
 * @throws AssayerError "invalid-source" for a file that is no such database
 */
export async function openMlflowSqlite(path: string, folder: string): Promise<MlflowSource> {
  const refuse = (got: string, cause?: unknown) =>
    new AssayerError(
      "invalid-source",
      `importMlflow requires an MLflow store; got ${got}: ${path}`,
      {
        cause,
      },
    );
  if (!isSqlite(path)) throw refuse("a file that is no SQLite database");
  const { default: sqlite } = await import("node-sqlite3-wasm");
  const copy = copyDatabase(path, folder);
  let database: Database | undefined;
  try {
    database = new sqlite.Database(copy, { fileMustExist: true });
    // Without shared memory SQLite reads a write-ahead log only as its sole user.
    database.exec("pragma locking_mode = exclusive");
    return new SqliteSource(database, path);
  } catch (cause) {
    database?.close();
    if (cause instanceof AssayerError) throw cause;
    throw refuse(`a database that cannot be read (${messageOf(cause)})`, cause);
  }
}

class SqliteSource implements MlflowSource {
  private readonly columns = new Map<string, Set<string>>();
  private readonly tables: string[];

  constructor(
    private readonly database: Database,
    private readonly path: string,
  ) {
    this.tables = database
      .all("select name from sqlite_master where type = 'table'")
      .map(({ name }) => word(name as Cell));
    for (const [table, columns] of Object.entries(neededColumns))
      this.requireColumns(table, columns);
    // Stores of old versions have none, and each run would cost a scan. This is our copy.
    const indexed = this.rows(
      `select 1 from pragma_index_list('metrics') list, pragma_index_info(list.name) column
        where column.seqno = 0 and column.name = 'run_uuid'`,
    );
    if (indexed.length === 0) database.exec("create index assayer_metrics on metrics(run_uuid)");
  }

  experiments(): ReadonlyMap<string, number> {
    const counts = new Map(
      this.rows("select experiment_id, count(*) as runs from runs group by experiment_id").map(
        (row) => [row.experiment_id, Number(row.runs)],
      ),
    );
    return new Map(
      [...this.experimentNames()].map(([id, name]) => [name, counts.get(id as never) ?? 0]),
    );
  }

  *runs(experiments: ReadonlySet<string>): Iterable<MlflowRun> {
    const names = this.experimentNames();
    for (const row of this.rows("select * from runs order by start_time, run_uuid")) {
      const experiment = names.get(row.experiment_id as number);
      if (experiment === undefined || !experiments.has(experiment)) continue;
      const id = word(row.run_uuid);
      yield {
        id,
        experiment,
        name: text(row.name),
        status: text(row.status) ?? "FINISHED",
        deleted: row.lifecycle_stage === "deleted",
        deletedAt: number(row.deleted_time),
        startedAt: number(row.start_time),
        endedAt: number(row.end_time),
        user: text(row.user_id),
        sourceType: text(row.source_type),
        sourceName: text(row.source_name),
        sourceVersion: text(row.source_version),
        artifactUri: text(row.artifact_uri),
        params: this.pairs("params", "run_uuid = ?", [id]),
        tags: this.pairs("tags", "run_uuid = ?", [id]),
        datasets: this.datasetsOf(id),
      };
    }
  }

  *history({ id }: MlflowRun): Iterable<MlflowSeries> {
    const statement = this.database.prepare(
      `select key, step, timestamp, value, ${this.has("metrics", "is_nan") ? "is_nan" : "0 as is_nan"}
        from metrics where run_uuid = ? order by key, step, timestamp`,
    );
    let key: string | undefined;
    let points: [number[], number[], number[]] = [[], [], []];
    const series = (): MlflowSeries => {
      const [values, steps, timestamps] = points.map((column) => Float64Array.from(column));
      points = [[], [], []];
      return { key, values, steps, timestamps } as MlflowSeries;
    };
    try {
      for (const row of statement.iterate([id])) {
        if (row.key !== key) {
          if (key !== undefined) yield series();
          key = row.key as string;
        }
        points[0].push(metricValue(row.value as Cell, row.is_nan as Cell));
        points[1].push(Number(row.step));
        points[2].push(Number(row.timestamp));
      }
      if (key !== undefined) yield series();
    } finally {
      statement.finalize();
    }
  }

  *loggedModels(): Iterable<MlflowLoggedModel> {
    if (!this.tables.includes("logged_models")) return;
    const names = this.experimentNames();
    for (const row of this.rows(
      "select * from logged_models where coalesce(lifecycle_stage, 'active') <> 'deleted' order by creation_timestamp_ms, model_id",
    )) {
      const id = word(row.model_id);
      const pairs = (table: string, prefix: string) =>
        Object.fromEntries(
          this.pairs(table, "model_id = ?", [id], `${prefix}_key`, `${prefix}_value`),
        );
      yield {
        id,
        name: text(row.name) ?? id,
        experiment: names.get(row.experiment_id as number) ?? "",
        runId: text(row.source_run_id),
        createdAt: number(row.creation_timestamp_ms) ?? 0,
        artifactUri: word(row.artifact_location),
        description: {
          modelId: id,
          name: row.name,
          type: row.model_type,
          status: row.status,
          createdAt: number(row.creation_timestamp_ms),
          params: pairs("logged_model_params", "param"),
          tags: pairs("logged_model_tags", "tag"),
          metrics: this.rows("select * from logged_model_metrics where model_id = ?", [id]).map(
            (metric) => ({
              key: metric.metric_name,
              value: metric.metric_value,
              step: number(metric.metric_step),
              timestamp: number(metric.metric_timestamp_ms),
              runId: metric.run_id,
              datasetName: metric.dataset_name,
              datasetDigest: metric.dataset_digest,
            }),
          ),
        },
      };
    }
  }

  *versions(): Iterable<MlflowVersion> {
    if (!this.tables.includes("model_versions")) return;
    for (const row of this.rows(
      "select * from model_versions where current_stage <> 'Deleted_Internal' order by name, version",
    )) {
      const name = word(row.name);
      const version = Number(row.version);
      const workspace = text(row.workspace);
      const inside = workspace === null ? "" : " and workspace = ?";
      const of = (values: (string | number)[]) =>
        workspace === null ? values : [...values, workspace];
      const [model] = this.rows(
        `select * from registered_models where name = ?${inside}`,
        of([name]),
      );
      yield {
        model: scoped(workspace, name),
        version,
        createdAt: number(row.creation_time) ?? 0,
        updatedAt: number(row.last_updated_time) ?? number(row.creation_time) ?? 0,
        description: text(row.description),
        user: text(row.user_id),
        stage: text(row.current_stage) ?? "None",
        source: text(row.source),
        storageLocation: text(row.storage_location),
        runId: text(row.run_id),
        tags: this.pairs(
          "model_version_tags",
          `name = ? and version = ?${inside}`,
          of([name, version]),
        ),
        aliases: this.tables.includes("registered_model_aliases")
          ? this.rows(
              `select alias from registered_model_aliases where name = ? and version = ?${inside} order by alias`,
              of([name, version]),
            ).map(({ alias }) => word(alias))
          : [],
        modelDescription: text(model?.description),
        modelTags: this.pairs("registered_model_tags", `name = ?${inside}`, of([name])),
      };
    }
  }

  *others(): Iterable<{ what: string; count: number }> {
    const count = (sql: string) => Number(this.rows(`select count(*) as n ${sql}`)[0]?.n ?? 0);
    for (const table of this.tables)
      if (!silentTables.test(table)) {
        const what = tableNames[table] ?? table.replaceAll("_", " ");
        yield { what, count: count(`from "${table.replaceAll('"', '""')}"`) };
      }
    if (this.tables.includes("registered_models"))
      yield {
        what: "registered models without a version",
        count: count(
          "from registered_models r where not exists (select 1 from model_versions v where v.name = r.name and v.current_stage <> 'Deleted_Internal')",
        ),
      };
    if (this.has("logged_models", "lifecycle_stage"))
      yield {
        what: "deleted logged models",
        count: count("from logged_models where lifecycle_stage = 'deleted'"),
      };
  }

  close(): void {
    this.database.close();
  }

  private datasetsOf(runId: string): MlflowDataset[] {
    if (!this.tables.includes("inputs")) return [];
    return this.rows(
      `select d.*, i.input_uuid from inputs i join datasets d on d.dataset_uuid = i.source_id
        where i.destination_id = ? and i.source_type = 'DATASET' and i.destination_type = 'RUN' order by d.name, d.digest`,
      [runId],
    ).map((row) => ({
      name: word(row.name),
      digest: word(row.digest),
      sourceType: word(row.dataset_source_type),
      source: word(row.dataset_source),
      schema: text(row.dataset_schema),
      profile: text(row.dataset_profile),
      tags: this.pairs("input_tags", "input_uuid = ?", [row.input_uuid as string], "name"),
    }));
  }

  /** Names of experiments by their ids, with the workspace before it where it is not the usual one. */
  private experimentNames(): Map<number, string> {
    return new Map(
      this.rows("select * from experiments order by experiment_id").map((row) => [
        row.experiment_id as number,
        scoped(text(row.workspace), word(row.name)),
      ]),
    );
  }

  private pairs(
    table: string,
    condition: string,
    values: (string | number)[],
    key = "key",
    value = "value",
  ): Map<string, string> {
    if (!this.tables.includes(table)) return new Map();
    const rows = this.rows(
      `select ${key} as k, ${value} as v from ${table} where ${condition} order by ${key}`,
      values,
    );
    return new Map(rows.map((row) => [word(row.k), word(row.v)]));
  }

  private rows(sql: string, values: (string | number)[] = []): Row[] {
    try {
      return this.database.all(sql, values) as Row[];
    } catch (cause) {
      throw new AssayerError(
        "invalid-source",
        `importMlflow requires a sound MLflow database; got ${messageOf(cause)} in ${this.path}`,
        { cause },
      );
    }
  }

  private has(table: string, column: string): boolean {
    let columns = this.columns.get(table);
    if (!columns) {
      columns = new Set(
        this.rows(`select name from pragma_table_info('${table}')`).map(({ name }) => word(name)),
      );
      this.columns.set(table, columns);
    }
    return columns.has(column);
  }

  private requireColumns(table: string, columns: readonly string[]): void {
    const missing = columns.find((column) => !this.has(table, column));
    if (missing === undefined) return;
    const schema = this.tables.includes("alembic_version")
      ? text(this.rows("select version_num from alembic_version")[0]?.version_num)
      : null;
    throw new AssayerError(
      "invalid-source",
      `importMlflow requires an MLflow store, where ${table} has a column ${missing}; got ${schema === null ? "another database" : `one of schema ${schema}, which is newer or much older than this version of assayer knows`}: ${this.path}`,
    );
  }
}

const neededColumns: Readonly<Record<string, readonly string[]>> = {
  experiments: ["experiment_id", "name"],
  runs: ["run_uuid", "experiment_id", "status", "start_time", "lifecycle_stage", "artifact_uri"],
  params: ["run_uuid", "key", "value"],
  tags: ["run_uuid", "key", "value"],
  metrics: ["run_uuid", "key", "value", "timestamp", "step"],
};

function scoped(workspace: string | null, name: string): string {
  return workspace === null || workspace === "default" ? name : `${workspace}/${name}`;
}

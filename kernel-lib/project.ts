import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Table } from "apache-arrow";
import { AssayerError } from "./errors";
import { Registry, type ModelVersion } from "./registry/registry";
import { importanceHistory, type ImportanceRecord } from "./registry/version-explanation";
import { readArtifact } from "./store/artifacts";
import type { SqlValue } from "./store/connection";
import type { RunSource, TableKind } from "./store/journal/events";
import { durabilities, type Durability } from "./store/journal/journal";
import { continueRun } from "./store/read/continue-run";
import { createStore, findStore, storePaths } from "./store/layout";
import { backupStore, type BackupReport } from "./store/upkeep/backup";
import {
  collectGarbage,
  type GarbageOptions,
  type GarbageReport,
} from "./store/upkeep/collect-garbage";
import { compactStore, type CompactReport } from "./store/upkeep/compact";
import { examineStore, type DoctorOptions, type DoctorReport } from "./store/upkeep/doctor";
import type { LongWork } from "./store/long-work";
import { mergeStore, type MergeReport } from "./store/upkeep/merge";
import { storedExplanation, type StoredExplanation } from "./store/tables/explanation-table";
import { queryArrow } from "./store/tables/query-arrow";
import { listVersionsOfRun } from "./store/read/read-registry";
import {
  compareRuns,
  type CompareRunsOptions,
  type RunComparison,
} from "./store/read/compare-runs";
import { listExperiments, type Experiment } from "./store/read/read-experiments";
import {
  describeReports,
  findReport,
  findReports,
  readReportFile,
  type ListReportsOptions,
  type ReportInfo,
} from "./store/reports/list-reports";
import type { Report, ReportKind } from "./store/reports/report-file";
import { reportRows, type ReportRowsOptions } from "./store/reports/report-rows";
import type { StoredSource } from "./store/scan/data-source";
import { projectSource, type ProjectTable } from "./store/scan/project-source";
import { readLoggedTable, readRun, requireRuns, type StoredRun } from "./store/read/read-runs";
import {
  metricHistory,
  type MetricHistoryOptions,
  type MetricSeries,
} from "./store/read/sample-history";
import {
  arrowOfColumns,
  listRunColumns,
  searchRunColumns,
  type RunColumnInfo,
  type RunColumns,
} from "./store/read/search-columns";
import {
  includedSql,
  searchRuns,
  type IncludedRuns,
  type RunSummary,
  type SearchRunsOptions,
} from "./store/read/search-runs";
import { Store } from "./store/store";
import { watchStore, type Watcher } from "./store/watch";
import { watchCells } from "./tracking/notebook-cells";
import { Run, type BackgroundOptions, type RunContext, type StartRunOptions } from "./tracking/run";
import { editRuns, updateRun, type RunChange } from "./tracking/edit-runs";
import { readSource } from "./tracking/source";
import { samplingSeconds } from "./tracking/system-metrics";
import { withRun } from "./tracking/with-run";

/** All that is known of a run, with the model versions it made. */
export interface RunDetail extends StoredRun {
  versions: ModelVersion[];
}

export interface OpenProjectOptions {
  /** Name of a project that is made here; default the folder's name. */
  name?: string;
  /** Make a project where none is found, default true. */
  create?: boolean;
  /**
   * What a record survives once its log call returned: `process` (default), kill -9 at any moment, and power loss
   * some ten milliseconds later; `fsync`, power loss too, for about a millisecond a call. Changes of the registry
   * always survive power loss.
   */
  durability?: Durability;
}

/**
 * Opens the project of the nearest `.assayer` folder, going up from `path`, or makes one in `path`.
 *
 * @param path default the working directory
 * @throws AssayerError "invalid-store" for a folder that is no store, "newer-store" for one of a later format
 * @example const project = await openProject();
 */
export async function openProject(
  path = process.cwd(),
  options: OpenProjectOptions = {},
): Promise<Project> {
  if (!existsSync(path) && options.create === false)
    throw new AssayerError("invalid-argument", `openProject requires a folder; got ${path}`);
  let directory = findStore(path);
  if (directory === undefined && options.create === false)
    throw new AssayerError(
      "invalid-store",
      `openProject requires a project; got none in ${path} or above: run \`assayer init\` there`,
    );
  directory ??= createStore(path, options.name);
  const { durability } = options;
  if (durability !== undefined && !durabilities.includes(durability))
    throw new AssayerError(
      "invalid-argument",
      `unknown durability: ${durability}; expected one of ${durabilities.join(", ")}`,
    );
  const store = new Store(directory, durability);
  return new Project(store, await readSource(dirname(directory)));
}

watchCells();

const openProjects = new Set<Project>();
process.once("exit", (code) => {
  for (const project of openProjects) project.leave(code);
});

/** One project: what is logged in it, its registry, and SQL over both. */
export class Project {
  readonly registry: Registry;
  private readonly openRuns = new Set<Run>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly resuming = new Map<string, Promise<Run>>();

  /** @internal Projects come from `openProject`. */
  constructor(
    private readonly store: Store,
    private readonly runSource: RunSource,
  ) {
    this.registry = new Registry(store);
    openProjects.add(this);
  }

  /** @internal For a process that is leaving: only what takes no waiting. */
  leave(code: number): void {
    this.endRuns(code === 0 ? "finished" : "failed");
    this.store.retries.tellLost();
    this.store.journal.close();
  }

  get id(): string {
    return this.store.manifest.id;
  }

  get name(): string {
    return this.store.manifest.name;
  }

  /** The project's folder. */
  get root(): string {
    return dirname(this.store.directory);
  }

  /** The store's folder: `.assayer` under `root`. */
  get directory(): string {
    return this.store.directory;
  }

  get stages(): readonly string[] {
    return this.store.manifest.stages;
  }

  /** Begins a run. Returns at once; a run that nobody ends is ended with the process. */
  startRun(options: StartRunOptions): Run {
    return Run.begin(this.runContext(), options);
  }

  /**
   * Does `work` with a new run, and ends it: finished, or failed with what `work` threw, which is thrown on. The
   * stack of an error is kept as the artifact error.txt.
   *
   * @returns what `work` returned
   * @example const auc = await project.withRun({ experiment: "wages" }, async (run) => train(run));
   */
  withRun<T>(options: StartRunOptions, work: (run: Run) => T | Promise<T>): Promise<T> {
    return withRun(() => this.startRun(options), work);
  }

  /**
   * Makes a run that ended go on: its params are known and cannot change, and the steps of a metric follow the
   * highest one that was stored. A run that is still open in this process is returned as it is.
   *
   * @throws AssayerError "unknown-run", "run-deleted", or "run-running" when it is running in another process
   */
  async resumeRun(runId: string, options: BackgroundOptions = {}): Promise<Run> {
    samplingSeconds(options.systemMetrics);
    const open = [...openProjects]
      .filter(({ directory }) => directory === this.directory)
      .flatMap(({ openRuns }) => [...openRuns])
      .find(({ id }) => id === runId);
    if (open) return open;
    const known = this.resuming.get(runId);
    if (known) return known;
    const resumed = continueRun(this.store, runId)
      .then((ended) => Run.resume(this.runContext(), ended, options))
      .finally(() => this.resuming.delete(runId));
    this.resuming.set(runId, resumed);
    return resumed;
  }

  private runContext(): RunContext {
    const { store, root, runSource: source, registry, openRuns, underWay } = this;
    return { store, root, source, registry, openRuns, underWay };
  }

  /**
   * Rows of a query over the project's tables: see ARCHITECTURE.md for their columns. It cannot change them.
   *
   * @param params values of the `?` in the query
   * @returns rows with BIGINT as number where that is exact, and TIMESTAMP (UTC) as Date
   * @throws AssayerError "invalid-sql"
   * @example await project.sql("select run_id, key, value from metrics where key = ?", ["auc"])
   */
  sql(query: string, params?: readonly SqlValue[]): Promise<Record<string, unknown>[]> {
    return this.store.rows(query, params);
  }

  /** As `sql`, but the answer is an Apache Arrow table. */
  arrow(query: string, params?: readonly SqlValue[]): Promise<Table> {
    return this.store.read((connection) => queryArrow(connection, query, params));
  }

  /** Experiments with their runs, the one that was used last first. */
  experiments(options: { include?: IncludedRuns } = {}): Promise<Experiment[]> {
    const condition = includedSql(options.include);
    return this.store.read((connection) => listExperiments(connection, condition));
  }

  /**
   * Runs that a filter finds, the newest first unless `orderBy` says otherwise: as rows, as columns (typed arrays,
   * for tables of very many runs and metrics) or as an Apache Arrow table.
   *
   * The filter is the language of MLflow's `search_runs`, and with it `or`, `not`, parentheses and numbers for
   * params: `metrics.auc > 0.8 and (params.depth <= 6 or tags."git branch" like 'main%')`. Attributes are `status`,
   * `name`, `started_at`, `user`, `starred` and so on, also by MLflow's names. A run without the key matches
   * neither = nor !=; `not (…)` is every other run.
   *
   * @throws AssayerError "invalid-filter" with the position of what was not expected, "unknown-experiment"
   * @example await project.searchRuns({ filter: "metrics.auc > 0.8", orderBy: "metrics.auc desc", limit: 10 })
   */
  searchRuns(options?: SearchRunsOptions & { as?: "rows" }): Promise<RunSummary[]>;
  searchRuns(options: SearchRunsOptions & { as: "columns" }): Promise<RunColumns>;
  searchRuns(options: SearchRunsOptions & { as: "arrow" }): Promise<Table>;
  searchRuns(
    options: SearchRunsOptions & { as?: "rows" | "columns" | "arrow" } = {},
  ): Promise<RunSummary[] | RunColumns | Table> {
    const { as = "rows" } = options;
    return this.store.read<RunSummary[] | RunColumns | Table>(async (connection) => {
      switch (as) {
        case "rows":
          return searchRuns(connection, options);
        case "columns":
          return searchRunColumns(connection, options);
        case "arrow":
          return arrowOfColumns(await searchRunColumns(connection, options));
        default:
          throw new AssayerError(
            "invalid-argument",
            `unknown as: ${String(as)}; expected one of rows, columns, arrow`,
          );
      }
    });
  }

  /** Every metric, param and tag of the visible runs, with how many of them have it. */
  runColumns(): Promise<RunColumnInfo[]> {
    return this.store.read(listRunColumns);
  }

  /**
   * Runs side by side: params, last, lowest and highest values of metrics with the best run of each, tags, code and
   * data.
   *
   * @param options.directions whether `lower` or `higher` is better, by metric; else its name decides
   * @throws AssayerError "unknown-run"
   * @example (await project.compareRuns([a.id, b.id])).params.filter(({ differs }) => differs)
   */
  compareRuns(runIds: readonly string[], options?: CompareRunsOptions): Promise<RunComparison> {
    return this.store.read((connection) => compareRuns(connection, runIds, options));
  }

  /** @throws AssayerError "unknown-run" */
  run(runId: string): Promise<RunDetail> {
    return this.store.read(async (connection) => ({
      ...(await readRun(connection, runId)),
      versions: await listVersionsOfRun(connection, runId),
    }));
  }

  /**
   * Changes what people say about a run: its name, star, note and tags, and whether lists hide it. What it logged
   * never changes.
   *
   * @throws AssayerError "unknown-run"
   * @example await project.updateRun(run.id, { starred: true, tags: { team: "risk", draft: null } })
   */
  async updateRun(runId: string, change: RunChange): Promise<void> {
    await this.store.read((connection) => requireRuns(connection, [runId]));
    updateRun(this.store, runId, change);
    await this.store.refresh();
  }

  /**
   * Deletes runs softly: no list shows them, and `restoreRuns` brings them back until `collectGarbage`.
   *
   * @throws AssayerError "unknown-run" when one of them is not there; then none is deleted
   */
  deleteRuns(runIds: readonly string[]): Promise<void> {
    return this.setDeleted(runIds, true);
  }

  /** @throws AssayerError "unknown-run" */
  restoreRuns(runIds: readonly string[]): Promise<void> {
    return this.setDeleted(runIds, false);
  }

  private async setDeleted(runIds: readonly string[], deleted: boolean): Promise<void> {
    await this.store.read((connection) => requireRuns(connection, runIds));
    editRuns(this.store, runIds, { deleted });
    await this.store.refresh();
  }

  /**
   * Points of metrics of one run or several, by step: all of them, or at most `maxPoints` of each series that draw
   * the same line, its extremes and gaps kept.
   *
   * @throws AssayerError "unknown-run"
   * @example await project.metricHistory([a.id, b.id], { keys: ["loss"], maxPoints: 500 })
   */
  metricHistory(
    runIds: string | readonly string[],
    options?: MetricHistoryOptions,
  ): Promise<MetricSeries[]> {
    const ids = typeof runIds === "string" ? [runIds] : runIds;
    return this.store.read((connection) => metricHistory(connection, ids, options));
  }

  /** Rows of a logged table, or the first `limit` of them, in the order in which they were given. */
  readTable(
    runId: string,
    kind: TableKind,
    name: string,
    options?: { limit?: number },
  ): Promise<Record<string, unknown>[]> {
    return this.store.read((connection) => readLoggedTable(connection, runId, kind, name, options));
  }

  /**
   * SHAP values that a run logged, in the order in which they were given.
   *
   * @param name default `explanations`
   * @throws AssayerError "unknown-run", "unknown-table"
   */
  readExplanations(runId: string, name = "explanations"): Promise<StoredExplanation> {
    return this.store.read(async (connection) => {
      const rows = await readLoggedTable(connection, runId, "explanations", name);
      return storedExplanation(Object.keys(rows[0] ?? {}), rows);
    });
  }

  /**
   * A table of the project as data for reports: the answer of a query over its tables, or a table that a run logged.
   *
   * @throws AssayerError when it is read: "invalid-sql", "unknown-table"
   * @example driftReport(project.source({ runId, kind: "features" }), "today.parquet")
   * @example driftReport("train.parquet", project.source({ sql: "from features() where run_id = '…'" }))
   */
  source(table: ProjectTable): StoredSource {
    return projectSource(this.store, table);
  }

  /**
   * Reports that runs logged, the newest first. Only what is listed is read, and of that the first line.
   *
   * @example (await project.reports({ kind: "drift", limit: 1 }))[0]?.verdict
   */
  async reports(options: ListReportsOptions = {}): Promise<ReportInfo[]> {
    const rows = await this.store.read((connection) => findReports(connection, options));
    return describeReports(this.directory, rows);
  }

  /**
   * How important each column was to the versions of a model, by every explanation report on them, the oldest first:
   * any two are what `compareExplanations` takes.
   *
   * @throws AssayerError "unknown-model"
   * @example (await project.importanceHistory("wage-model")).map(({ version, importance }) => [version, importance[0]])
   */
  async importanceHistory(model: string): Promise<ImportanceRecord[]> {
    return importanceHistory(this.store, await this.registry.versions(model));
  }

  /** @throws AssayerError "unknown-artifact", "corrupt-artifact" */
  async readReport<K extends ReportKind>(
    runId: string,
    kind: K,
    name: string,
  ): Promise<Extract<Report, { kind: K }>> {
    const digest = await this.store.read((connection) => findReport(connection, runId, kind, name));
    return (await readReportFile(this.directory, digest, kind)) as Extract<Report, { kind: K }>;
  }

  /**
   * Rows behind a report, read again where its data came from: those of a feature's bin or category on one side of a
   * drift report, or those that fail an expectation.
   *
   * @throws AssayerError "invalid-argument" for data that was in memory, "invalid-source" for a file that is gone
   * @example await project.reportRows(report, { side: "current", feature: "delay", bin: 9 })
   */
  reportRows(report: Report, options: ReportRowsOptions): Promise<Record<string, unknown>[]> {
    return reportRows(this.store, this.root, report, options);
  }

  /** The bytes of an artifact, checked against their SHA-256. */
  readArtifact(digest: string): Promise<Buffer> {
    return readArtifact(this.directory, digest);
  }

  artifactPath(digest: string): string {
    return storePaths.artifact(this.directory, digest);
  }

  /** Calls `listener` when the store changed on disk, whoever changed it, at most once in 150 ms. */
  watch(listener: () => void): Watcher {
    return watchStore(this.directory, listener);
  }

  /**
   * Brings the runs, models and history of another store into this one. Merging the same twice brings nothing new;
   * where both say different things of one, ours is kept and the conflict is named in the answer.
   *
   * @param other a store's folder, or a project's
   * @throws AssayerError "invalid-store"
   * @example const { runs, conflicts } = await project.merge("../laptop");
   */
  merge(other: string, options?: LongWork): Promise<MergeReport> {
    return mergeStore(this.store, other, options);
  }

  /**
   * Checks the store: checksums, references between tables and files, what is left over. Nothing is repaired unless
   * `repair` says so.
   *
   * @returns every finding, and what a repair of it does
   */
  doctor(options?: DoctorOptions): Promise<DoctorReport> {
    return examineStore(this.store, options);
  }

  /**
   * Copies the project's store into a new folder, whole and as of one moment, while others log into it.
   *
   * @throws AssayerError "invalid-argument" when the folder is there already
   */
  backup(folder: string, options?: LongWork): Promise<BackupReport> {
    return backupStore(this.store, folder, options);
  }

  /** Writes the database anew, smaller and quicker to read; sizes are in bytes. */
  compact(): Promise<CompactReport> {
    return compactStore(this.store);
  }

  /** Removes for good the runs that were deleted long enough ago, with files that nothing else names. */
  collectGarbage(options?: GarbageOptions): Promise<GarbageReport> {
    return collectGarbage(this.store, options);
  }

  /** Takes what the journals hold into the tables, as every read does; for programs that read the file themselves. */
  refresh(): Promise<void> {
    return this.store.refresh();
  }

  /** Ends the runs that are open, and brings the tables up to date. */
  async close(): Promise<void> {
    openProjects.delete(this);
    await Promise.all(this.underWay);
    this.endRuns("finished");
    await this.store.close();
  }

  private endRuns(status: "finished" | "failed"): void {
    for (const run of this.openRuns) run.endNow(status);
  }
}

import { AssayerError, messageOf } from "../errors";
import type { Explanation } from "../explain/explanation";
import type { ModelOptions, ModelVersion, Registry } from "../registry/registry";
import type { ParamValue, RunSource, RunStatus, TableKind } from "../store/journal/events";
import { newId } from "../store/id";
import { requireName, requireText } from "../store/check";
import type { EndedRun } from "../store/read/continue-run";
import type { Dataset } from "../store/read/read-datasets";
import type { Store } from "../store/store";
import { toColumns, type Columns, type TableData } from "../store/tables/table-data";
import type { Report } from "../store/reports/report-file";
import {
  figureFile,
  htmlFile,
  imageFile,
  reportFile,
  textFile,
  type ArtifactFile,
} from "./artifact-files";
import { codeState } from "./code-state";
import { describe, type LogDatasetOptions } from "./datasets";
import { executedCells } from "./notebook-cells";
import { findProjectFile, RunKeeper } from "./run-keeper";
import { RunMetrics, type LogMetricsOptions, type MetricValues } from "./run-metrics";
import { RunParams } from "./run-params";
import { sampleSystem, samplingSeconds } from "./system-metrics";
import { withRun } from "./with-run";
import {
  explanationColumns,
  featureColumns,
  keepTable,
  predictionColumns,
  type Explanations,
} from "./tables";

/** What is found out about a run in the background. */
export interface BackgroundOptions {
  /** Metrics `system/…` of the machine and the process, each ten seconds or as often as said; default false. */
  systemMetrics?: boolean | { everySeconds: number };
  /**
   * Keep what the commit does not tell: the changes since it, the cells of a notebook and the environment (versions
   * of Node.js and packages, never environment variables), as artifacts. Default false, since it copies code.
   */
  code?: boolean;
}

export interface StartRunOptions extends BackgroundOptions {
  experiment: string;
  /** Default: `run-` and the end of the run's id. */
  name?: string;
  params?: Record<string, ParamValue>;
  tags?: Record<string, string>;
}

/** Options of a run under another one, whose experiment it has. */
export type ChildRunOptions = Omit<StartRunOptions, "experiment">;

const endings: readonly RunStatus[] = ["finished", "failed", "killed"];

function requireTags(tags: Record<string, string>): void {
  for (const [key, value] of Object.entries(tags))
    requireText(value, `setTags: ${requireName(key, "setTags")}`);
}

/** What a run needs of its project. */
export interface RunContext {
  readonly store: Store;
  readonly root: string;
  readonly source: RunSource;
  readonly registry: Registry;
  readonly openRuns: Set<Run>;
  /** What is being written: closing the project waits for it. */
  readonly underWay: Set<Promise<void>>;
}

/**
 * One training run. Every `log…` call without `await` returns within microseconds and survives kill -9;
 * a fault of the disk never throws out of it, a mistake of the caller always does.
 */
export class Run {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  private readonly params: RunParams;
  private readonly metrics: RunMetrics;
  private readonly keeper: RunKeeper;
  private ended = false;
  private sampler: { stop: () => void } | undefined;
  /** The code state on its way to the store. */
  private code: Promise<void> | undefined;
  private cellsKept = 0;

  /** @internal Runs come from `project.startRun`. */
  constructor(
    private readonly context: RunContext,
    run: Pick<EndedRun, "runId" | "experiment" | "name"> & Partial<EndedRun>,
  ) {
    this.id = run.runId;
    this.experiment = run.experiment;
    this.name = run.name;
    this.params = new RunParams(run.params);
    this.metrics = new RunMetrics(run.runId, run.lastSteps);
    this.keeper = new RunKeeper(context.store, run.runId, run.name, context.underWay);
  }

  /** @internal Checks everything, then writes that the run began. */
  static begin(context: RunContext, options: StartRunOptions, parent: Run | null = null): Run {
    const id = newId();
    const experiment = requireName(options.experiment, "startRun: experiment");
    const name =
      options.name === undefined
        ? `run-${id.slice(-6)}`
        : requireName(options.name, "startRun: name");
    const run = new Run(context, { runId: id, experiment, name });
    run.params.require(options.params ?? {});
    requireTags(options.tags ?? {});
    const seconds = samplingSeconds(options.systemMetrics);
    context.store.log.append({
      kind: "run-start",
      runId: id,
      experiment,
      name,
      parentRunId: parent?.id ?? null,
      at: Date.now(),
      source: context.source,
    });
    context.openRuns.add(run);
    if (options.params) run.logParams(options.params);
    if (options.tags) run.setTags(options.tags);
    run.observe(seconds, options.code);
    return run;
  }

  /** @internal A run that goes on after it had ended. */
  static resume(context: RunContext, ended: EndedRun, options: BackgroundOptions): Run {
    const run = new Run(context, ended);
    context.openRuns.add(run);
    run.observe(samplingSeconds(options.systemMetrics), options.code);
    return run;
  }

  /** A run of the same experiment under this one, as a fold or a trial. */
  startRun(options: ChildRunOptions = {}): Run {
    this.requireOpen("startRun");
    return Run.begin(this.context, { ...options, experiment: this.experiment }, this);
  }

  /** As `project.withRun`, for a run under this one. */
  withRun<T>(options: ChildRunOptions, work: (run: Run) => T | Promise<T>): Promise<T> {
    return withRun(() => this.startRun(options), work);
  }

  /**
   * Logs one param. Params never change: the same value again is fine, another one throws.
   *
   * @throws AssayerError "param-changed" when the key has another value already
   */
  logParam(key: string, value: ParamValue): void {
    this.logParams({ [key]: value });
  }

  /** Logs params: all of them, or none when one is refused. */
  logParams(params: Record<string, ParamValue>): void {
    this.requireOpen("logParams");
    this.params.require(params);
    const { log } = this.context.store;
    for (const [key, value] of this.params.add(params))
      log.append({ kind: "param", runId: this.id, key, value: String(value), type: typeof value });
  }

  /**
   * Logs one value of a metric.
   *
   * @param value any number, NaN and ±Infinity included
   * @param options.step whole number, default one more than the last step of this metric
   * @param options.timestamp milliseconds since the epoch, default now
   * @throws AssayerError "invalid-argument" for a value that is no number or a step that is not whole
   */
  logMetric(key: string, value: number, options: { step?: number; timestamp?: number } = {}): void {
    this.requireOpen("logMetric");
    this.metrics.logOne(this.context.store.log, key, value, options);
  }

  /**
   * Logs several metrics: all of them, or none when one is refused. A number is one value; an array or a typed array
   * is a whole history, in order.
   *
   * @param options.step of each number, and of the first value of each array; default one more than the last step
   * @param options.steps one for each value of the arrays, which are of that length
   * @param options.timestamp milliseconds since the epoch, default now
   * @param options.timestamps one for each value of the arrays
   * @throws AssayerError "invalid-argument" for what is no number, a step that is not whole, or lengths that differ
   * @example run.logMetrics({ loss: 0.31, auc: 0.84 }, { step: 3 })
   * @example run.logMetrics({ loss: Float64Array.of(0.9, 0.5, 0.3) })
   */
  logMetrics(
    metrics: Readonly<Record<string, MetricValues>>,
    options: LogMetricsOptions = {},
  ): void {
    this.requireOpen("logMetrics");
    this.metrics.logAll(this.context.store.log, metrics, options);
  }

  setTag(key: string, value: string): void {
    this.setTags({ [key]: value });
  }

  /** Sets tags: all of them, or none when one is refused. */
  setTags(tags: Record<string, string>): void {
    this.requireOpen("setTags");
    requireTags(tags);
    for (const [key, value] of Object.entries(tags))
      this.context.store.log.append({ kind: "tag", runId: this.id, key, value });
  }

  /** Free text about the run, Markdown if you like; the last note counts. */
  setNote(text: string): void {
    this.requireOpen("setNote");
    requireText(text, "setNote");
    this.context.store.log.append({ kind: "note", runId: this.id, text });
  }

  /**
   * Keeps a file, or bytes or text under a name, by its SHA-256. A later one of the same name takes its place.
   *
   * @param file path inside the project, or `{ name, data }`
   * @throws AssayerError "path-outside-project" for a file that is not under the project's folder
   */
  logArtifact(file: string | ArtifactFile): void {
    this.requireOpen("logArtifact");
    if (typeof file === "string")
      this.keeper.keepProjectFile(findProjectFile(this.context.root, file));
    else this.keeper.keepFile(file, "logArtifact");
  }

  /**
   * Keeps a vega-lite spec as the artifact `figures/<name>.vl.json`; numbers may be typed arrays.
   *
   * @throws AssayerError "invalid-argument" for what is no vega-lite spec
   * @example run.logFigure("loss", metricCurves(curves))
   */
  logFigure(name: string, spec: object): void {
    this.requireOpen("logFigure");
    this.keeper.keepFile(figureFile(name, spec), "logFigure");
  }

  /**
   * Keeps a picture as the artifact `images/<name>` with the extension of its format.
   *
   * @param image bytes of a PNG, JPEG, GIF, WebP or SVG, or the text of an SVG
   * @throws AssayerError "invalid-argument" when the content is none of these
   */
  logImage(name: string, image: Uint8Array | string): void {
    this.requireOpen("logImage");
    this.keeper.keepFile(imageFile(name, image), "logImage");
  }

  /** Keeps text as the artifact `texts/<name>`: a `.txt`, unless the name has an extension that says otherwise. */
  logText(name: string, text: string): void {
    this.requireOpen("logText");
    this.keeper.keepFile(textFile(name, text), "logText");
  }

  /** Keeps a page as the artifact `html/<name>.html`. */
  logHtml(name: string, html: string): void {
    this.requireOpen("logHtml");
    this.keeper.keepFile(htmlFile(name, html), "logHtml");
  }

  /**
   * Keeps a report on drift, data quality, performance, fairness or explanations as the artifact `reports/<kind>/<name>.json`, for
   * `project.reports` and the panels of VS Code. A later one of the same name takes its place. Paths of the project's
   * files are kept relative to its folder.
   *
   * @throws AssayerError "invalid-argument" for what is no report
   * @example run.logReport(await driftReport("train.parquet", "today.parquet", { name: "today" }))
   */
  logReport(report: Report): void {
    this.requireOpen("logReport");
    this.keeper.keepFile(reportFile(this.context.root, report), "logReport");
  }

  /**
   * Keeps a table of any columns, read again by `project.readTable(runId, "table", name)`.
   *
   * @param data rows, columns or an Arrow table; numbers, texts, booleans, dates
   * @throws AssayerError "invalid-argument" for columns of different length or of mixed types
   */
  logTable(name: string, data: TableData): Promise<void> {
    return this.keepTableOf("table", name, toColumns(data, []));
  }

  /**
   * Keeps which data the run used: a digest of its content, its schema, the number of rows and a profile of each
   * column, but not the data. The digest is the same for rows, columns, Arrow, Parquet and CSV of the same content.
   *
   * @param data rows, columns, an Arrow table, a Parquet or CSV file of the project, or a dataset that is known
   * @returns what was found out, to be logged with other runs; undefined when a fault kept it from being found out
   * @throws AssayerError "invalid-argument" for what is no table, "path-outside-project" for a file elsewhere
   * @example await run.logDataset(rows, { name: "wages", source: "https://…" })
   * @example await run.logDataset("data/wages.parquet", { context: "validation" })
   */
  async logDataset(
    data: TableData | string | Dataset,
    options: LogDatasetOptions = {},
  ): Promise<Dataset | undefined> {
    this.requireOpen("logDataset");
    const { root, store } = this.context;
    let dataset: Dataset | undefined;
    await this.keeper.inBackground(`dataset ${options.name ?? ""}`, async () => {
      const { schema, profile, ...rest } = await describe(root, data, options);
      store.log.append({
        kind: "dataset",
        runId: this.id,
        ...rest,
        schema: schema && JSON.stringify(schema),
        profile: profile && JSON.stringify(profile),
        at: Date.now(),
      });
      dataset = { ...rest, schema, profile };
    });
    return dataset;
  }

  /**
   * Keeps a table of model inputs. A `requestId` column ties rows to predictions and explanations. Of two tables of
   * one kind and name in a run the later one counts; here and below.
   */
  logFeatures(data: TableData, options: { name?: string } = {}): Promise<void> {
    return this.keepTableOf("features", options.name ?? "features", featureColumns(data));
  }

  /**
   * Keeps a table of predictions. Columns: `requestId` (made when missing), `yPred` and/or `yScore`,
   * `yTrue` once the label is known, and any others; kept as request_id, y_pred, y_score, y_true.
   *
   * @throws AssayerError "invalid-argument" when neither yPred nor yScore is there
   */
  logPredictions(data: TableData, options: { name?: string } = {}): Promise<void> {
    return this.keepTableOf("predictions", options.name ?? "predictions", predictionColumns(data));
  }

  /**
   * Keeps SHAP values: one column for each feature, with the base value of each row. Of an explanation also its outputs,
   * predictions, standard errors, method and background; its interactions are left out.
   *
   * @param options.requestId of each row; made when missing
   * @throws AssayerError "invalid-argument" for values of another shape
   * @example await run.logExplanations(await explainer.explain(rows), { requestId })
   */
  logExplanations(
    explanations: Explanations | Explanation,
    options: { name?: string; requestId?: readonly string[] } = {},
  ): Promise<void> {
    const columns = explanationColumns(explanations, options.requestId);
    return this.keepTableOf("explanations", options.name ?? "explanations", columns);
  }

  /**
   * Keeps an ONNX model and registers it as the next version of `model`.
   *
   * @throws AssayerError "invalid-model" when ONNX Runtime cannot open it or its tensors are not those named
   */
  async logModel(
    model: string,
    onnx: Uint8Array,
    options: ModelOptions = {},
  ): Promise<ModelVersion> {
    this.requireOpen("logModel");
    return this.context.registry.register(model, onnx, { ...options, runId: this.id });
  }

  /**
   * Ends the run. With `code: true` it waits for what is found out about the code, mostly some tens of milliseconds
   * for the first run of a process.
   *
   * @param status default "finished"
   * @param error what went wrong, kept with a failed run
   */
  async end(status: Exclude<RunStatus, "running"> = "finished", error?: unknown): Promise<void> {
    this.endNow(status, error);
    await this.code;
  }

  /** @internal Ends the run with what was thrown in it; its stack is the artifact error.txt. */
  async fail(error: unknown): Promise<void> {
    if (!this.ended) {
      const data = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.keeper.keepFile({ name: "error.txt", data }, "withRun");
    }
    await this.end("failed", error);
  }

  /** @internal As `end`, for a process that is leaving. */
  endNow(status: Exclude<RunStatus, "running">, error?: unknown): void {
    if (this.ended) return;
    if (!endings.includes(status))
      throw new AssayerError(
        "invalid-argument",
        `unknown status: ${status}; expected one of ${endings.join(", ")}`,
      );
    this.sampler?.stop();
    if (this.code) this.keepCells();
    this.context.store.log.append({
      kind: "run-status",
      runId: this.id,
      status,
      error: error === undefined ? null : messageOf(error),
      at: Date.now(),
    });
    this.ended = true;
    this.context.openRuns.delete(this);
  }

  /** Begins what is found out in the background. */
  private observe(seconds: number | undefined, code: unknown): void {
    const { root, store } = this.context;
    if (seconds !== undefined)
      this.sampler = sampleSystem(root, seconds, (metrics) => {
        // In a timer nobody would catch an error; a closed project is one.
        this.keeper.spareTraining("system metrics", () => {
          this.metrics.logAll(store.journal, metrics, {});
        });
      });
    if (code !== true) return;
    this.code = this.keeper
      .inBackground("code state", async () => {
        const files = await codeState(root);
        if (!this.ended) this.keepCells();
        for (const file of files) this.keeper.keepFile(file, "startRun: code");
      })
      // Nobody waits for it; that the project was closed in the meantime is no mistake of the caller's.
      .catch(() => undefined);
  }

  /** The cells so far; those that are executed until the run ends are kept then. */
  private keepCells(): void {
    const cells = executedCells();
    if (cells === undefined || cells.length === this.cellsKept) return;
    this.cellsKept = cells.length;
    const data = cells.map((cell, i) => `// Cell ${i + 1}\n${cell.trimEnd()}\n`).join("\n");
    this.keeper.keepFile({ name: "code/executed-cells.ts", data }, "startRun: code");
  }

  private async keepTableOf(kind: TableKind, name: string, columns: Columns): Promise<void> {
    this.requireOpen("logTable");
    requireName(name, "logTable");
    await this.keeper.inBackground(`table ${name}`, () =>
      keepTable(this.context.store, this.id, kind, name, columns),
    );
  }

  private requireOpen(what: string): void {
    if (this.ended)
      throw new AssayerError(
        "run-ended",
        `${what} requires a running run; got ${this.name}, which has ended`,
      );
  }
}

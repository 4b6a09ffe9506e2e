import { readFileSync } from "node:fs";
import { basename, extname, isAbsolute, relative, resolve } from "node:path";
import { AssayerError, messageOf } from "../errors";
import type { ModelOptions, ModelVersion, Registry } from "../registry/registry";
import { putArtifact } from "../store/artifacts";
import type { ParamValue, RunSource, RunStatus, TableKind } from "../store/events";
import { seriesBytes } from "../store/frame";
import { newId } from "../store/id";
import type { Store } from "../store/store";
import type { TableData } from "../store/table-data";
import { requireMetricValue, requireName, requireStep, requireText } from "../store/check";
import { mediaTypeOf } from "./media-type";
import {
  explanationColumns,
  featureColumns,
  keepTable,
  predictionColumns,
  type Explanations,
} from "./tables";

export interface StartRunOptions {
  experiment: string;
  /** Default: `run-` and the end of the run's id. */
  name?: string;
  params?: Record<string, ParamValue>;
  tags?: Record<string, string>;
}

/** What a run needs of its project. */
export interface RunContext {
  readonly store: Store;
  readonly root: string;
  readonly source: RunSource;
  readonly registry: Registry;
  readonly openRuns: Set<Run>;
}

/**
 * One training run. Every `log…` call without `await` returns within microseconds and survives kill -9;
 * a fault of the disk never throws out of it, a mistake of the caller always does.
 */
export class Run {
  readonly id = newId();
  readonly experiment: string;
  readonly name: string;
  private readonly params = new Map<string, ParamValue>();
  private readonly series = new Map<string, { bytes: Uint8Array; nextStep: number }>();
  private ended = false;

  /** @internal Runs come from `project.startRun`. */
  constructor(
    private readonly context: RunContext,
    options: StartRunOptions,
    parent: Run | null = null,
  ) {
    this.experiment = requireName(options.experiment, "startRun: experiment");
    this.name =
      options.name === undefined
        ? `run-${this.id.slice(-6)}`
        : requireName(options.name, "startRun: name");
    context.store.log.append({
      kind: "run-start",
      runId: this.id,
      experiment: this.experiment,
      name: this.name,
      parentRunId: parent?.id ?? null,
      at: Date.now(),
      source: context.source,
    });
    context.openRuns.add(this);
    if (options.params) this.logParams(options.params);
    if (options.tags) this.setTags(options.tags);
  }

  /** A run of the same experiment under this one, as a fold or a trial. */
  startRun(options: Omit<StartRunOptions, "experiment"> = {}): Run {
    this.requireOpen("startRun");
    return new Run(this.context, { ...options, experiment: this.experiment }, this);
  }

  /**
   * Logs one param. Params never change: the same value again is fine, another one throws.
   *
   * @throws AssayerError "param-changed" when the key has another value already
   */
  logParam(key: string, value: ParamValue): void {
    this.requireOpen("logParam");
    requireName(key, "logParam");
    if (typeof value !== "number" && typeof value !== "boolean") requireText(value, "logParam");
    const known = this.params.get(key);
    if (known !== undefined && !Object.is(known, value))
      throw new AssayerError(
        "param-changed",
        `logParam requires one value for each param; got ${String(value)} for ${key}, which is ${String(known)}`,
      );
    if (known !== undefined) return;
    this.params.set(key, value);
    this.context.store.log.append({
      kind: "param",
      runId: this.id,
      key,
      value: String(value),
      type: typeof value,
    });
  }

  logParams(params: Record<string, ParamValue>): void {
    for (const [key, value] of Object.entries(params)) this.logParam(key, value);
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
    requireMetricValue(value, key);
    let series = this.series.get(key);
    if (!series) {
      requireName(key, "logMetric");
      series = { bytes: seriesBytes(this.id, key), nextStep: 0 };
      this.series.set(key, series);
    }
    const step = options.step === undefined ? series.nextStep : requireStep(options.step);
    series.nextStep = step + 1;
    this.context.store.log.appendMetric(series.bytes, value, step, options.timestamp ?? Date.now());
  }

  logMetrics(
    metrics: Record<string, number>,
    options: { step?: number; timestamp?: number } = {},
  ): void {
    for (const [key, value] of Object.entries(metrics)) requireMetricValue(value, key);
    for (const [key, value] of Object.entries(metrics)) this.logMetric(key, value, options);
  }

  setTag(key: string, value: string): void {
    this.requireOpen("setTag");
    requireName(key, "setTag");
    requireText(value, "setTag");
    this.context.store.log.append({ kind: "tag", runId: this.id, key, value });
  }

  setTags(tags: Record<string, string>): void {
    for (const [key, value] of Object.entries(tags)) this.setTag(key, value);
  }

  /** Free text about the run, Markdown if you like; the last note counts. */
  setNote(text: string): void {
    this.requireOpen("setNote");
    requireText(text, "setNote");
    this.context.store.log.append({ kind: "note", runId: this.id, text });
  }

  /**
   * Keeps a file, or bytes or text under a name, by its SHA-256.
   *
   * @param file path inside the project, or `{ name, data }`
   * @throws AssayerError "path-outside-project" for a file that is not under the project's folder
   */
  logArtifact(
    file: string | { name: string; data: Uint8Array | string; mediaType?: string },
  ): void {
    this.requireOpen("logArtifact");
    const { name, data, mediaType } = typeof file === "string" ? this.readFile(file) : file;
    requireName(name, "logArtifact");
    if (isAbsolute(name) || name.split(/[/\\]/u).includes(".."))
      throw new AssayerError(
        "path-outside-project",
        `logArtifact requires a relative name without ..; got ${name}`,
      );
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.spareTraining(`artifact ${name}`, () => {
      this.context.store.log.append({
        kind: "artifact",
        runId: this.id,
        name,
        ...putArtifact(this.context.store.directory, bytes),
        mediaType: mediaType ?? mediaTypeOf(name),
        at: Date.now(),
      });
    });
  }

  /** Keeps a table of model inputs. A `requestId` column ties rows to predictions and explanations. */
  logFeatures(data: TableData, options: { name?: string } = {}): Promise<void> {
    return this.logTable("features", options.name ?? "features", featureColumns(data));
  }

  /**
   * Keeps a table of predictions. Columns: `requestId` (made when missing), `yPred` and/or `yScore`,
   * `yTrue` once the label is known, and any others; kept as request_id, y_pred, y_score, y_true.
   *
   * @throws AssayerError "invalid-argument" when neither yPred nor yScore is there
   */
  logPredictions(data: TableData, options: { name?: string } = {}): Promise<void> {
    return this.logTable("predictions", options.name ?? "predictions", predictionColumns(data));
  }

  /** Keeps SHAP values: n × p, one column for each feature, with the base value of each row. */
  logExplanations(explanations: Explanations, options: { name?: string } = {}): Promise<void> {
    const columns = explanationColumns(explanations);
    return this.logTable("explanations", options.name ?? "explanations", columns);
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
   * Ends the run.
   *
   * @param status default "finished"
   * @param error what went wrong, kept with a failed run
   */
  async end(status: Exclude<RunStatus, "running"> = "finished", error?: unknown): Promise<void> {
    this.endNow(status, error);
    await Promise.resolve();
  }

  /** @internal As `end`, for a process that is leaving. */
  endNow(status: Exclude<RunStatus, "running">, error?: unknown): void {
    if (this.ended) return;
    this.context.store.log.append({
      kind: "run-end",
      runId: this.id,
      status,
      error: error === undefined ? null : messageOf(error),
      at: Date.now(),
    });
    this.ended = true;
    this.context.openRuns.delete(this);
  }

  private async logTable(
    kind: TableKind,
    name: string,
    columns: ReturnType<typeof featureColumns>,
  ): Promise<void> {
    this.requireOpen("logTable");
    requireName(name, "logTable");
    try {
      await keepTable(this.context.store, this.id, kind, name, columns);
    } catch (error) {
      this.tell(`table ${name}`, error);
    }
  }

  private readFile(path: string): { name: string; data: Buffer; mediaType?: string } {
    const absolute = resolve(this.context.root, path);
    const inside = relative(this.context.root, absolute);
    if (inside === "" || inside.startsWith("..") || isAbsolute(inside))
      throw new AssayerError(
        "path-outside-project",
        `logArtifact requires a file under ${this.context.root}; got ${absolute}: pass { name, data } for others`,
      );
    try {
      return {
        name: extname(inside) === "" ? basename(inside) : inside,
        data: readFileSync(absolute),
      };
    } catch (cause) {
      throw new AssayerError(
        "invalid-argument",
        `logArtifact requires a readable file; got ${absolute}`,
        {
          cause,
        },
      );
    }
  }

  private requireOpen(what: string): void {
    if (this.ended)
      throw new AssayerError(
        "run-ended",
        `${what} requires a running run; got ${this.name}, which has ended`,
      );
  }

  private spareTraining(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.tell(what, error);
    }
  }

  /** A caller's mistake is thrown on; a fault of the store is told, and training goes on. */
  private tell(what: string, error: unknown): void {
    if (error instanceof AssayerError) throw error;
    process.emitWarning(
      `cannot keep ${what} of run ${this.name}: ${messageOf(error)}; the run goes on without it`,
      "AssayerWarning",
    );
  }
}

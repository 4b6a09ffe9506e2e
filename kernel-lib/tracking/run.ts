import { readFileSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { AssayerError, messageOf } from "../errors";
import type { ModelOptions, ModelVersion, Registry } from "../registry/registry";
import { putArtifact } from "../store/artifacts";
import type { ParamValue, RunSource, RunStatus, TableKind } from "../store/events";
import { seriesBytes } from "../store/frame";
import { newId } from "../store/id";
import type { Store } from "../store/store";
import type { TableData } from "../store/table-data";
import {
  requireMetricValue,
  requireName,
  requireStep,
  requireText,
  requireTimestamp,
} from "../store/check";
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
  /** Tables that are being written: closing the project waits for them. */
  readonly tablesUnderWay: Set<Promise<void>>;
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
    this.requireParams(options.params ?? {});
    requireTags(options.tags ?? {});
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
    this.logParams({ [key]: value });
  }

  /** Logs params: all of them, or none when one is refused. */
  logParams(params: Record<string, ParamValue>): void {
    this.requireOpen("logParams");
    this.requireParams(params);
    for (const [key, value] of Object.entries(params)) {
      if (this.params.has(key)) continue;
      this.params.set(key, value);
      const type = typeof value;
      this.context.store.log.append({
        kind: "param",
        runId: this.id,
        key,
        value: String(value),
        type,
      });
    }
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
    const { timestamp } = options;
    const at = timestamp === undefined ? Date.now() : requireTimestamp(timestamp);
    series.nextStep = step + 1;
    this.context.store.log.appendMetric(series.bytes, value, step, at);
  }

  /** Logs one value of several metrics: of all, or of none when one is refused. */
  logMetrics(
    metrics: Record<string, number>,
    options: { step?: number; timestamp?: number } = {},
  ): void {
    for (const [key, value] of Object.entries(metrics))
      requireMetricValue(value, requireName(key, "logMetric"));
    for (const [key, value] of Object.entries(metrics)) this.logMetric(key, value, options);
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
  logArtifact(
    file: string | { name: string; data: Uint8Array | string; mediaType?: string },
  ): void {
    this.requireOpen("logArtifact");
    const { name, data, mediaType } = typeof file === "string" ? this.readFile(file) : file;
    requireName(name, "logArtifact");
    if (mediaType !== undefined) requireName(mediaType, "logArtifact: mediaType");
    if (typeof data !== "string" && !(data instanceof Uint8Array))
      throw new AssayerError(
        "invalid-argument",
        `logArtifact requires text or bytes as data; got ${typeof data}`,
      );
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

  /**
   * Keeps a table of model inputs. A `requestId` column ties rows to predictions and explanations. Of two tables of
   * one kind and name in a run the later one counts; here and below.
   */
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
    if (!endings.includes(status))
      throw new AssayerError(
        "invalid-argument",
        `unknown status: ${status}; expected one of ${endings.join(", ")}`,
      );
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

  private async logTable(
    kind: TableKind,
    name: string,
    columns: ReturnType<typeof featureColumns>,
  ): Promise<void> {
    this.requireOpen("logTable");
    requireName(name, "logTable");
    const { tablesUnderWay, store } = this.context;
    const written = keepTable(store, this.id, kind, name, columns).catch((error: unknown) => {
      this.tell(`table ${name}`, error);
    });
    const settled = written.catch(() => undefined);
    tablesUnderWay.add(settled);
    await written.finally(() => tablesUnderWay.delete(settled));
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
      return { name: inside.split(sep).join("/"), data: readFileSync(absolute) };
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

  private requireParams(params: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(params)) {
      requireName(key, "logParams");
      if (typeof value !== "number" && typeof value !== "boolean")
        requireText(value, `logParams: ${key}`);
      const known = this.params.get(key);
      if (known !== undefined && !Object.is(known, value))
        throw new AssayerError(
          "param-changed",
          `logParams requires one value for each param; got ${String(value)} for ${key}, which is ${String(known)}`,
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

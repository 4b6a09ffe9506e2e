import { readFile } from "node:fs/promises";
import { AssayerError, messageOf } from "../errors";
import type { ExplainableModel } from "../explain/explainable-model";
import type {
  ExplainedOutput,
  Explanation,
  ExplanationMethod,
  PredictRows,
} from "../explain/explanation";
import type { RowMatrix } from "../explain/row-matrix";
import { readExplainable } from "../onnx/explainable/read-explainable";
import { withoutZipMap } from "../onnx/without-zip-map";
import type { LongWork } from "../store/long-work";
import { columnsDigest } from "../store/tables/dataset-digest";
import { chooseMethod } from "./choose-method";
import {
  answersOf,
  anyEngine,
  explainedOutput,
  isClassifier,
  type GivenOutput,
} from "./any-engine";
import type { Engine } from "./engine";
import { unitOf } from "./explained-unit";
import { linearEngine } from "./linear-engine";
import { logLossLabels } from "./log-loss-labels";
import { checkReading, openCore, type ModelCore } from "./model-core";
import { modelRows, tableOf, type ExplainedData, type ModelRows } from "./model-rows";
import { namedModel } from "./named-model";
import { codingOf } from "./row-coding";
import {
  rowCounterfactuals,
  type CounterfactualWish,
  type RowCounterfactuals,
} from "./row-counterfactuals";
import { openRunner, type ModelRunner } from "./run-model";
import { treeEngine } from "./tree-engine";

export interface OpenExplainerOptions {
  /** Rows that missing columns are drawn from, by the model's columns; some hundred are enough. */
  background?: ExplainedData;
  /** Names of the model's columns, in its order; default those that its file tells, f0, f1, … of a table. */
  columns?: readonly string[];
  /**
   * Default `auto`: trees and linear models by themselves, exactly; of any other model every coalition of up to 10
   * columns, and permutations of more.
   */
  method?: "auto" | ExplanationMethod;
  /** Default `raw`: margins, log-odds, numbers. */
  output?: ExplainedOutput;
  /** Threads for many rows of trees; default as many as the machine runs at a time. */
  threads?: number;
  /** Of methods that sample. Default 0. */
  seed?: number;
  /** When sampling may stop: at this share of the output's scale (default 0.01), or after this time. */
  tolerance?: number;
  maxSeconds?: number;
}

export interface ExplainOptions extends LongWork {
  /** The known answers, of the log loss: 1 and 0, true and false, or labels of the model's classes. */
  labels?: ArrayLike<number | boolean | string>;
  /** Exact pairwise interactions too, of trees. */
  interactions?: boolean;
}

/** A model that tells why it says what it says. */
export interface Explainer {
  readonly model: ExplainableModel;
  readonly method: ExplanationMethod;
  readonly output: ExplainedOutput;
  /** What a SHAP value is measured in, such as `log-odds of >50K`. */
  readonly unit: string;
  readonly background: Explanation["background"];
  /** Whether it gives labels beside its numbers. */
  readonly isClassifier: boolean;
  /**
   * SHAP values of rows.
   *
   * @throws AssayerError "invalid-argument" for rows that the model cannot take, "aborted" once the signal says so
   */
  explain(rows: ExplainedData, options?: ExplainOptions): Promise<Explanation>;
  /** What is explained of each row: n × k, row-major. */
  predict(rows: ExplainedData): Promise<Float64Array>;
  /**
   * What would have to be different in a row for the model to say something else.
   *
   * @param row one row
   * @throws AssayerError "invalid-argument" for no goal of a regression, limits of unknown columns or that exclude each
   *   other, and no background to tell what values columns have
   * @example await explainer.counterfactuals([row], { limits: { age: { fixed: true } } })
   */
  counterfactuals(row: ExplainedData, wish?: CounterfactualWish): Promise<RowCounterfactuals>;
  /**
   * Rows as numbers, texts as their places among those that occur, with the model's answers to such rows: what
   * `partialDependence`, `permutationImportance` and others of any model take.
   */
  matrix(rows: ExplainedData): ExplainedMatrix;
  /** Releases the model's memory. */
  close(): Promise<void>;
}

/** Rows as numbers, and a model that answers to such rows. */
export interface ExplainedMatrix {
  columns: string[];
  data: RowMatrix;
  /** By column the texts that numbers stand for; null for numbers. */
  texts: (string[] | null)[];
  predict: PredictRows;
}

/**
 * Opens an ONNX model to explain its answers: trees and linear models behind their encoders exactly and by themselves,
 * any other model by asking ONNX Runtime many times.
 *
 * What was read of the file is held against ONNX Runtime on the background, or on the first rows explained; a model for
 * which the two differ is refused.
 *
 * @param model bytes of an ONNX file, or its path
 * @throws AssayerError "invalid-model" for what is no ONNX model or differs from what was read of it, "invalid-argument"
 *   for a background that does not fit, is missing where the method needs one, or has no rows
 * @example const explainer = await openExplainer("model.onnx", { background: rows.slice(0, 100) });
 *   const { baseValue, shapValues } = await explainer.explain(rows);
 */
export async function openExplainer(
  model: Uint8Array | string,
  options: OpenExplainerOptions = {},
): Promise<Explainer> {
  const opened = await openModel(model, options.columns);
  try {
    return await explainerOf(opened, options);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A model that was read and can be run. */
export interface OpenedModel {
  model: ExplainableModel;
  runner: ModelRunner;
  core: ModelCore | null;
  close(): Promise<void>;
}

/** Reads and opens a model, without a word of what is to be explained. */
export async function openModel(
  model: Uint8Array | string,
  columns?: readonly string[],
): Promise<OpenedModel> {
  const bytes = withoutZipMap(typeof model === "string" ? await readModelFile(model) : model);
  const read = readExplainable(bytes);
  const runner = await openRunner(bytes, read);
  try {
    const named = namedModel(read, runner, columns);
    const core = await openCore(named, runner);
    const close = async () => {
      await core?.close();
      await runner.close();
    };
    return { model: named, runner, core, close };
  } catch (error) {
    await runner.close();
    throw error;
  }
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AssayerError(
      "invalid-model",
      `openExplainer requires a readable file; got ${path}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** The explainer of a model that is open; closing it closes the model. */
export async function explainerOf(
  opened: OpenedModel,
  options: OpenExplainerOptions,
): Promise<Explainer> {
  const { model: read, runner, core } = opened;
  const { output = "raw" } = options;
  const background =
    options.background === undefined
      ? null
      : modelRows("openExplainer", read.columns, options.background);
  if (background?.count === 0)
    throw new AssayerError(
      "empty-sample",
      "openExplainer requires a background of one row or more; got none",
    );
  const hasBackground = background !== null;
  const { method: asked = "auto" } = options;
  const method = chooseMethod(read, { method: asked, output, hasBackground });
  if (background && core) await checkReading(read, core, runner, background);
  const found = core || !background ? null : await explainedOutput(read, runner, background);
  const model = found ? { ...read, outputs: found.outputs } : read;
  const engine = await engineOf({ model, runner, core, background, method, found, options });
  const given = found?.given ?? null;
  const isScored = await givesScores(opened, model, given, background);
  return new OpenExplainer({ ...opened, model, background, engine, output, given, isScored });
}

type Opened = Omit<OpenedModel, "close"> & { background: ModelRows | null };

function engineOf(
  opened: Opened & {
    method: ExplanationMethod;
    found: Awaited<ReturnType<typeof explainedOutput>> | null;
    options: OpenExplainerOptions;
  },
): Promise<Engine> | Engine {
  const { model, runner, core, background, method, found, options } = opened;
  const { output = "raw", seed, tolerance, maxSeconds, threads } = options;
  if (method === "tree-path-dependent" || method === "tree-interventional") {
    if (core?.core.kind === "trees")
      return treeEngine(model, core, core.core, {
        method,
        output,
        background,
        ...(threads !== undefined && { threads }),
      });
  } else if (method === "linear" || method === "linear-correlated") {
    if (core?.core.kind === "linear" && background)
      return linearEngine(model, core, core.core, {
        method,
        background,
        ...(seed !== undefined && { seed }),
      });
  } else if (background)
    return anyEngine(model, runner, core, {
      method,
      output,
      background,
      given: found?.given ?? null,
      ...(seed !== undefined && { seed }),
      ...(tolerance !== undefined && { tolerance }),
      ...(maxSeconds !== undefined && { maxSeconds }),
    });
  throw new AssayerError(
    "invalid-argument",
    `openExplainer requires another method; got ${method}`,
  );
}

class OpenExplainer implements Explainer {
  readonly model: ExplainableModel;
  readonly method: ExplanationMethod;
  readonly output: ExplainedOutput;
  readonly unit: string;
  readonly background: Explanation["background"];
  readonly isClassifier: boolean;
  /** Whether the reading was held against ONNX Runtime. */
  private isChecked: boolean;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly parts: OpenedModel & {
      background: ModelRows | null;
      engine: Engine;
      output: ExplainedOutput;
      given: GivenOutput | null;
      isScored: boolean;
    },
  ) {
    const { model, engine, output, background, core, runner } = parts;
    this.model = model;
    this.method = engine.method;
    this.output = output;
    this.isClassifier = isClassifier(runner);
    this.unit = unitOf(
      model,
      output,
      this.isClassifier && (parts.isScored ? "score" : "probability"),
    );
    this.background = background && {
      rows: background.count,
      digest: columnsDigest(tableOf(model, background)),
    };
    this.isChecked = core === null || background !== null;
  }

  async explain(data: ExplainedData, options: ExplainOptions = {}): Promise<Explanation> {
    this.requireOpen("explain");
    const { model, output, parts } = this;
    const rows = modelRows("explain", model.columns, data);
    if (rows.count === 0)
      throw new AssayerError("empty-sample", "explain requires one row or more; got none");
    await this.check(rows);
    const { labels, interactions = false, ...work } = options;
    if (interactions && !this.method.startsWith("tree-"))
      throw new AssayerError(
        "invalid-argument",
        `explain requires a model of trees for interactions; got the method ${this.method}`,
      );
    const { converged, ...explained } = await parts.engine.explain(rows, {
      ...work,
      interactions,
      ...(output === "log-loss" && { labels: logLossLabels(model, labels, rows.count) }),
    });
    return {
      method: this.method,
      output,
      unit: this.unit,
      columns: model.columns.map(({ name }) => name),
      outputs: [...model.outputs],
      rows: rows.count,
      ...explained,
      values: tableOf(model, rows),
      background: this.background,
      ...(explained.standardError && { converged }),
    };
  }

  async predict(data: ExplainedData): Promise<Float64Array> {
    this.requireOpen("predict");
    const rows = modelRows("predict", this.model.columns, data);
    if (rows.count === 0) return new Float64Array(0);
    await this.check(rows);
    return this.parts.engine.predict(rows);
  }

  async counterfactuals(
    data: ExplainedData,
    wish: CounterfactualWish = {},
  ): Promise<RowCounterfactuals> {
    this.requireOpen("counterfactuals");
    const { model, background } = this.parts;
    const row = modelRows("counterfactuals", model.columns, data);
    if (row.count !== 1)
      throw new AssayerError(
        "invalid-argument",
        `counterfactuals requires one row; got ${row.count}`,
      );
    const others = wish.data ? modelRows("counterfactuals", model.columns, wish.data) : background;
    if (!others || others.count === 0)
      throw new AssayerError(
        "invalid-argument",
        "counterfactuals requires a background or data, which tell what values columns have; got none",
      );
    await this.check(row);
    const answer = (rows: ModelRows) => this.answers(rows, "probability");
    const kind = this.isClassifier && (this.parts.isScored ? "score" : "probability");
    return rowCounterfactuals(model, answer, row, others, kind, wish);
  }

  matrix(data: ExplainedData): ExplainedMatrix {
    this.requireOpen("matrix");
    const { model } = this;
    const rows = modelRows("matrix", model.columns, data);
    const coding = codingOf(model, rows, ...(this.parts.background ? [this.parts.background] : []));
    return {
      columns: model.columns.map(({ name }) => name),
      data: coding.encode(rows),
      texts: coding.texts,
      predict: (matrix, count) =>
        this.answers(coding.decode(matrix, count), this.output === "raw" ? "raw" : "probability"),
    };
  }

  private answers(rows: ModelRows, output: ExplainedOutput): Promise<Float64Array> {
    const { model, runner, core, given } = this.parts;
    return answersOf(model, runner, core, given, output, rows);
  }

  close(): Promise<void> {
    this.closing ??= this.parts.close();
    return this.closing;
  }

  private async check(rows: ModelRows): Promise<void> {
    const { model, core, runner } = this.parts;
    if (this.isChecked || core === null) return;
    await checkReading(model, core, runner, rows);
    this.isChecked = true;
  }

  private requireOpen(caller: string): void {
    if (this.closing !== undefined)
      throw new AssayerError("closed", `${caller} requires an open explainer; got a closed one`);
  }
}

/** Whether a model gives scores that are no probabilities, as one does that was trained to part classes and no more. */
async function givesScores(
  { runner, core }: OpenedModel,
  model: ExplainableModel,
  given: GivenOutput | null,
  background: ModelRows | null,
): Promise<boolean> {
  if (model.postTransform !== "none" || !isClassifier(runner)) return false;
  if (core?.core.kind === "linear") return true;
  if (core?.core.kind === "trees") {
    const { baseValues, leafWeight } = core.core.ensemble;
    return [baseValues, leafWeight].some((values) => values.some((value) => value < 0));
  }
  if (background === null) return false;
  const answers = await answersOf(model, runner, core, given, "raw", background);
  return answers.some((value) => value < -1e-6 || value > 1 + 1e-6);
}

import { readFile } from "node:fs/promises";
import { AssayerError, messageOf } from "../errors";
import type { ExplainableModel } from "../explain/explainable-model";
import type { ExplainedOutput, Explanation, ExplanationMethod } from "../explain/explanation";
import { readExplainable } from "../onnx/explainable/read-explainable";
import { withoutZipMap } from "../onnx/explainable/without-zip-map";
import type { LongWork } from "../store/long-work";
import { columnsDigest } from "../store/tables/dataset-digest";
import { chooseMethod } from "./choose-method";
import type { Engine } from "./engine";
import { linearEngine } from "./linear-engine";
import { checkReading, openCore, type ModelCore } from "./model-core";
import { modelRows, type ExplainedData, type ModelRows } from "./model-rows";
import { namedModel } from "./named-model";
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
  /**
   * SHAP values of rows.
   *
   * @throws AssayerError "invalid-argument" for rows that the model cannot take, "aborted" once the signal says so
   */
  explain(rows: ExplainedData, options?: ExplainOptions): Promise<Explanation>;
  /** What is explained of each row: n × k, row-major. */
  predict(rows: ExplainedData): Promise<Float64Array>;
  /** Releases the model's memory. */
  close(): Promise<void>;
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
  const bytes = withoutZipMap(typeof model === "string" ? await readModelFile(model) : model);
  const read = readExplainable(bytes);
  const runner = await openRunner(bytes, read);
  let core: ModelCore | null = null;
  try {
    const named = namedModel(read, runner.session, options.columns);
    core = await openCore(named, runner);
    return await openNamed(named, runner, core, options);
  } catch (error) {
    await core?.close();
    await runner.close();
    throw error;
  }
}

async function openNamed(
  model: ExplainableModel,
  runner: ModelRunner,
  core: ModelCore | null,
  options: OpenExplainerOptions,
): Promise<Explainer> {
  const { output = "raw" } = options;
  const background =
    options.background === undefined
      ? null
      : modelRows("openExplainer", model.columns, options.background);
  if (background?.count === 0)
    throw new AssayerError(
      "empty-sample",
      "openExplainer requires a background of one row or more; got none",
    );
  const method = chooseMethod(model, {
    method: options.method ?? "auto",
    output,
    hasBackground: background !== null,
  });
  let checked = core === null;
  const check = async (rows: ModelRows) => {
    if (checked || core === null) return;
    await checkReading(model, core, runner, rows);
    checked = true;
  };
  if (background) await check(background);
  const engine = await engineOf(model, runner, core, background, method, options);
  const explainer = new OpenExplainer(model, engine, output, background, check, async () => {
    await core?.close();
    await runner.close();
  });
  return explainer;
}

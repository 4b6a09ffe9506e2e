import { AssayerError } from "../errors";
import { applyPostTransform } from "../explain/apply-post-transform";
import type { ExplainableModel, LinearCore, TreeCore } from "../explain/explainable-model";
import { predictEnsemble } from "../explain/tree/predict-ensemble";
import type { ModelRows } from "./model-rows";
import { openRunner, type ModelRunner } from "./run-model";

/** A core that was read, with what turns rows of the model's columns into its features. */
export interface ModelCore {
  readonly core: TreeCore | LinearCore;
  readonly features: number;
  readonly outputs: number;
  /** count × features, row-major, as the core compares and multiplies them. */
  encode(rows: ModelRows): Promise<Float64Array>;
  /** The core's sums, count × outputs. */
  raw(features: Float64Array, count: number): Float64Array;
  close(): Promise<void>;
}

/** Opens the core of a model; null for one without. */
export async function openCore(
  model: ExplainableModel,
  runner: ModelRunner,
): Promise<ModelCore | null> {
  const { core, encoder } = model;
  if (core === null) return null;
  const encoding = encoder === null ? null : await openRunner(encoder, model);
  const features =
    core.kind === "trees"
      ? core.ensemble.features
      : core.coefficients.length / core.intercepts.length;
  const outputs = core.kind === "trees" ? core.ensemble.baseValues.length : core.intercepts.length;
  // What is no float32 is rounded on its way into the model.
  const rounds = runner.session.inputs[0]?.datatype !== "FP64";
  return {
    core,
    features,
    outputs,
    encode: async (rows) =>
      encoding === null
        ? matrixOf(rows, rounds)
        : encoding.run(rows, { output: encoding.session.outputs[0]?.name ?? "" }),
    raw: (values, count) =>
      core.kind === "trees"
        ? predictEnsemble(core.ensemble, values, count)
        : weighted(core, values, count),
    close: async () => encoding?.close(),
  };
}

/** Rows of numbers, count × columns. */
export function matrixOf({ count, columns }: ModelRows, rounds = false): Float64Array {
  const width = columns.length;
  const matrix = new Float64Array(count * width);
  columns.forEach((values, c) => {
    for (let row = 0; row < count; row++) {
      const value = Number(values[row]);
      matrix[row * width + c] = rounds ? Math.fround(value) : value;
    }
  });
  return matrix;
}

function weighted(
  { coefficients, intercepts }: LinearCore,
  values: Float64Array,
  count: number,
): Float64Array {
  const outputs = intercepts.length;
  const features = coefficients.length / outputs;
  const sums = new Float64Array(count * outputs);
  for (let row = 0; row < count; row++)
    for (let o = 0; o < outputs; o++) {
      let sum = Number(intercepts[o]);
      for (let f = 0; f < features; f++)
        sum += Number(coefficients[o * features + f]) * Number(values[row * features + f]);
      sums[row * outputs + o] = sum;
    }
  return sums;
}

/** Rows that the reading of a model is held against ONNX Runtime on. */
const mostChecked = 256;

/**
 * Holds what was read of a model against what ONNX Runtime makes of it, on real rows: double sums against float32 ones.
 *
 * @throws AssayerError "invalid-model" when they differ by more than the rounding of float32
 */
export async function checkReading(
  { outputs, postTransform, compared }: ExplainableModel,
  core: ModelCore,
  runner: ModelRunner,
  rows: ModelRows,
): Promise<void> {
  if (compared === null || rows.count === 0) return;
  const count = Math.min(mostChecked, rows.count);
  const some = { count, columns: rows.columns.map((values) => values.slice(0, count)) };
  const expected = await runner.run(some, compared);
  const features = await core.encode(some);
  const raw = core.raw(features, count);
  const told = applyPostTransform(raw, outputs.length, postTransform);
  const slack = roundingOf(core.core, features);
  for (let i = 0; i < told.length; i++) {
    const [ours, theirs] = [Number(told[i]), Number(expected[i])];
    const tolerance =
      slack +
      (postTransform === "probit"
        ? probitError * Math.max(1, Math.abs(theirs))
        : 1e-5 * Math.abs(theirs));
    if (Math.abs(ours - theirs) <= tolerance || Object.is(ours, theirs)) continue;
    throw new AssayerError(
      "invalid-model",
      `openExplainer requires a model whose ${core.core.kind === "trees" ? "trees" : "coefficients"} say what ONNX Runtime says; got a difference of ${Math.abs(ours - theirs).toPrecision(3)} in row ${Math.floor(i / outputs.length)} of those it was tried on: explain it with a method for any model, such as permutation`,
    );
  }
}

/** Of ONNX Runtime's formula for the normal quantile, which is an approximation in float32. */
const probitError = 2e-3;

/** How far float32 sums may be off: some units of the last place of the largest sum, times the square root of its terms. */
function roundingOf(core: TreeCore | LinearCore, features: Float64Array): number {
  const unit = 2 ** -21;
  if (core.kind === "linear") {
    const largest = core.coefficients.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    const value = features.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
    const terms = core.coefficients.length / core.intercepts.length;
    return unit * largest * (Number.isFinite(value) ? value : 1) * Math.sqrt(terms);
  }
  const { roots, leafWeight, baseValues } = core.ensemble;
  const largest = leafWeight.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const base = baseValues.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return unit * (base + largest * roots.length * Math.sqrt(roots.length));
}

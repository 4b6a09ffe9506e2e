import { AssayerError } from "../../errors";
import type { RowMatrix } from "../row-matrix";
import {
  maskedModel,
  randomOf,
  scaleOf,
  type AnyModelOptions,
  type AnyModelShap,
  type MaskedModel,
  type StopOptions,
} from "./masked-model";

/** A row to explain, and until when. */
export interface RowTask {
  model: MaskedModel;
  row: Float64Array;
  prediction: Float64Array;
  random: () => number;
  /** Whether values with these standard errors (outputs × players) are good enough. */
  accurate: (standardError: Float64Array) => boolean;
  /** Whether any standard error is good enough: with a tolerance of 0 it need not be known before the end. */
  hasTolerance: boolean;
  /** Whether the row's time is over. */
  late: () => boolean;
}

export interface RowResult {
  /** outputs × players. */
  shapValues: Float64Array;
  standardError: Float64Array;
}

/** Explains one row after the other. Errors are judged in the unit that `link` gives. */
export async function explainRows(
  caller: string,
  data: RowMatrix,
  options: AnyModelOptions & StopOptions,
  explain: (task: RowTask) => Promise<RowResult>,
  prepare: (model: MaskedModel) => void = () => undefined,
  link: (value: number) => number = (value) => value,
): Promise<AnyModelShap> {
  const { tolerance = 0.01, maxSeconds, now, seed = 0, onProgress } = options;
  requireStop(caller, options);
  const { model, predictions } = await maskedModel(caller, data, options);
  prepare(model);
  const { players, outputs, width, baseValue } = model;
  const values = players * outputs;
  const result: AnyModelShap = {
    baseValue,
    shapValues: new Float64Array(data.count * values),
    predictions,
    standardError: new Float64Array(data.count * values),
    evaluations: new Float64Array(data.count),
    converged: [],
  };
  const end = now && maxSeconds !== undefined ? now() + 1000 * maxSeconds : Infinity;
  for (let r = 0; r < data.count; r++) {
    onProgress?.(`row ${r + 1} of ${data.count}`, r / data.count);
    const prediction = predictions.subarray(r * outputs, (r + 1) * outputs);
    const scale = scaleOf(model, prediction, link);
    const before = model.evaluations;
    const start = now?.() ?? 0;
    const until = start + Math.max(0, end - start) / (data.count - r);
    const accurate = (standardError: Float64Array) =>
      standardError.every(
        (each, i) => each <= tolerance * (scale[Math.floor(i / players)] as number),
      );
    const { shapValues, standardError } = await explain({
      model,
      row: data.rows.subarray(r * width, (r + 1) * width),
      prediction,
      random: randomOf(seed, r),
      accurate,
      hasTolerance: tolerance > 0,
      late: () => now !== undefined && now() >= until,
    });
    result.shapValues.set(shapValues, r * values);
    result.standardError.set(standardError, r * values);
    result.evaluations[r] = model.evaluations - before;
    result.converged.push(accurate(standardError));
  }
  onProgress?.(`row ${data.count} of ${data.count}`, 1);
  return result;
}

function requireStop(caller: string, options: StopOptions): void {
  const { tolerance, maxEvaluations, maxSeconds, now } = options;
  const fail = (what: string, got: string | number): never => {
    throw new AssayerError("invalid-argument", `${caller} requires ${what}; got ${got}`);
  };
  if (tolerance !== undefined && !(tolerance >= 0)) fail("a tolerance of 0 or more", tolerance);
  if (maxEvaluations !== undefined && !(maxEvaluations >= 1))
    fail("maxEvaluations of 1 or more", maxEvaluations);
  if (maxSeconds === undefined) return;
  if (!(maxSeconds > 0)) fail("maxSeconds above 0", maxSeconds);
  if (now === undefined) fail("a clock, now, for maxSeconds", "none");
}

import { applyPostTransform } from "../../../kernel-lib/explain/apply-post-transform";
import type {
  ExplainableModel,
  PostTransform,
} from "../../../kernel-lib/explain/explainable-model";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";

/** Answers of a core to rows of features, in double precision: rows × outputs, after the post transform. */
export function corePredictions(
  { core, postTransform }: ExplainableModel,
  rows: Float64Array,
  count: number,
): Float64Array {
  if (core === null) throw new Error("no core");
  if (core.kind === "trees")
    return postTransformed(predictEnsemble(core.ensemble, rows, count), count, postTransform);
  const { coefficients, intercepts } = core;
  const features = coefficients.length / intercepts.length;
  const raw = Float64Array.from({ length: count * intercepts.length }, (_, i) => {
    const [row, output] = [Math.floor(i / intercepts.length), i % intercepts.length];
    let sum = Number(intercepts[output]);
    for (let j = 0; j < features; j++)
      sum += Number(coefficients[output * features + j]) * Number(rows[row * features + j]);
    return sum;
  });
  return postTransformed(raw, count, postTransform);
}

/** Probit as ONNX Runtime approximates it. */
function postTransformed(raw: Float64Array, count: number, transform: PostTransform): Float64Array {
  if (transform !== "probit") return applyPostTransform(raw, raw.length / count, transform);
  return raw.map((sum) => Math.SQRT2 * inverseError(2 * sum - 1));
}

/** Winitzki's approximation with a = 0.147, as ErfInv in ONNX Runtime's ml_common.h. */
function inverseError(x: number): number {
  const log = Math.log((1 - x) * (1 + x));
  const v = 2 / (3.14159 * 0.147) + 0.5 * log;
  return Math.sign(x) * Math.sqrt(-v + Math.sqrt(v * v - log / 0.147));
}

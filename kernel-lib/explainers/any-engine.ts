import { applyPostTransform } from "../explain/apply-post-transform";
import { exactShap } from "../explain/any-model/exact-shap";
import { kernelShap } from "../explain/any-model/kernel-shap";
import type { AnyModelOptions, AnyModelShap, StopOptions } from "../explain/any-model/masked-model";
import { permutationShap } from "../explain/any-model/permutation-shap";
import { samplingShap } from "../explain/any-model/sampling-shap";
import type { ExplainableModel } from "../explain/explainable-model";
import type { ExplainedOutput } from "../explain/explanation";
import type { RowMatrix } from "../explain/row-matrix";
import { throwIfStopped } from "../store/scan/scan-database";
import { AssayerError } from "../errors";
import type { Engine } from "./engine";
import type { ModelCore } from "./model-core";
import type { ModelRows } from "./model-rows";
import { codingOf } from "./row-coding";
import type { ModelRunner } from "./run-model";

/** Methods that ask a model for answers and know nothing else of it. */
const anyMethods = {
  exact: exactShap,
  kernel: kernelShap,
  permutation: permutationShap,
  sampling: samplingShap,
} as const satisfies Record<
  string,
  (data: RowMatrix, options: AnyModelOptions & StopOptions) => Promise<AnyModelShap>
>;

export type AnyMethod = keyof typeof anyMethods;

/** Explains a model by its answers to rows whose columns are switched between a row and the background. */
export function anyEngine(
  model: ExplainableModel,
  runner: ModelRunner,
  core: ModelCore | null,
  options: {
    method: AnyMethod;
    output: ExplainedOutput;
    background: ModelRows;
    given: GivenOutput | null;
    seed?: number;
    tolerance?: number;
    maxSeconds?: number;
  },
): Engine {
  const { method, background, output, given } = options;
  const answersTo = (rows: ModelRows) => answersOf(model, runner, core, given, output, rows);
  const { seed, tolerance, maxSeconds } = options;
  return {
    method,
    predict: answersTo,
    async explain(rows, { onProgress, signal }) {
      const coding = codingOf(model, rows, background);
      // Rows of numbers go to ONNX Runtime as they are written, in the type that the model takes.
      const matrix =
        core === null && coding.texts.every((list) => list === null) ? runner.runMatrix : null;
      const ask = (block: Float64Array | Float32Array, count: number) =>
        (matrix as NonNullable<typeof matrix>).run(block, count, given ?? { output: "" });
      throwIfStopped(signal);
      try {
        const found = await anyMethods[method](coding.encode(rows), {
          background: coding.encode(background),
          predict: matrix ? ask : (block, count) => answersTo(coding.decode(block, count)),
          ...(matrix?.datatype === "FP32" && { predictFloat32: ask }),
          now: () => performance.now(),
          ...(seed !== undefined && { seed }),
          ...(tolerance !== undefined && { tolerance }),
          ...(maxSeconds !== undefined && { maxSeconds }),
          ...(onProgress && { onProgress }),
          ...(signal && { signal }),
        });
        const { baseValue, shapValues, predictions, standardError, converged } = found;
        return {
          baseValue,
          shapValues,
          predictions,
          standardError: method === "exact" ? null : standardError,
          interactions: null,
          converged: converged.every(Boolean),
        };
      } catch (error) {
        throwIfStopped(signal);
        throw error;
      }
    },
  };
}

/** An output of a model, and columns of it. */
export interface GivenOutput {
  output: string;
  columns: number[];
}

/** What a model says of rows, by its core where that is known. */
export async function answersOf(
  model: ExplainableModel,
  runner: ModelRunner,
  core: ModelCore | null,
  given: GivenOutput | null,
  output: ExplainedOutput,
  rows: ModelRows,
): Promise<Float64Array> {
  if (core === null) return runner.run(rows, given ?? { output: "" });
  const raw = core.raw(await core.encode(rows), rows.count);
  return output === "raw" ? raw : applyPostTransform(raw, core.outputs, model.postTransform);
}

/**
 * What a model gives out that can be explained, as its file tells; else its first output of decimal numbers; of
 * the probabilities of two classes the second.
 *
 * @throws AssayerError "invalid-model" for a model that gives labels alone
 */
export async function explainedOutput(
  model: ExplainableModel,
  runner: ModelRunner,
  rows: ModelRows,
): Promise<{ outputs: string[]; given: GivenOutput }> {
  if (model.compared) return { outputs: model.outputs, given: model.compared };
  const { outputs } = runner.session;
  const numbers = outputs.find(({ datatype }) => datatype === "FP32" || datatype === "FP64");
  if (numbers === undefined)
    throw new AssayerError(
      "invalid-model",
      `openExplainer requires a model that gives decimal numbers; got ${outputs.map(({ name, datatype }) => `${name} as ${datatype}`).join(", ")}`,
    );
  const { name } = numbers;
  const one = { count: 1, columns: rows.columns.map((values) => values.slice(0, 1)) };
  const depth = (await runner.run(one, { output: name })).length;
  if (isClassifier(runner) && depth === 2)
    return { outputs: [`${name} 1`], given: { output: name, columns: [1] } };
  const columns = Array.from({ length: depth }, (_, i) => i);
  return {
    outputs: depth === 1 ? [name] : columns.map((i) => `${name} ${i}`),
    given: { output: name, columns },
  };
}

/** A classifier gives labels beside numbers. */
export function isClassifier({ session }: ModelRunner): boolean {
  return session.outputs.some(({ datatype }) =>
    ["INT64", "INT32", "BYTES", "BOOL"].includes(datatype),
  );
}

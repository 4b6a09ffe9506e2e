import { readFile } from "node:fs/promises";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { AssayerError, messageOf } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { isRandomised } from "../fairness/require-rule";
import { datatypeOf, fromTensorData, runtimeTypes } from "./convert";
import { checkModel } from "./check";
import { readDecisionRule } from "./decision-rule";
import { givenInputs, idsTensor, requestNumbers, withoutIds } from "./request-numbers";
import { checkOutputs, matchInputs, rowsTensor } from "./match-inputs";
import type { InferTensor, TensorSpec } from "./tensor";
import {
  matrixOf,
  matrixTensor,
  numberOutput,
  requireTyped,
  typedTensor,
  type TypedTensor,
} from "./typed-tensor";

export interface InferOptions {
  /**
   * Names the request, for a model whose decision rule has randomness: the one row, or row i of several as
   * `<id>-<i>`; or an id for each row. Others do without.
   */
  requestId?: string | readonly string[];
}

/** An ONNX model, loaded and ready. */
export interface Session {
  /** What a caller gives; the number that a decision rule with randomness asks for is not among them. */
  readonly inputs: TensorSpec[];
  readonly outputs: TensorSpec[];
  /**
   * Runs the model once. All of the model's inputs are needed; `outputs` names the wanted ones,
   * default all, in the model's order. A model with a decision rule also takes `request_id` (BYTES, one a row)
   * in place of `options.requestId`.
   *
   * @throws AssayerError "invalid-input" naming what was required and what came
   */
  infer(
    inputs: readonly InferTensor[],
    outputs?: readonly string[],
    options?: InferOptions,
  ): Promise<InferTensor[]>;
  /**
   * Rows of numbers as the model's input, and their ids where it asks for some; for models with one input of rank 2.
   *
   * @throws AssayerError "invalid-input" if the model has other inputs or a row another length
   */
  tensorsOf(rows: readonly (readonly number[])[], options?: InferOptions): InferTensor[];
  /** Runs the model on rows of numbers; for models with one input of rank 2. */
  predict(rows: readonly (readonly number[])[], options?: InferOptions): Promise<InferTensor[]>;
  /**
   * `infer` without the way over JSON's values, for many rows: data goes to ONNX Runtime and comes back as the typed
   * arrays it works on, not copied. Text is the one kind of data in an array of values.
   *
   * @throws AssayerError "invalid-input" naming what was required and what came
   * @example await session.run([{ name: "age", datatype: "INT64", shape: [2, 1], data: BigInt64Array.of(34n, 51n) }])
   */
  run(
    inputs: readonly TypedTensor[],
    outputs?: readonly string[],
    options?: InferOptions,
  ): Promise<TypedTensor[]>;
  /**
   * Answers to many rows of numbers; for models with one FP32 or FP64 input of rows and columns (models with an input
   * for each column have `run`). An array of the input's own type is not copied; numbers that are no float32 are
   * rounded for an FP32 input.
   *
   * @param rows count × columns, row-major
   * @param options.output default the first one that holds FP32 or FP64: a classifier's probabilities, not its labels
   * @returns count × k, row-major
   * @throws AssayerError "invalid-input" if the model has other inputs, no such output, or rows have another length
   */
  predictMatrix(
    rows: Float64Array | Float32Array,
    count: number,
    options?: InferOptions & { output?: string },
  ): Promise<Float64Array>;
  /** Releases the model's memory, after the runs under way. */
  close(): Promise<void>;
}

/** Above this many bytes a model gets a thread a core; below, waking threads costs more than they bring. */
const singleThreadBytes = 1_000_000;

/**
 * Loads an ONNX model.
 *
 * Inputs are FP32 in the models Assayer writes: a number that is no float32 is rounded first, so
 * compare predictions with a trainer's at `Math.fround` of its inputs.
 *
 * @param model bytes of an ONNX file, or its path
 * @throws AssayerError "invalid-model" if it is no ONNX model, keeps its weights in other files, or
 * has an input or output that is no tensor
 * @example const session = await openSession(bytes); await session.predict([[1, 2]]);
 */
export async function openSession(model: Uint8Array | string): Promise<Session> {
  const bytes = typeof model === "string" ? await readModelFile(model) : model;
  checkModel(bytes);
  const rule = readDecisionRule(bytes);
  const runtime = await import("onnxruntime-node");
  let native: InferenceSession;
  try {
    native = await runtime.InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      logSeverityLevel: 4,
      // Else bytes that are ONNX to the check above might be ONNX Runtime's own format to it.
      extra: { session: { load_model_format: "ONNX" } },
      ...(bytes.byteLength < singleThreadBytes
        ? { intraOpNumThreads: 1, interOpNumThreads: 1 }
        : {}),
    });
  } catch (error) {
    throw new AssayerError(
      "invalid-model",
      `openSession requires an ONNX model that ONNX Runtime can run; got one it refuses: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return wrap(native, runtime.Tensor, rule);
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AssayerError(
      "invalid-model",
      `openSession requires a readable file; got ${path}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function wrap(
  native: InferenceSession,
  TensorClass: typeof Tensor,
  rule: DecisionRule | null,
): Session {
  const all = native.inputMetadata.map((value) => specOf("input", value));
  const inputs = rule === null ? all : givenInputs(all, rule);
  const outputs = native.outputMetadata.map((value) => specOf("output", value));
  let running = 0;
  /** Where rows were rounded last: new memory outside of the heap takes longer than rounding does. */
  let spare: Float32Array | undefined;
  let closing: Promise<void> | undefined;
  let released = (): void => undefined;

  const execute = async <T extends InferTensor | TypedTensor>(
    caller: string,
    given: readonly T[],
    wanted: readonly string[] = outputs.map(({ name }) => name),
    { requestId }: InferOptions = {},
    toTyped: (tensor: T) => TypedTensor,
  ): Promise<TypedTensor[]> => {
    if (closing !== undefined)
      throw new AssayerError("closed", `${caller} requires an open session; got a closed one`);
    checkOutputs(wanted, outputs);
    const own = matchInputs(caller, rule === null ? given : withoutIds(given), inputs).map(toTyped);
    const added = rule === null ? [] : requestNumbers(rule, given, inputs, requestId);
    const feeds: Record<string, Tensor> = {};
    for (const { name, datatype, shape, data } of [...own, ...added.map(typedTensor)]) {
      const feed = new TensorClass(runtimeTypes[datatype], data, shape);
      // Where Node has Float16Array (from 24) the class wraps halves in it, which the native side refuses.
      if (datatype === "FP16") Object.defineProperty(feed, "data", { value: data });
      feeds[name] = feed;
    }
    running += 1;
    try {
      const results = await native.run(feeds, [...wanted]);
      return outputs.flatMap(({ name, datatype }) => {
        const result = results[name];
        if (result === undefined) return [];
        return [{ name, shape: [...result.dims], datatype, data: result.data }];
      });
    } catch (error) {
      throw new AssayerError(
        "invalid-input",
        `${caller} requires inputs the model can run on; got: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    } finally {
      running -= 1;
      if (running === 0) released();
    }
  };
  const infer: Session["infer"] = async (given, wanted, options) => {
    const results = await execute("infer", given, wanted, options, typedTensor);
    return results.map((each) => ({ ...each, data: fromTensorData(each.datatype, each.data) }));
  };

  return {
    inputs,
    outputs,
    infer,
    run: (given, wanted, options) => execute("run", given, wanted, options, requireTyped),
    predictMatrix: async (rows, count, { output, ...options } = {}) => {
      // A call beside this one makes memory of its own.
      const lent = spare;
      spare = undefined;
      const tensor = matrixTensor(rows, count, inputs, lent);
      const wanted = [numberOutput(output, outputs)];
      const answers = await execute("predictMatrix", [tensor], wanted, options, (t) => t);
      if (tensor.data !== rows && tensor.data instanceof Float32Array)
        spare = lent && lent.length >= tensor.data.length ? lent : tensor.data;
      return matrixOf(answers[0], count);
    },
    tensorsOf: (rows, { requestId } = {}) => [
      rowsTensor(rows, inputs),
      ...(rule !== null && isRandomised(rule) && requestId !== undefined
        ? [idsTensor(requestId, rows.length)]
        : []),
    ],
    predict: async (rows, options) => infer([rowsTensor(rows, inputs)], undefined, options),
    close: () => {
      closing ??= (
        running === 0 ? Promise.resolve() : new Promise<void>((resolve) => (released = resolve))
      ).then(() => native.release());
      return closing;
    },
  };
}

function specOf(role: "input" | "output", value: InferenceSession.ValueMetadata): TensorSpec {
  const datatype = value.isTensor ? datatypeOf(value.type) : undefined;
  if (!value.isTensor || datatype === undefined) {
    const hint =
      role === "output" && !value.isTensor ? " (withoutZipMap makes a table of a map)" : "";
    throw new AssayerError(
      "invalid-model",
      `openSession requires ${role}s that are tensors of a known datatype; got ${role} "${value.name}" that is not${hint}`,
    );
  }
  return {
    name: value.name,
    datatype,
    shape: value.shape.map((dimension) => (typeof dimension === "number" ? dimension : -1)),
  };
}

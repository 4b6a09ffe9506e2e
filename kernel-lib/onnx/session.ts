import { readFile } from "node:fs/promises";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { AssayerError, messageOf } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { isRandomised } from "../fairness/require-rule";
import { datatypeOf, fromTensorData, runtimeTypes, toTensorData } from "./convert";
import { checkModel } from "./check";
import { readDecisionRule } from "./decision-rule";
import { givenInputs, idsTensor, requestNumbers, withoutIds } from "./request-numbers";
import {
  elementCount,
  formatShape,
  shapeMatches,
  type InferTensor,
  type TensorSpec,
} from "./tensor";

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
  let closing: Promise<void> | undefined;
  let released = (): void => undefined;

  const infer = async (
    given: readonly InferTensor[],
    wanted: readonly string[] = outputs.map(({ name }) => name),
    options: InferOptions = {},
  ): Promise<InferTensor[]> => {
    if (closing !== undefined)
      throw new AssayerError("closed", "infer requires an open session; got a closed one");
    checkOutputs(wanted, outputs);
    const feeds: Record<string, Tensor> = {};
    const own = matchInputs(rule === null ? given : withoutIds(given), inputs);
    const added = rule === null ? [] : requestNumbers(rule, given, inputs, options.requestId);
    for (const tensor of [...own, ...added]) {
      const data = toTensorData(tensor.name, tensor.datatype, tensor.data);
      const feed = new TensorClass(runtimeTypes[tensor.datatype], data, tensor.shape);
      // Where Node has Float16Array (from 24) the class wraps halves in it, which the native side refuses.
      if (tensor.datatype === "FP16") Object.defineProperty(feed, "data", { value: data });
      feeds[tensor.name] = feed;
    }
    running += 1;
    try {
      const results = await native.run(feeds, [...wanted]);
      return outputs.flatMap(({ name, datatype }) => {
        const result = results[name];
        if (result === undefined) return [];
        const data = result.data as ArrayLike<number | bigint | boolean | string>;
        return [{ name, shape: [...result.dims], datatype, data: fromTensorData(datatype, data) }];
      });
    } catch (error) {
      throw new AssayerError(
        "invalid-input",
        `infer requires inputs the model can run on; got: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    } finally {
      running -= 1;
      if (running === 0) released();
    }
  };

  return {
    inputs,
    outputs,
    infer,
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
      role === "output" && !value.isTensor ? " (export without ZipMap: zipmap=False)" : "";
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

function checkOutputs(wanted: readonly string[], outputs: readonly TensorSpec[]): void {
  const unknown = wanted.find((name) => !outputs.some((output) => output.name === name));
  if (unknown !== undefined) {
    throw new AssayerError(
      "invalid-input",
      `unknown output: ${unknown}; expected one of ${namesOf(outputs)}`,
    );
  }
}

function matchInputs(
  given: readonly InferTensor[],
  specs: readonly TensorSpec[],
): readonly InferTensor[] {
  const fail = (message: string): never => {
    throw new AssayerError("invalid-input", message);
  };
  const seen = new Set<string>();
  for (const { name, datatype, shape, data } of given) {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined)
      return fail(`unknown input: ${name}; expected one of ${namesOf(specs)}`);
    if (seen.has(name)) fail(`infer requires each input once; got "${name}" twice`);
    seen.add(name);
    if (datatype !== spec.datatype)
      fail(`infer requires datatype ${spec.datatype} for input "${name}"; got ${datatype}`);
    // A model may leave a rank open; ONNX Runtime tells that as an empty shape.
    if (spec.shape.length > 0 && !shapeMatches(shape, spec.shape)) {
      fail(
        `infer requires shape ${formatShape(spec.shape)} for input "${name}"; got ${formatShape(shape)}`,
      );
    }
    if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
      fail(`infer requires dimensions ≥ 0 for input "${name}"; got ${formatShape(shape)}`);
    }
    const count = elementCount(shape);
    if (data.length !== count) {
      fail(
        `infer requires ${count} values for shape ${formatShape(shape)} of input "${name}"; got ${data.length}`,
      );
    }
  }
  const missing = specs.filter(({ name }) => !seen.has(name));
  if (missing.length > 0)
    fail(`infer requires inputs ${namesOf(specs)}; got none named ${namesOf(missing)}`);
  return given;
}

function rowsTensor(
  rows: readonly (readonly number[])[],
  specs: readonly TensorSpec[],
): InferTensor {
  const spec = specs[0];
  if (spec?.shape.length !== 2 || specs.length !== 1) {
    throw new AssayerError(
      "invalid-input",
      `tensorsOf requires a model with one input of rows and columns; got ${specs.map(({ name, shape }) => `"${name}" ${formatShape(shape)}`).join(", ")}`,
    );
  }
  const columns = spec.shape[1] === -1 ? (rows[0]?.length ?? 0) : (spec.shape[1] ?? 0);
  const ragged = rows.findIndex((row) => row.length !== columns);
  if (ragged !== -1) {
    throw new AssayerError(
      "invalid-input",
      `tensorsOf requires rows of ${columns} numbers; got ${rows[ragged]?.length ?? 0} in row ${ragged}`,
    );
  }
  return {
    name: spec.name,
    datatype: spec.datatype,
    shape: [rows.length, columns],
    data: rows.flat(),
  };
}

function namesOf(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => name).join(", ");
}

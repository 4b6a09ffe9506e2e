import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonTensors } from "../onnx/convert";
import { inlineExternalData } from "../onnx/inline-external-data";
import { openSession, type Session } from "../onnx/session";
import type { Datatype, GoldenSample, InferTensor, TensorSpec } from "../onnx/tensor";
import { messageOf } from "../errors";
import type { FoundFile } from "./artifact-root";

/** What a project keeps of a model that MLflow saved. */
export interface ReadModel {
  /** The whole model, when it is one that ONNX Runtime opens. */
  onnx: Uint8Array | null;
  input: TensorSpec[];
  output: TensorSpec[];
  sample: GoldenSample | null;
  /** What could not be taken over as it was. */
  problems: { what: string; why: string }[];
}

interface MlModel {
  flavors?: Record<string, Record<string, unknown> | null>;
  signature?: { inputs?: unknown; outputs?: unknown } | null;
  saved_input_example_info?: { artifact_path?: unknown; type?: unknown } | null;
}

/** MLflow's names of column types and numpy's of element types. */
const datatypes: Readonly<Record<string, Datatype>> = {
  boolean: "BOOL",
  integer: "INT32",
  long: "INT64",
  float: "FP32",
  double: "FP64",
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
};

/** Tensors out of one side of a signature: tensors as they are, a column as a tensor of one dimension. */
function signatureTensors(json: unknown): TensorSpec[] {
  if (typeof json !== "string") return [];
  let entries: unknown;
  try {
    entries = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(entries)) return [];
  return entries.map((entry: Record<string, unknown>, position): TensorSpec => {
    const tensor = entry["tensor-spec"] as { dtype?: unknown; shape?: unknown } | undefined;
    const name = typeof entry.name === "string" ? entry.name : `tensor-${position}`;
    const type = tensor?.dtype ?? entry.type;
    const shape = Array.isArray(tensor?.shape) ? tensor.shape.map(Number) : [-1];
    return { name, datatype: (typeof type === "string" && datatypes[type]) || "BYTES", shape };
  });
}

function shapeOf(data: unknown): number[] {
  return Array.isArray(data) ? [data.length, ...shapeOf(data[0])] : [];
}

function asTensor(spec: TensorSpec, data: unknown): InferTensor {
  const flat = Array.isArray(data) ? (data.flat(Infinity) as InferTensor["data"]) : [];
  return { name: spec.name, datatype: spec.datatype, shape: shapeOf(data), data: flat };
}

/** The tensors of an input example: an array, named arrays, or a table in one of MLflow's two forms. */
function exampleTensors(session: Session, example: unknown): InferTensor[] {
  const [first] = session.inputs;
  if (first === undefined) return [];
  if (Array.isArray(example) && Array.isArray(example[0])) return [asTensor(first, example)];
  const { columns, data, inputs } = (example ?? {}) as Record<string, unknown>;
  if (Array.isArray(columns) && Array.isArray(data)) {
    if (session.inputs.length === 1) return session.tensorsOf(data as number[][]);
    return session.inputs.map((spec) => {
      const column = columns.indexOf(spec.name);
      const cells = (data as unknown[][]).map((row) => row[column]);
      return asTensor(spec, spec.shape.length === 2 ? cells.map((cell) => [cell]) : cells);
    });
  }
  const named = (inputs ?? example) as Record<string, unknown>;
  if (Array.isArray(named)) return [asTensor(first, named)];
  return session.inputs.map((spec) => asTensor(spec, named[spec.name]));
}

async function readSample(session: Session, path: string): Promise<GoldenSample> {
  const inputs = exampleTensors(session, JSON.parse(readFileSync(path, "utf8")));
  const outputs = await session.infer(inputs);
  return { inputs: jsonTensors(inputs), outputs: jsonTensors(outputs) };
}

/** Reads a folder that MLflow saved a model in. */
export async function readMlflowModel(
  folder: string,
  files: readonly FoundFile[],
): Promise<ReadModel> {
  const problems: ReadModel["problems"] = [];
  const description = files.find(({ name }) => name === "MLmodel");
  const { parse } = await import("yaml");
  let model: MlModel = {};
  try {
    if (description) model = parse(readFileSync(description.path, "utf8")) as MlModel;
  } catch (error) {
    problems.push({ what: "MLmodel files that are no YAML", why: messageOf(error) });
  }
  const kept: ReadModel = {
    onnx: null,
    input: signatureTensors(model.signature?.inputs),
    output: signatureTensors(model.signature?.outputs),
    sample: null,
    problems,
  };
  const data = model.flavors?.onnx?.data;
  const file = files.find(({ name }) => name === data);
  if (!file) return kept;
  let session: Session | undefined;
  try {
    const onnx = inlineExternalData(readFileSync(file.path), (name) => {
      const other = files.find((each) => each.name === name);
      return other && readFileSync(other.path);
    });
    session = await openSession(onnx);
    kept.onnx = onnx;
    kept.input = session.inputs;
    kept.output = session.outputs;
    const example = model.saved_input_example_info?.artifact_path;
    if (typeof example === "string" && files.some(({ name }) => name === example))
      kept.sample = await readSample(session, join(folder, example)).catch((error: unknown) => {
        const what = "input examples that became no golden sample";
        problems.push({ what, why: messageOf(error) });
        return null;
      });
  } catch (error) {
    const what = "ONNX models that are kept and not served";
    problems.push({ what, why: messageOf(error) });
  } finally {
    await session?.close();
  }
  return kept;
}

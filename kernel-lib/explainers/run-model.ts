import { AssayerError } from "../errors";
import type { ExplainableModel, ModelColumn } from "../explain/explainable-model";
import { readDecisionRule } from "../onnx/decision-rule";
import { openSession, type Session } from "../onnx/session";
import type { Datatype, TensorSpec } from "../onnx/tensor";
import type { TypedTensor } from "../onnx/typed-tensor";
import { pickRows, sliceRows, type ModelRows } from "./model-rows";

/** Numbers that go to ONNX Runtime at a time. */
const batchNumbers = 1 << 20;

/** A model, or a part of one, that ONNX Runtime runs on rows of its columns. */
export interface ModelRunner {
  readonly session: Session;
  /**
   * Some columns of an output, or all.
   *
   * @returns count × columns, row-major
   */
  run(
    rows: ModelRows,
    wanted: { output: string; columns?: readonly number[] },
  ): Promise<Float64Array>;
  /** The same for rows that are a matrix already; null for a model whose one input is no matrix of numbers. */
  readonly runMatrix: RunMatrix | null;
  close(): Promise<void>;
}

interface RunMatrix {
  /** What the input holds, to write rows as. */
  readonly datatype: "FP32" | "FP64";
  run(
    rows: Float64Array | Float32Array,
    count: number,
    wanted: { output: string; columns?: readonly number[] },
  ): Promise<Float64Array>;
}

/**
 * Opens a model for rows whose columns are those of its one input, or inputs of their own.
 *
 * @throws AssayerError "invalid-model" when ONNX Runtime refuses it
 */
export async function openRunner(
  onnx: Uint8Array,
  { columns }: Pick<ExplainableModel, "columns">,
): Promise<ModelRunner> {
  const session = await openSession(onnx);
  const draws = readDecisionRule(onnx) !== null;
  // Some files take just so many rows at a time, often one.
  const claimed = Math.max(0, ...session.inputs.map(({ shape: [first = -1] }) => first));
  const fixed = claimed * columns.length <= batchNumbers ? claimed : 0;
  return {
    session,
    async run(rows, { output, columns: picked }) {
      const batch = fixed || Math.max(1, Math.floor(batchNumbers / rows.columns.length));
      let answers: Float64Array | undefined;
      for (let start = 0; start < rows.count; start += batch) {
        const count = Math.min(rows.count - start, batch);
        const part = fixed
          ? pickRows(rows, filled(start, count, fixed))
          : sliceRows(rows, start, start + count);
        const inputs = tensorsOf(session.inputs, columns, part);
        const ids = draws
          ? { requestId: Array.from({ length: part.count }, (_, i) => `row ${i}`) }
          : {};
        const [answer] = await session.run(inputs, [output], ids);
        const found = pickedOf(answer, part.count, picked);
        const width = found.length / part.count;
        answers ??= new Float64Array(rows.count * width);
        answers.set(found.subarray(0, count * width), start * width);
      }
      return answers ?? new Float64Array(0);
    },
    runMatrix: draws || claimed > 0 ? null : matrixRunner(session),
    close: () => session.close(),
  };
}

function matrixRunner(session: Session): RunMatrix | null {
  const [input] = session.inputs;
  const datatype = input?.datatype;
  if (input?.shape.length !== 2 || session.inputs.length > 1) return null;
  if (datatype !== "FP32" && datatype !== "FP64") return null;
  const arrayType = datatype === "FP32" ? Float32Array : Float64Array;
  return {
    datatype,
    async run(rows, count, { output, columns }) {
      const data = rows instanceof arrayType ? rows : new arrayType(rows);
      const tensor = { name: input.name, datatype, shape: [count, rows.length / count], data };
      const [answer] = await session.run([tensor], [output]);
      return pickedOf(answer, count, columns);
    },
  };
}

/** Some columns of an output, or all: count × columns. */
function pickedOf(
  tensor: TypedTensor | undefined,
  count: number,
  picked: readonly number[] | undefined,
): Float64Array {
  const matrix = numbersOf(tensor, count);
  const depth = matrix.length / count;
  const places = picked ?? Array.from({ length: depth }, (_, i) => i);
  const width = places.length;
  const answers = new Float64Array(count * width);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < width; i++)
      answers[row * width + i] = Number(matrix[row * depth + (places[i] ?? 0)]);
  return answers;
}

/** Places of some rows, the last of them again until there are as many as the model takes. */
function filled(start: number, count: number, fixed: number): number[] {
  return Array.from({ length: fixed }, (_, i) => start + Math.min(i, count - 1));
}

/** Each input takes the next columns: as many as its rows have values. */
function tensorsOf(
  inputs: readonly TensorSpec[],
  columns: readonly ModelColumn[],
  rows: ModelRows,
): TypedTensor[] {
  let next = 0;
  return inputs.map((spec) => {
    const own = spec.shape[1] ?? 1;
    const width = inputs.length === 1 ? rows.columns.length : own === -1 ? 1 : own;
    const start = next;
    next += width;
    const shape = spec.shape.length === 1 ? [rows.count] : [rows.count, width];
    return {
      name: spec.name,
      datatype: spec.datatype,
      shape,
      data: dataOf(spec.datatype, columns, rows, start, width),
    };
  });
}

function dataOf(
  datatype: Datatype,
  columns: readonly ModelColumn[],
  { count, columns: values }: ModelRows,
  start: number,
  width: number,
): TypedTensor["data"] {
  const fill = <T extends { [index: number]: V }, V>(
    data: T,
    convert: (value: number, name: string) => V,
  ): T => {
    for (let c = 0; c < width; c++) {
      const column = values[start + c] ?? [];
      const name = columns[start + c]?.name ?? "";
      for (let row = 0; row < count; row++)
        data[row * width + c] = convert(Number(column[row]), name);
    }
    return data;
  };
  const size = count * width;
  switch (datatype) {
    case "FP32":
      return fill(new Float32Array(size), (value) => value);
    case "FP64":
      return fill(new Float64Array(size), (value) => value);
    case "INT64":
      return fill(new BigInt64Array(size), (value, name) => BigInt(whole(value, name)));
    case "INT32":
      return fill(new Int32Array(size), whole);
    case "BOOL":
      return fill(new Uint8Array(size), (value) => Number(value !== 0));
    case "BYTES": {
      const texts = new Array<string>(size).fill("");
      for (let c = 0; c < width; c++) {
        const column = values[start + c] ?? [];
        for (let row = 0; row < count; row++) texts[row * width + c] = String(column[row]);
      }
      return texts;
    }
    default:
      throw new AssayerError(
        "invalid-model",
        `openExplainer requires a model of FP32, FP64, INT64, INT32, BOOL or BYTES inputs; got ${datatype}`,
      );
  }
}

function whole(value: number, name: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new AssayerError(
    "invalid-argument",
    `openExplainer requires whole numbers in ${name}, which the model takes as integers; got ${Number.isNaN(value) ? "a missing one" : "a decimal"}`,
  );
}

function numbersOf(tensor: TypedTensor | undefined, count: number): ArrayLike<number | bigint> {
  const data = tensor?.data;
  const isNumbers = ArrayBuffer.isView(data);
  if (!isNumbers || data.length === 0 || data.length % count !== 0)
    throw new AssayerError(
      "invalid-model",
      `openExplainer requires a model that gives numbers for each row; got ${tensor ? `${tensor.datatype} [${tensor.shape.join(", ")}] for ${count} rows` : "nothing"}`,
    );
  return data;
}

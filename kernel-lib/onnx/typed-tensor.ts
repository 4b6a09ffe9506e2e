import { AssayerError } from "../errors";
import { toTensorData, type TensorData } from "./convert";
import { matrixInput, namesOf } from "./match-inputs";
import { formatShape, type Datatype, type InferTensor, type TensorSpec } from "./tensor";

/**
 * A tensor over the memory that ONNX Runtime works on: row-major, FP16 as the bits of halves, BOOL as 0 and 1, BYTES
 * as an array of texts.
 */
export interface TypedTensor {
  name: string;
  shape: number[];
  datatype: Datatype;
  data: TensorData;
}

const arrayTypes = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
  BYTES: Array,
} as const satisfies Record<Datatype, unknown>;

/** Values as JSON carries them, as typed memory. */
export function typedTensor({ name, shape, datatype, data }: InferTensor): TypedTensor {
  return { name, shape, datatype, data: toTensorData(name, datatype, data) };
}

/** @throws AssayerError "invalid-input" for data in an array of another type than its datatype's */
export function requireTyped(tensor: TypedTensor): TypedTensor {
  const { name, datatype, data } = tensor;
  const wanted = arrayTypes[datatype];
  if (!(data instanceof wanted))
    throw new AssayerError(
      "invalid-input",
      `run requires ${datatype} data of input "${name}" in a ${wanted.name}; got a ${(data as object).constructor.name}`,
    );
  // Texts alone are values of any kind to the program, and are checked as those of JSON are.
  return Array.isArray(data) ? typedTensor({ ...tensor, data }) : tensor;
}

/**
 * Rows of numbers as the model's one input, not copied where they are of its type.
 *
 * @param spare memory for rows that are to be rounded, where it is large enough
 * @throws AssayerError "invalid-input" if the model has other inputs, or the rows another length
 */
export function matrixTensor(
  rows: Float64Array | Float32Array,
  count: number,
  inputs: readonly TensorSpec[],
  spare?: Float32Array,
): TypedTensor {
  const { name, datatype, shape } = matrixInput("predictMatrix", inputs);
  const width = shape[1] === -1 || shape[1] === undefined ? rows.length / count : shape[1];
  if (!Number.isSafeInteger(count) || count < 1 || rows.length !== count * width)
    throw new AssayerError(
      "invalid-input",
      `predictMatrix requires count rows of ${shape[1] === -1 ? "one number of columns" : `${width} numbers`}, 1 row or more; got ${rows.length} numbers for a count of ${count}`,
    );
  if (datatype !== "FP32" && datatype !== "FP64")
    throw new AssayerError(
      "invalid-input",
      `predictMatrix requires a model whose input is FP32 or FP64; got ${datatype}`,
    );
  return {
    name,
    datatype,
    shape: [count, width],
    data:
      datatype === "FP32"
        ? toFloat32(rows, spare)
        : rows instanceof Float64Array
          ? rows
          : new Float64Array(rows),
  };
}

const largestFloat32 = 3.4028234663852886e38;

function toFloat32(
  rows: Float64Array | Float32Array,
  spare: Float32Array | undefined,
): Float32Array {
  if (rows instanceof Float32Array) return rows;
  const rounded =
    spare && spare.length >= rows.length
      ? spare.subarray(0, rows.length)
      : new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i] as number;
    rounded[i] = value;
    if ((value > largestFloat32 || value < -largestFloat32) && Number.isFinite(value))
      throw new AssayerError(
        "invalid-input",
        `predictMatrix requires numbers within ±${largestFloat32} for an FP32 input; got a larger one at position ${i}`,
      );
  }
  return rounded;
}

/**
 * The output that `predictMatrix` gives: the named one, else the first that holds decimal numbers.
 *
 * @throws AssayerError "invalid-input" if there is none
 */
export function numberOutput(name: string | undefined, outputs: readonly TensorSpec[]): string {
  const numbers = outputs.filter(({ datatype }) => datatype === "FP32" || datatype === "FP64");
  const found = name === undefined ? numbers[0] : numbers.find((each) => each.name === name);
  if (found) return found.name;
  throw new AssayerError(
    "invalid-input",
    name === undefined
      ? `predictMatrix requires a model with an FP32 or FP64 output; got ${namesOf(outputs)}`
      : `unknown output: ${name}; expected one of ${namesOf(numbers)}`,
  );
}

/**
 * An output's numbers, a row for each row given.
 *
 * @throws AssayerError "invalid-input" if the model gave another number of rows
 */
export function matrixOf(tensor: TypedTensor | undefined, count: number): Float64Array {
  const { shape = [], data } = tensor ?? {};
  if (shape[0] !== count || !(data instanceof Float32Array || data instanceof Float64Array))
    throw new AssayerError(
      "invalid-input",
      `predictMatrix requires a model that gives a row for each row; got ${formatShape(shape)} for ${count} rows`,
    );
  return data instanceof Float64Array ? data : new Float64Array(data);
}

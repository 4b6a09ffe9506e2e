import { AssayerError } from "../errors";
import { halfToNumber, numberToHalf } from "./float32";
import type { Datatype, InferTensor } from "./tensor";

/** Element types of ONNX Runtime by Open Inference Protocol datatype. */
export const runtimeTypes = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
} as const satisfies Record<Datatype, string>;

/** The datatype of an element type of ONNX Runtime, undefined for one the protocol has no name for. */
export function datatypeOf(runtimeType: string): Datatype | undefined {
  const datatypes = Object.keys(runtimeTypes) as Datatype[];
  return datatypes.find((datatype) => runtimeTypes[datatype] === runtimeType);
}

export type TensorData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | string[];

const integers = {
  UINT8: [Uint8Array, 0, 2 ** 8 - 1],
  UINT16: [Uint16Array, 0, 2 ** 16 - 1],
  UINT32: [Uint32Array, 0, 2 ** 32 - 1],
  INT8: [Int8Array, -(2 ** 7), 2 ** 7 - 1],
  INT16: [Int16Array, -(2 ** 15), 2 ** 15 - 1],
  INT32: [Int32Array, -(2 ** 31), 2 ** 31 - 1],
} as const;

/** JSON has no such numbers, so the protocol's JSON carries their names. */
const specials: Record<string, number> = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/**
 * Values as JSON carries them, in the array ONNX Runtime takes. Numbers that JSON has no form for
 * come as text: `"NaN"`, `"Infinity"`, `"-Infinity"`, and decimal text for 64-bit integers.
 *
 * @throws AssayerError "invalid-input" naming the position of the first value that does not fit
 */
export function toTensorData(
  name: string,
  datatype: Datatype,
  data: readonly unknown[],
): TensorData {
  const fail = (index: number, wanted: string): never => {
    throw new AssayerError(
      "invalid-input",
      `infer requires ${wanted} as ${datatype} data of input "${name}"; got ${kindOf(data[index])} at position ${index}`,
    );
  };
  switch (datatype) {
    case "FP32":
    case "FP64":
    case "FP16": {
      const limit = { FP16: 65504, FP32: 3.4028234663852886e38, FP64: Number.MAX_VALUE }[datatype];
      const values =
        datatype === "FP32" ? new Float32Array(data.length) : new Float64Array(data.length);
      for (let i = 0; i < data.length; i++) {
        const raw = data[i];
        const value = typeof raw === "string" ? specials[raw] : raw;
        if (typeof value !== "number") fail(i, "numbers");
        else if (Math.abs(value) > limit && Number.isFinite(value))
          fail(i, `numbers within ±${limit}`);
        else values[i] = value;
      }
      return datatype === "FP16" ? Uint16Array.from(values, numberToHalf) : values;
    }
    case "INT64":
    case "UINT64": {
      const [low, high] =
        datatype === "INT64" ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
      const values =
        datatype === "INT64" ? new BigInt64Array(data.length) : new BigUint64Array(data.length);
      for (let i = 0; i < data.length; i++) {
        const value = wholeNumber(data[i]);
        if (value === undefined || value < low || value > high)
          fail(i, `whole numbers from ${low} to ${high}`);
        else values[i] = value;
      }
      return values;
    }
    case "BOOL":
      return Uint8Array.from(data, (value, i) =>
        typeof value === "boolean" ? Number(value) : fail(i, "true or false"),
      );
    case "BYTES":
      // ONNX Runtime for Node cuts a text at its first NUL, and "a\0b" would be "a".
      return data.map((value, i) =>
        typeof value !== "string"
          ? fail(i, "text")
          : value.includes("\0")
            ? fail(i, "text without NUL characters")
            : value,
      );
    default: {
      const [ArrayType, low, high] = integers[datatype];
      const values = new ArrayType(data.length);
      for (let i = 0; i < data.length; i++) {
        const value = data[i];
        if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
          fail(i, `whole numbers from ${low} to ${high}`);
        } else values[i] = value;
      }
      return values;
    }
  }
}

function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** The kind of a value, never the value: messages hold no row data. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "a whole number" : "a number";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** Values of ONNX Runtime as JSON values: 64-bit integers as numbers when safe, else as decimal text. */
export function fromTensorData(
  datatype: Datatype,
  data: ArrayLike<number | bigint | boolean | string>,
): (number | boolean | string)[] {
  return Array.from(data, (value) => {
    if (typeof value === "bigint") {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value.toString();
    }
    if (datatype === "BOOL") return Boolean(value);
    return datatype === "FP16" && typeof value === "number" && data instanceof Uint16Array
      ? halfToNumber(value)
      : value;
  });
}

/** Tensors in a form JSON can carry: NaN and the infinities as text, which `infer` takes back. */
export function jsonTensors(tensors: readonly InferTensor[]): InferTensor[] {
  return tensors.map((tensor) => ({
    ...tensor,
    data: tensor.data.map((value) =>
      typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    ),
  }));
}

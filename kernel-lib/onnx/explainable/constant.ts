import { elementType, type TensorProto } from "../schema";
import { invalidModel } from "./invalid-model";

/** Numbers that a file holds, or texts. */
export interface Constant {
  dims: number[];
  numbers: ArrayLike<number>;
  /** Null for numbers. */
  texts: string[] | null;
  /** As ONNX numbers them. */
  type: number;
}

type FromBytes = (view: DataView, offset: number) => number;

/** Bytes of an element in raw data, and how one is read. All little endian. */
const rawElements: Partial<Record<number, [size: number, read: FromBytes]>> = {
  [elementType.float]: [4, (view, at) => view.getFloat32(at, true)],
  [elementType.double]: [8, (view, at) => view.getFloat64(at, true)],
  [elementType.int64]: [8, (view, at) => Number(view.getBigInt64(at, true))],
  [elementType.int32]: [4, (view, at) => view.getInt32(at, true)],
  [elementType.uint8]: [1, (view, at) => view.getUint8(at)],
  [elementType.bool]: [1, (view, at) => view.getUint8(at)],
  [elementType.int8]: [1, (view, at) => view.getInt8(at)],
  [elementType.uint16]: [2, (view, at) => view.getUint16(at, true)],
  [elementType.int16]: [2, (view, at) => view.getInt16(at, true)],
};

/**
 * The values of a tensor; undefined for a datatype that no stage or core of this folder has, such as half floats.
 * Nothing is allocated from the sizes that it claims: they are held against the values that are there.
 *
 * @throws AssayerError "invalid-model" for a tensor whose shape is not that of its values
 */
export function readConstant(tensor: TensorProto): Constant | undefined {
  const { dims = [], dataType: type = 0, rawData, name = "" } = tensor;
  if (type !== elementType.string && rawElements[type] === undefined) return undefined;
  const texts = type === elementType.string ? (tensor.stringData ?? []).map(decodeText) : null;
  const numbers =
    texts !== null
      ? []
      : rawData !== undefined && rawData.length > 0
        ? fromRaw(rawData, type, name)
        : typedValues(tensor, type);
  const found = texts?.length ?? numbers.length;
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) || count !== found)
    throw invalidModel(
      `${count} values in tensor "${name}" of shape ${dims.join(" × ")}`,
      `${found}`,
    );
  return { dims, numbers, texts, type };
}

function fromRaw(raw: Uint8Array, type: number, name: string): ArrayLike<number> {
  const [size, read] = rawElements[type] ?? [];
  if (size === undefined || read === undefined) return [];
  if (raw.length % size !== 0)
    throw invalidModel(`whole elements in tensor "${name}"`, `${raw.length} bytes`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Float64Array.from({ length: raw.length / size }, (_, i) => read(view, i * size));
}

function typedValues(tensor: TensorProto, type: number): ArrayLike<number> {
  if (type === elementType.float) return tensor.floatData ?? [];
  if (type === elementType.double) return tensor.doubleData ?? [];
  if (type === elementType.int64) return tensor.int64Data ?? [];
  return tensor.int32Data ?? [];
}

const decoder = new TextDecoder();

export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

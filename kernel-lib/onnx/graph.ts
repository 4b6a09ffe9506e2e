import { AssayerError } from "../errors";
import {
  attributeType,
  elementType,
  encodeModel,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./schema";

/** Versions every written model declares; ONNX Runtime reads them since 1.11 (2022). */
const irVersion = 8;
export const opsets = [
  { domain: "", version: 15 },
  { domain: "ai.onnx.ml", version: 3 },
];

export type AttributeValue =
  | { float: number }
  | { int: number }
  | { string: string }
  | { floats: readonly number[] }
  | { ints: readonly number[] }
  | { strings: readonly string[] }
  | { tensor: TensorProto };

/** An operator; those for classical models live in the ai.onnx.ml domain. */
export function operator(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, AttributeValue> = {},
  domain: "ai.onnx.ml" | "" = "ai.onnx.ml",
): NodeProto {
  return {
    input: inputs,
    output: outputs,
    name: outputs.join("_and_"),
    opType,
    domain,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  };
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  if ("float" in value) return { name, f: value.float, type: attributeType.float };
  if ("int" in value) return { name, i: value.int, type: attributeType.int };
  if ("string" in value) return { name, s: bytes(value.string), type: attributeType.string };
  if ("floats" in value) return { name, floats: [...value.floats], type: attributeType.floats };
  if ("ints" in value) return { name, ints: [...value.ints], type: attributeType.ints };
  if ("tensor" in value) return { name, t: value.tensor, type: attributeType.tensor };
  return { name, strings: value.strings.map(bytes), type: attributeType.strings };
}

/** A table with any number of rows: `rows × columns`, or a vector when `columns` is undefined. */
export function table(
  name: string,
  type: keyof typeof elementType,
  columns?: number,
): ValueInfoProto {
  const dim = [{ dimParam: "rows" }, ...(columns === undefined ? [] : [{ dimValue: columns }])];
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim } } } };
}

export interface ModelExtras {
  /** Constants of the graph. */
  initializer?: TensorProto[];
  /** Texts that the model carries by name. */
  metadata?: Readonly<Record<string, string>>;
}

/** Bytes of a model of one graph. */
export function writeModel(
  name: string,
  nodes: NodeProto[],
  input: ValueInfoProto,
  output: ValueInfoProto[],
  { initializer = [], metadata = {} }: ModelExtras = {},
): Uint8Array {
  return encodeModel({
    irVersion,
    producerName: "assayer",
    opsetImport: opsets,
    graph: { name, node: nodes, initializer, input: [input], output },
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
}

/** Classes of a classifier: whole numbers, or names. */
export type ClassLabels = readonly number[] | readonly string[];

/** The labels as a constant vector. */
export function labelTensor(name: string, labels: ClassLabels): TensorProto {
  const tensor = { name, dims: [labels.length], dataType: elementType[labelType(labels)] };
  return labelType(labels) === "string"
    ? { ...tensor, stringData: labels.map((label) => new TextEncoder().encode(String(label))) }
    : { ...tensor, int64Data: labels.map(Number) };
}

/** Class labels as ONNX attributes: `classlabels_ints`-like under `intsName`, or strings. */
export function labelAttributes(
  labels: ClassLabels,
  intsName: string,
  caller: string,
): Record<string, AttributeValue> {
  const names = labels.filter((label) => typeof label === "string");
  if (names.length === labels.length) return { classlabels_strings: { strings: names } };
  const numbers = labels.filter((label) => Number.isSafeInteger(label)) as number[];
  if (numbers.length === labels.length) return { [intsName]: { ints: numbers } };
  throw new AssayerError(
    "invalid-argument",
    `${caller} requires classes that are all whole numbers or all strings; got ${labels.join(", ")}`,
  );
}

export function labelType(labels: ClassLabels): keyof typeof elementType {
  return typeof labels[0] === "string" ? "string" : "int64";
}

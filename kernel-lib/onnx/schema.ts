import protobuf from "protobufjs/light";
import { AssayerError, messageOf } from "../errors";

/**
 * The messages of ONNX, as `name: [field number, type]`; whatever can hold a tensor is here with all
 * its fields. Messages that no tensor hides in and that Assayer has no use for are "bytes".
 * Numbers and types are those of https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto;
 * a type ending in `[]` is repeated, one ending in `[packed]` is repeated and packed.
 */
export const messages: Record<string, Record<string, [number, string]>> = {
  ModelProto: {
    irVersion: [1, "int64"],
    opsetImport: [8, "OperatorSetIdProto[]"],
    producerName: [2, "string"],
    producerVersion: [3, "string"],
    domain: [4, "string"],
    modelVersion: [5, "int64"],
    docString: [6, "string"],
    graph: [7, "GraphProto"],
    metadataProps: [14, "StringStringEntryProto[]"],
    trainingInfo: [20, "TrainingInfoProto[]"],
    functions: [25, "FunctionProto[]"],
    configuration: [26, "bytes[]"],
  },
  TrainingInfoProto: {
    initialization: [1, "GraphProto"],
    algorithm: [2, "GraphProto"],
    initializationBinding: [3, "StringStringEntryProto[]"],
    updateBinding: [4, "StringStringEntryProto[]"],
  },
  FunctionProto: {
    name: [1, "string"],
    input: [4, "string[]"],
    output: [5, "string[]"],
    attribute: [6, "string[]"],
    node: [7, "NodeProto[]"],
    docString: [8, "string"],
    opsetImport: [9, "OperatorSetIdProto[]"],
    domain: [10, "string"],
    attributeProto: [11, "AttributeProto[]"],
    valueInfo: [12, "ValueInfoProto[]"],
    overload: [13, "string"],
    metadataProps: [14, "StringStringEntryProto[]"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  GraphProto: {
    node: [1, "NodeProto[]"],
    name: [2, "string"],
    initializer: [5, "TensorProto[]"],
    docString: [10, "string"],
    input: [11, "ValueInfoProto[]"],
    output: [12, "ValueInfoProto[]"],
    valueInfo: [13, "ValueInfoProto[]"],
    quantizationAnnotation: [14, "bytes[]"],
    sparseInitializer: [15, "SparseTensorProto[]"],
    metadataProps: [16, "StringStringEntryProto[]"],
  },
  NodeProto: {
    input: [1, "string[]"],
    output: [2, "string[]"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto[]"],
    docString: [6, "string"],
    domain: [7, "string"],
    overload: [8, "string"],
    metadataProps: [9, "StringStringEntryProto[]"],
    deviceConfigurations: [10, "bytes[]"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "TensorProto"],
    g: [6, "GraphProto"],
    floats: [7, "float[]"],
    ints: [8, "int64[]"],
    strings: [9, "bytes[]"],
    tensors: [10, "TensorProto[]"],
    graphs: [11, "GraphProto[]"],
    docString: [13, "string"],
    typeProto: [14, "TypeProto"],
    typeProtos: [15, "TypeProto[]"],
    type: [20, "int32"],
    refAttrName: [21, "string"],
    sparseTensor: [22, "SparseTensorProto"],
    sparseTensors: [23, "SparseTensorProto[]"],
  },
  SparseTensorProto: {
    values: [1, "TensorProto"],
    indices: [2, "TensorProto"],
    dims: [3, "int64[]"],
  },
  TensorProto: {
    dims: [1, "int64[]"],
    dataType: [2, "int32"],
    segment: [3, "bytes"],
    floatData: [4, "float[packed]"],
    int32Data: [5, "int32[packed]"],
    stringData: [6, "bytes[]"],
    int64Data: [7, "int64[packed]"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    doubleData: [10, "double[packed]"],
    uint64Data: [11, "uint64[packed]"],
    docString: [12, "string"],
    externalData: [13, "StringStringEntryProto[]"],
    dataLocation: [14, "int32"],
    metadataProps: [16, "StringStringEntryProto[]"],
  },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"], docString: [3, "string"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"], denotation: [6, "string"] },
  TensorTypeProto: { elemType: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto[]"] },
  DimensionProto: { dimValue: [1, "int64"], dimParam: [2, "string"], denotation: [3, "string"] },
};

/** Kinds of an attribute's value, as ONNX numbers them. */
export const attributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** Element types of a tensor, as ONNX numbers them. */
export const elementType = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  double: 11,
} as const;

export interface ModelProto {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: number;
  docString?: string;
  graph?: GraphProto;
  opsetImport?: { domain?: string; version?: number }[];
  metadataProps?: { key?: string; value?: string }[];
  trainingInfo?: { initialization?: GraphProto; algorithm?: GraphProto }[];
  functions?: FunctionProto[];
}

export interface FunctionProto {
  name?: string;
  input?: string[];
  output?: string[];
  attribute?: string[];
  node?: NodeProto[];
  opsetImport?: { domain?: string; version?: number }[];
  domain?: string;
  attributeProto?: AttributeProto[];
}

export interface GraphProto {
  node?: NodeProto[];
  name?: string;
  initializer?: TensorProto[];
  docString?: string;
  input?: ValueInfoProto[];
  output?: ValueInfoProto[];
  valueInfo?: ValueInfoProto[];
  sparseInitializer?: SparseTensorProto[];
}

export interface NodeProto {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeProto[];
  docString?: string;
  domain?: string;
}

export interface AttributeProto {
  name?: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  tensors?: TensorProto[];
  graphs?: GraphProto[];
  docString?: string;
  type?: number;
  refAttrName?: string;
  sparseTensor?: SparseTensorProto;
  sparseTensors?: SparseTensorProto[];
}

export interface SparseTensorProto {
  values?: TensorProto;
  indices?: TensorProto;
}

export interface TensorProto {
  dims?: number[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: number[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: number[];
  uint64Data?: number[];
  docString?: string;
  externalData?: { key?: string; value?: string }[];
  dataLocation?: number;
}

export interface ValueInfoProto {
  name?: string;
  type?: TypeProto;
  docString?: string;
}

export interface TypeProto {
  tensorType?: { elemType?: number; shape?: { dim?: DimensionProto[] } };
  denotation?: string;
}

export interface DimensionProto {
  dimValue?: number;
  dimParam?: string;
  denotation?: string;
}

let root: protobuf.Root | undefined;

function messageType(name: string): protobuf.Type {
  root ??= buildTypes();
  return root.lookupType(name);
}

function buildTypes(): protobuf.Root {
  const nested: Record<string, protobuf.IType> = {};
  for (const [message, fields] of Object.entries(messages)) {
    const described: Record<string, protobuf.IField> = {};
    for (const [name, [id, type]] of Object.entries(fields)) {
      const bracket = type.indexOf("[");
      if (bracket === -1) described[name] = { id, type };
      else {
        const packed = type.endsWith("[packed]");
        described[name] = {
          id,
          type: type.slice(0, bracket),
          rule: "repeated",
          options: { packed },
        };
      }
    }
    nested[message] = { fields: described };
  }
  return protobuf.Root.fromJSON({ nested });
}

/** Bytes of an ONNX file. The same model always gives the same bytes. */
export function encodeModel(model: ModelProto): Uint8Array {
  return encodeMessage("ModelProto", model);
}

/** Bytes of one message of a file, without the tag and length that stand before it there. */
export function encodeMessage(name: "ModelProto", message: ModelProto): Uint8Array;
export function encodeMessage(name: "NodeProto", message: NodeProto): Uint8Array;
export function encodeMessage(name: "ValueInfoProto", message: ValueInfoProto): Uint8Array;
export function encodeMessage(name: string, message: object): Uint8Array {
  const type = messageType(name);
  return Uint8Array.from(type.encode(type.fromObject(message)).finish());
}

/**
 * Reads an ONNX file. Parts that Assayer's message table does not name are skipped.
 *
 * @throws AssayerError "invalid-model" if the bytes are no ONNX model
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: ModelProto;
  try {
    const type = messageType("ModelProto");
    model = type.toObject(type.decode(bytes), { longs: Number });
  } catch (error) {
    throw new AssayerError(
      "invalid-model",
      `decodeModel requires the bytes of an ONNX model; got ${describe(bytes)} that no ONNX reader understands: ${messageOf(error)}`,
      { cause: error },
    );
  }
  if (model.graph === undefined || (model.irVersion ?? 0) < 1) {
    throw new AssayerError(
      "invalid-model",
      `decodeModel requires an ONNX model with an IR version and a graph; got ${describe(bytes)} without`,
    );
  }
  return model;
}

/** Callers without types also give what holds a model, such as the answer of `xgboostToOnnx`. */
function describe(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array))
    return bytes === null ? "null" : `a value of type ${typeof bytes}`;
  return `${bytes.byteLength} bytes`;
}

import { Reader } from "protobufjs/light";
import { AssayerError, messageOf } from "../errors";
import { decodeModel, messages, type ModelProto } from "./schema";

/**
 * Refuses what must not reach ONNX Runtime: bytes that are no ONNX model, and models that name
 * other files to read their weights from (a model is one file here, and one that came over the
 * network must not read this machine's files).
 *
 * @returns the model, read
 * @throws AssayerError "invalid-model"
 */
export function checkModel(bytes: Uint8Array): ModelProto {
  const model = decodeModel(bytes);
  try {
    checkMessage(Reader.create(bytes), "ModelProto", bytes.byteLength);
    return model;
  } catch (error) {
    if (error instanceof AssayerError) throw error;
    throw new AssayerError(
      "invalid-model",
      `openSession requires a whole ONNX model; got one that cannot be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

const lengthDelimited = 2;
const startGroup = 3;
const externalData = 13;
const dataLocation = 14;

/** Types by field number, of every message. */
export const typesByNumber = new Map(
  Object.entries(messages).map(([message, fields]) => [
    message,
    new Map(Object.values(fields).map(([number, type]) => [number, type.replace(/\[.*/, "")])),
  ]),
);

export const tensorHolders = findTensorHolders();

/** `TensorProto`, and every message that one can be in, however deep. */
function findTensorHolders(): ReadonlySet<string> {
  const holders = new Set(["TensorProto"]);
  for (let before = 0; before < holders.size;) {
    before = holders.size;
    for (const [message, types] of typesByNumber) {
      if ([...types.values()].some((type) => holders.has(type))) holders.add(message);
    }
  }
  return holders;
}

/**
 * Looks at every field on the wire rather than at decoded messages: one of several values of a
 * field, or a field unknown here, would be missing there but read by ONNX Runtime.
 */
function checkMessage(reader: Reader, message: string, end: number): void {
  const types = typesByNumber.get(message);
  while (reader.pos < end) {
    const tag = reader.tag();
    const [number, wireType] = [tag >>> 3, tag & 7];
    const type = types?.get(number);
    if (message === "TensorProto" && (number === externalData || number === dataLocation)) {
      // What says that the data is in the model itself is as good as absent.
      if (number === dataLocation && wireType === 0 && reader.int32() === 0) continue;
      throw new AssayerError(
        "invalid-model",
        "openSession requires a model in one file; got one that keeps weights in other files",
      );
    }
    const holdsParts = wireType === lengthDelimited || wireType === startGroup;
    if (holdsParts && (type === undefined || wireType === startGroup)) {
      throw new AssayerError(
        "invalid-model",
        `openSession requires fields that ONNX defines; got field ${number} in ${message}`,
      );
    }
    if (wireType === lengthDelimited && type !== undefined && tensorHolders.has(type)) {
      const length = reader.size();
      checkMessage(reader, type, reader.pos + length);
    } else reader.skipType(wireType);
  }
}

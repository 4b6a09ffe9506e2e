import { Reader, Writer } from "protobufjs/light";
import { AssayerError, messageOf } from "../errors";
import { tensorHolders, typesByNumber } from "./check";

/** Fields of TensorProto: https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto */
const field = { rawData: 9, externalData: 13, dataLocation: 14 } as const;
const lengthDelimited = 2;

type ReadFile = (location: string) => Uint8Array | undefined;

/** The text fields 1 and 2 of a StringStringEntryProto. */
function readEntry(bytes: Uint8Array): [string, string] {
  const reader = Reader.create(bytes);
  const entry: [string, string] = ["", ""];
  while (reader.pos < bytes.length) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) entry[0] = reader.string();
    else if (tag >>> 3 === 2) entry[1] = reader.string();
    else reader.skipType(tag & 7);
  }
  return entry;
}

function readExternal(entries: ReadonlyMap<string, string>, readFile: ReadFile): Uint8Array {
  const location = entries.get("location") ?? "";
  const file = readFile(location);
  if (!file)
    throw new AssayerError(
      "invalid-model",
      `an ONNX model requires its file of weights; got no ${location}`,
    );
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length))
    throw new AssayerError(
      "invalid-model",
      `an ONNX model requires ${length} bytes of weights at ${offset} of ${location}; got a file of ${file.length}`,
    );
  return file.subarray(offset, offset + length);
}

/** The same message with the weights in it, or the very same bytes when there is nothing to change. */
function rewrite(bytes: Uint8Array, message: string, readFile: ReadFile): Uint8Array {
  const types = typesByNumber.get(message);
  const reader = Reader.create(bytes);
  const parts: Uint8Array[] = [];
  const external = new Map<string, string>();
  let isExternal = false;
  let changed = false;
  while (reader.pos < bytes.length) {
    const start = reader.pos;
    const tag = reader.tag();
    const [number, wireType] = [tag >>> 3, tag & 7];
    const type = types?.get(number);
    if (message === "TensorProto" && number === field.externalData) {
      external.set(...readEntry(reader.bytes()));
      changed = true;
    } else if (message === "TensorProto" && number === field.dataLocation) {
      isExternal = reader.int32() === 1;
      changed = true;
    } else if (wireType === lengthDelimited && type !== undefined && tensorHolders.has(type)) {
      const inner = reader.bytes();
      const rewritten = rewrite(inner, type, readFile);
      if (rewritten === inner) parts.push(bytes.subarray(start, reader.pos));
      else {
        parts.push(Writer.create().uint32(tag).bytes(rewritten).finish());
        changed = true;
      }
    } else {
      reader.skipType(wireType);
      parts.push(bytes.subarray(start, reader.pos));
    }
  }
  if (isExternal) {
    const tag = (field.rawData << 3) | lengthDelimited;
    parts.push(Writer.create().uint32(tag).bytes(readExternal(external, readFile)).finish());
  }
  return changed ? Buffer.concat(parts) : bytes;
}

/**
 * A model in one file out of one that keeps weights in others, as large ones and those that MLflow saves do.
 *
 * @param readFile the bytes of a file beside the model; undefined when there is none of that name
 * @returns the same bytes for a model that is in one file already
 * @throws AssayerError "invalid-model" when a file or a part of it is missing
 */
export function inlineExternalData(model: Uint8Array, readFile: ReadFile): Uint8Array {
  try {
    return rewrite(model, "ModelProto", readFile);
  } catch (cause) {
    if (cause instanceof AssayerError) throw cause;
    throw new AssayerError(
      "invalid-model",
      `an ONNX model requires whole messages; got one that cannot be read: ${messageOf(cause)}`,
      { cause },
    );
  }
}

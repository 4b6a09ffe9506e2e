import { AssayerError } from "../errors";
import { decodeModel } from "./schema";

/**
 * Refuses what must not reach ONNX Runtime: bytes that are no ONNX model, and models that name
 * other files to read their weights from (a model is one file here, and one that came over the
 * network must not read this machine's files).
 *
 * @throws AssayerError "invalid-model"
 */
export function checkModel(bytes: Uint8Array): void {
  if (namesOtherFiles(decodeModel(bytes))) {
    throw new AssayerError(
      "invalid-model",
      "openSession requires a model in one file; got one that keeps weights in other files",
    );
  }
}

/** Tensors hide in initializers, attributes, nested graphs and functions, so every message is looked at. */
function namesOtherFiles(message: object): boolean {
  if ("dataLocation" in message && message.dataLocation === 1) return true;
  if ("externalData" in message) return true;
  return Object.values(message).some((value: unknown) => {
    if (value instanceof Uint8Array || typeof value !== "object" || value === null) return false;
    if (!Array.isArray(value)) return namesOtherFiles(value);
    return typeof value[0] === "object" && value.some((part: object) => namesOtherFiles(part));
  });
}

import type { ModelColumn } from "../../explain/explainable-model";
import { elementType, type ValueInfoProto } from "../schema";
import { invalidModel } from "./invalid-model";

/** An input of a model, as columns. */
export interface InputColumns {
  name: string;
  /** ONNX's number of its datatype. */
  type: number;
  /** Position of its first column among all. */
  start: number;
  /** 0 where the file does not tell. */
  width: number;
  /** 1 for a vector of one value a row, 2 for a table. Others are no columns. */
  rank: number;
}

/** A width is a claim of a few bytes: more columns than this are believed of files that have as many bytes. */
const mostColumns = 100_000;

/**
 * The inputs of a model side by side.
 *
 * @throws AssayerError "invalid-model" for inputs that are no tensors
 */
export function inputColumns(inputs: readonly ValueInfoProto[], fileBytes: number): InputColumns[] {
  const most = Math.max(mostColumns, fileBytes);
  let start = 0;
  return inputs.map(({ name = "", type }) => {
    const tensor = type?.tensorType;
    if (tensor === undefined) throw invalidModel("inputs that are tensors", `"${name}"`);
    const dims = tensor.shape?.dim;
    const rank = dims?.length ?? 2;
    const width = rank === 1 ? 1 : rank === 2 ? (dims?.[1]?.dimValue ?? 0) : 0;
    if (!(width >= 0 && start + width <= most))
      throw invalidModel(`inputs of up to ${most} columns`, `${width}`);
    const input = { name, type: tensor.elemType ?? 0, start, width, rank };
    start += width;
    return input;
  });
}

/**
 * The columns of all inputs. Those of a single table have the names that the file tells, or f0, f1, …; of several
 * inputs, one of a single column has the input's name, and a table's are numbered after it.
 *
 * @param featureNames as the file's metadata tells them
 */
export function namedColumns(
  inputs: readonly InputColumns[],
  featureNames: string | undefined,
): ModelColumn[] {
  const told = inputs.length === 1 ? namesIn(featureNames, inputs[0]?.width ?? 0) : undefined;
  return inputs.flatMap(({ name, type, width }) => {
    const kind = type === elementType.string ? "text" : "number";
    const single = width === 1 && inputs.length > 1;
    const prefix = inputs.length > 1 ? `${name}_` : "f";
    return Array.from({ length: width }, (_, i): ModelColumn => ({
      name: told?.[i] ?? (single ? name : `${prefix}${i}`),
      kind,
    }));
  });
}

/** Names as a JSON array, where it has one for each column and none twice. */
function namesIn(text: string | undefined, width: number): string[] | undefined {
  let names: unknown;
  try {
    names = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  if (!Array.isArray(names) || names.length !== width) return undefined;
  const texts = names.filter((name) => typeof name === "string" && name !== "");
  return new Set(texts).size === width ? texts : undefined;
}

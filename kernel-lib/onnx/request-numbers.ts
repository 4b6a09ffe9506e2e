import { AssayerError } from "../errors";
import type { DecisionRule } from "../fairness/decision-rule";
import { requestNumber } from "../fairness/request-number";
import { isRandomised } from "../fairness/require-rule";
import { ruleTensors } from "./decision-rule";
import { shapeMatches, type InferTensor, type TensorSpec } from "./tensor";
import type { TypedTensor } from "./typed-tensor";

/**
 * What of a model's inputs its callers give: all but the request's number.
 *
 * @throws AssayerError "invalid-model" when the rule needs a number and the model takes none
 */
export function givenInputs(inputs: readonly TensorSpec[], rule: DecisionRule): TensorSpec[] {
  const isNumber = ({ name }: TensorSpec) => name === ruleTensors.requestNumber;
  if (isRandomised(rule) !== inputs.some((each) => isNumber(each) && each.datatype === "FP64"))
    throw new AssayerError(
      "invalid-model",
      `openSession requires an input ${ruleTensors.requestNumber} for a decision rule with randomness, and for no other; got a model that differs from its rule`,
    );
  return inputs.filter((each) => !isNumber(each));
}

/**
 * What a caller gave of the model's own inputs: all but the ids.
 *
 * @throws AssayerError "invalid-input" for a number in place of an id, or ids given twice
 */
export function withoutIds<T extends InferTensor | TypedTensor>(given: readonly T[]): T[] {
  if (given.some(({ name }) => name === ruleTensors.requestNumber))
    refuse(
      `ids of requests, of which it makes ${ruleTensors.requestNumber} itself`,
      `an input ${ruleTensors.requestNumber}`,
    );
  const own = given.filter(({ name }) => name !== ruleTensors.requestId);
  if (given.length - own.length > 1) refuse(`${ruleTensors.requestId} once`, "it twice");
  return own;
}

/**
 * The number of each row as the model's input, made of the rows' ids; none for a rule without randomness.
 *
 * @param given what the caller gave, known to fit the model's own inputs
 * @param inputs the model's own; rows are those of the first whose number of rows is open
 * @throws AssayerError "invalid-input" when ids are needed and missing
 */
export function requestNumbers(
  rule: DecisionRule,
  given: readonly (InferTensor | TypedTensor)[],
  inputs: readonly TensorSpec[],
  requestId: string | readonly string[] | undefined,
): InferTensor[] {
  if (!isRandomised(rule)) return [];
  const tensor = given.find(({ name }) => name === ruleTensors.requestId);
  const open = inputs.find(({ shape }) => shape[0] === -1)?.name;
  const rows = given.find(({ name, shape }) =>
    open === undefined ? name !== tensor?.name && shape.length > 0 : name === open,
  )?.shape[0];
  const ids = tensor ? idsOf(tensor, rows ?? 1) : rowIds(requestId, rows ?? 1);
  const empty = ids.findIndex((id) => typeof id !== "string" || id === "");
  if (empty !== -1) refuse("ids that are texts", `none for row ${empty}`);
  const data = ids.map((id) => requestNumber(rule.key, id));
  return [{ name: ruleTensors.requestNumber, datatype: "FP64", shape: [data.length, 1], data }];
}

/** The ids of rows as a tensor, to be sent or kept with them. */
export function idsTensor(requestId: string | readonly string[], rows: number): InferTensor {
  const data = rowIds(requestId, rows);
  return { name: ruleTensors.requestId, datatype: "BYTES", shape: [rows], data };
}

/** One row has the request's id, several have their number after it, as logged predictions do. */
function rowIds(requestId: string | readonly string[] | undefined, rows: number): string[] {
  if (requestId === undefined || requestId === "")
    return refuse(
      "an id of the request, since the model's decision rule draws by it and gives each id one answer",
      "none",
    );
  if (typeof requestId !== "string") {
    if (requestId.length !== rows) refuse(`${rows} ids of requests`, `${requestId.length}`);
    return [...requestId];
  }
  return rows === 1 ? [requestId] : Array.from({ length: rows }, (_, row) => `${requestId}-${row}`);
}

function idsOf({ datatype, shape, data }: InferTensor | TypedTensor, rows: number): string[] {
  const fits = shapeMatches(shape, [rows]) || shapeMatches(shape, [rows, 1]);
  if (datatype !== "BYTES" || !fits || data.length !== rows)
    refuse(
      `input ${ruleTensors.requestId} as ${rows} texts (BYTES)`,
      `${datatype} [${shape.join(", ")}]`,
    );
  return data as string[];
}

function refuse(wanted: string, got: string): never {
  throw new AssayerError("invalid-input", `infer requires ${wanted}; got ${got}`);
}

import { AssayerError } from "../errors";
import {
  elementCount,
  formatShape,
  shapeMatches,
  type InferTensor,
  type TensorSpec,
} from "./tensor";
import type { TypedTensor } from "./typed-tensor";

/** @throws AssayerError "invalid-input" for an output that the model has not */
export function checkOutputs(wanted: readonly string[], outputs: readonly TensorSpec[]): void {
  const unknown = wanted.find((name) => !outputs.some((output) => output.name === name));
  if (unknown !== undefined) {
    throw new AssayerError(
      "invalid-input",
      `unknown output: ${unknown}; expected one of ${namesOf(outputs)}`,
    );
  }
}

/**
 * The tensors a caller gave, known to be all of the model's inputs, each with the datatype and shape that it asks for.
 *
 * @throws AssayerError "invalid-input" naming what was required and what came
 */
export function matchInputs<T extends InferTensor | TypedTensor>(
  caller: string,
  given: readonly T[],
  specs: readonly TensorSpec[],
): readonly T[] {
  const fail = (message: string): never => {
    throw new AssayerError("invalid-input", message);
  };
  const seen = new Set<string>();
  for (const { name, datatype, shape, data } of given) {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined)
      return fail(`unknown input: ${name}; expected one of ${namesOf(specs)}`);
    if (seen.has(name)) fail(`${caller} requires each input once; got "${name}" twice`);
    seen.add(name);
    if (datatype !== spec.datatype)
      fail(`${caller} requires datatype ${spec.datatype} for input "${name}"; got ${datatype}`);
    // A model may leave a rank open; ONNX Runtime tells that as an empty shape.
    if (spec.shape.length > 0 && !shapeMatches(shape, spec.shape)) {
      fail(
        `${caller} requires shape ${formatShape(spec.shape)} for input "${name}"; got ${formatShape(shape)}`,
      );
    }
    if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
      fail(`${caller} requires dimensions ≥ 0 for input "${name}"; got ${formatShape(shape)}`);
    }
    const count = elementCount(shape);
    if (data.length !== count) {
      fail(
        `${caller} requires ${count} values for shape ${formatShape(shape)} of input "${name}"; got ${data.length}`,
      );
    }
  }
  const missing = specs.filter(({ name }) => !seen.has(name));
  if (missing.length > 0)
    fail(`${caller} requires inputs ${namesOf(specs)}; got none named ${namesOf(missing)}`);
  return given;
}

/**
 * Rows of numbers as the model's one input.
 *
 * @throws AssayerError "invalid-input" if the model has other inputs or a row another length
 */
export function rowsTensor(
  rows: readonly (readonly number[])[],
  specs: readonly TensorSpec[],
): InferTensor {
  const spec = matrixInput("tensorsOf", specs);
  const columns = spec.shape[1] === -1 ? (rows[0]?.length ?? 0) : (spec.shape[1] ?? 0);
  const ragged = rows.findIndex((row) => row.length !== columns);
  if (ragged !== -1) {
    throw new AssayerError(
      "invalid-input",
      `tensorsOf requires rows of ${columns} numbers; got ${rows[ragged]?.length ?? 0} in row ${ragged}`,
    );
  }
  return {
    name: spec.name,
    datatype: spec.datatype,
    shape: [rows.length, columns],
    data: rows.flat(),
  };
}

/**
 * The input of a model that has one, of rows and columns.
 *
 * @throws AssayerError "invalid-input" if the model has other inputs
 */
export function matrixInput(caller: string, specs: readonly TensorSpec[]): TensorSpec {
  const spec = specs[0];
  if (spec?.shape.length === 2 && specs.length === 1) return spec;
  throw new AssayerError(
    "invalid-input",
    `${caller} requires a model with one input of rows and columns; got ${specs.map(({ name, shape }) => `"${name}" ${formatShape(shape)}`).join(", ")}`,
  );
}

export function namesOf(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => name).join(", ");
}

import { AssayerError } from "../errors";
import type { ExplainableModel } from "../explain/explainable-model";
import type { ModelRunner } from "./run-model";

/**
 * A model whose columns have these names, in the order in which its file has them. A file may leave open how many
 * columns its one table has; then there are as many as names.
 *
 * @throws AssayerError "invalid-argument" for another number of names, or one twice
 */
export function namedModel(
  model: ExplainableModel,
  { session }: ModelRunner,
  names: readonly string[] | undefined,
): ExplainableModel {
  const isOpen = session.inputs.length === 1 && session.inputs[0]?.shape[1] === -1;
  if (names === undefined) {
    if (model.columns.length > 0) return model;
    throw new AssayerError(
      "invalid-argument",
      "openExplainer requires the names of the model's columns, since its file does not tell how many there are; got none",
    );
  }
  const known = model.columns.length;
  // ONNX Runtime takes a wider table than a linear model or an encoder has weights for, and reads values of other rows.
  const takesMore = model.core === null || (model.core.kind === "trees" && model.encoder === null);
  const fits = names.length === known || (isOpen && takesMore && names.length > known);
  if (!fits)
    throw new AssayerError(
      "invalid-argument",
      `openExplainer requires names of the model's ${known} columns; got ${names.length}`,
    );
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `openExplainer requires columns of different names; got ${twice} twice`,
    );
  const kind = session.inputs[0]?.datatype === "BYTES" ? "text" : "number";
  const columns = names.map((name, c) => ({ name, kind: model.columns[c]?.kind ?? kind }) as const);
  const { core, origin } = model;
  if (names.length === known || core?.kind !== "trees") return { ...model, columns };
  const added = Array.from({ length: names.length - known }, (_, i) => known + i);
  const features = core.ensemble.features + added.length;
  return {
    ...model,
    columns,
    origin: Int32Array.from([...origin, ...added]),
    core: { ...core, ensemble: { ...core.ensemble, features } },
  };
}

import { AssayerError } from "../../errors";
import type { TreeEnsemble } from "../tree-ensemble";
import type { CompiledTrees } from "./compile-trees";

export function playersOf(
  { features }: TreeEnsemble,
  { origin, columns }: { origin?: Int32Array; columns?: number },
) {
  const own = origin ?? Int32Array.from({ length: features }, (_, feature) => feature);
  const most = own.reduce((highest, player) => Math.max(highest, player + 1), 0);
  const count = columns ?? most;
  if (own.length !== features)
    throw new AssayerError(
      "invalid-argument",
      `treeShap requires a column for each of ${features} features; got ${own.length}`,
    );
  if (!Number.isInteger(count) || most > count || own.some((player) => player < 0))
    throw new AssayerError(
      "invalid-argument",
      `treeShap requires columns from 0 to ${count - 1}; got ${own.find((player) => player < 0) ?? most - 1}`,
    );
  return { origin: own, columns: count };
}

export function explainedOutputs(
  { baseValues }: TreeEnsemble,
  outputs: readonly number[] | undefined,
) {
  const all = outputs ?? Array.from(baseValues, (_, index) => index);
  const unknown = all.find((output) => baseValues[output] === undefined);
  if (unknown !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `treeShap requires outputs from 0 to ${baseValues.length - 1}; got ${unknown}`,
    );
  const twice = all.find((output, index) => all.indexOf(output) !== index);
  if (twice !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `treeShap requires each output once; got ${twice} twice`,
    );
  return all;
}

export function requireLabels(
  labels: ArrayLike<number> | undefined,
  count: number,
): ArrayLike<number> {
  if (labels === undefined || labels.length !== count)
    throw new AssayerError(
      "invalid-argument",
      `treeShap requires a label for each of ${count} rows; got ${labels?.length ?? 0}`,
    );
  if (!Array.from(labels).every((label) => label >= 0 && label <= 1))
    throw new AssayerError("invalid-argument", "treeShap requires labels from 0 to 1; got others");
  return labels;
}

export function requireCovers({ share }: CompiledTrees): void {
  if (share.some((each) => each < 0 || each > 1))
    throw new AssayerError(
      "invalid-argument",
      "treeShap requires covers of 0 or more; got others (with a background none are needed)",
    );
  if (share.some(Number.isNaN))
    throw new AssayerError(
      "invalid-argument",
      "treeShap requires a background for trees without covers; got none",
    );
}

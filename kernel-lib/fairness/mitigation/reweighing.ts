import { AssayerError } from "../../errors";
import { requirePairs, weightsOf } from "../../evaluate/check";
import type { Labels } from "../../evaluate/metric";
import { groupRows } from "./group-rows";

/**
 * Weights for training under which label and group have nothing to do with each other: each row weighs what its label
 * and its group would make of it if they were independent, by what there is. A trainer that heeds them no longer learns
 * that one group has more of a label.
 *
 * @param yTrue n ≥ 1 labels, of any number of classes
 * @param groups n values; a missing one is a group of its own
 * @param sampleWeight n weights of 0 or more, which the result multiplies
 * @returns n weights of the same sum
 * @throws AssayerError "invalid-argument" for arrays of different length or bad weights
 * @see Kamiran and Calders 2012; AIF360 0.6, `Reweighing`, here for any number of groups and labels
 * @example reweighing([1, 1, 0, 0], ["a", "a", "a", "b"]) // 0.75, 0.75, 1.5, 0.5
 */
export function reweighing(
  yTrue: Labels,
  groups: ArrayLike<unknown>,
  sampleWeight?: ArrayLike<number>,
): Float64Array {
  requirePairs("reweighing", yTrue, groups);
  const n = yTrue.length;
  const weights = weightsOf("reweighing", sampleWeight, n) ?? new Float64Array(n).fill(1);
  const { members } = groupRows("reweighing", { groups }, n);
  const labels = new Map<unknown, number>();
  let total = 0;
  for (let i = 0; i < n; i++) {
    const label = yTrue[i] as unknown;
    if (label === undefined || label === null || Number.isNaN(label))
      throw new AssayerError(
        "invalid-argument",
        `reweighing requires a label in every row; got ${String(label)} at position ${i}`,
      );
    labels.set(label, (labels.get(label) ?? 0) + (weights[i] as number));
    total += weights[i] as number;
  }
  const result = new Float64Array(n);
  for (const rows of members) {
    const own = new Map<unknown, number>();
    let sum = 0;
    for (const row of rows) {
      own.set(yTrue[row], (own.get(yTrue[row]) ?? 0) + (weights[row] as number));
      sum += weights[row] as number;
    }
    for (const row of rows) {
      const weight = weights[row] as number;
      const label = yTrue[row];
      if (weight > 0)
        result[row] =
          weight * (((labels.get(label) as number) * sum) / (total * (own.get(label) as number)));
    }
  }
  return result;
}

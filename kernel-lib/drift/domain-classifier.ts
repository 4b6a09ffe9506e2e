import { rocAuc } from "../evaluate/roc-auc";
import { FeatureBins, type BinnedFeatures } from "./boosted-trees/bins";
import { growBoostedTrees } from "./boosted-trees/boosted-trees";
import type { FeatureValues } from "./feature-values";

/**
 * How well boosted trees tell two groups of rows apart, by features they have in common: the area under the ROC curve
 * over held-out folds. 0.5 when nothing tells them apart, 1 when anything does. As NannyML 0.13.1, which has LightGBM
 * grow the trees.
 *
 * @param columns features of all rows
 * @param side n values: 0 for one group, 1 for the other
 * @param options.folds default 5
 * @param options.beforeFold called before each fold; may throw to stop
 * @returns 0 to 1; NaN when a group has fewer rows than there are folds, since nothing can be learnt of it
 */
export function domainClassifierAuc(
  columns: readonly FeatureValues[],
  side: Uint8Array,
  options: { folds?: number; beforeFold?: () => void } = {},
): number {
  return aucOfSides(FeatureBins.of(columns).apply(columns), side, options);
}

/** The same of rows whose features were cut into bins before, for when many groups are compared. */
export function aucOfSides(
  binned: BinnedFeatures,
  side: Uint8Array,
  options: { folds?: number; beforeFold?: () => void } = {},
): number {
  const { folds = 5, beforeFold } = options;
  const ones = side.reduce((sum, value) => sum + value, 0);
  if (Math.min(ones, side.length - ones) < folds) return NaN;
  const target = Float64Array.from(side);
  const fold = stratifiedFolds(side, folds);
  const scores: Float64Array[] = [];
  const truths: Float64Array[] = [];
  for (let held = 0; held < folds; held++) {
    beforeFold?.();
    const rows = Uint32Array.from(fold.keys());
    const test = rows.filter((row) => fold[row] === held);
    const trees = growBoostedTrees(binned, target, {
      loss: "log-loss",
      rows: rows.filter((row) => fold[row] !== held),
    });
    scores.push(trees.predict(binned, test));
    truths.push(Float64Array.from(test, (row) => target[row] ?? 0));
  }
  const joined = (parts: readonly Float64Array[]) =>
    Float64Array.from(parts.flatMap((part) => [...part]));
  return rocAuc(joined(truths), joined(scores));
}

/**
 * The fold in which each row is held out: stretches of each group, in the order of the rows, and of each group about
 * equally many in every fold.
 *
 * @see scikit-learn 1.9.1, StratifiedKFold without shuffling
 */
export function stratifiedFolds(side: Uint8Array, folds: number): Uint8Array {
  const first = side[0] ?? 0;
  const ofFirst = side.reduce((sum, value) => sum + Number(value === first), 0);
  // Rows sorted by group are dealt out in turn; the group that comes first in the table is the first.
  const sizes = [0, 1].map((group) =>
    Array.from({ length: folds }, (_, fold) => {
      const dealt = (end: number) => Math.max(0, Math.ceil((end - fold) / folds));
      return group === 0 ? dealt(ofFirst) : dealt(side.length) - dealt(ofFirst);
    }),
  );
  const fold = new Uint8Array(side.length);
  const current = [0, 0];
  for (const [row, value] of side.entries()) {
    const group = Number(value !== first);
    const left = sizes[group] ?? [];
    while (left[current[group] ?? 0] === 0) current[group] = (current[group] ?? 0) + 1;
    const at = current[group] ?? 0;
    fold[row] = at;
    left[at] = (left[at] ?? 0) - 1;
  }
  return fold;
}

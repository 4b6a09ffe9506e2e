import { rocAuc } from "../../evaluate/roc-auc";
import type { BinnedFeatures } from "../boosted-trees/bins";
import { growBoostedTrees } from "../boosted-trees/boosted-trees";

/** Trees that learn to tell two groups of rows apart, fold by fold, so that others can work in between. */
export interface DomainClassifier {
  /** 0 where a group has fewer rows than there would be folds: nothing can be learnt of it. */
  folds: number;
  /** Learns from all folds but one, and predicts that one. */
  learn(fold: number): void;
  /** Of all rows that were predicted: 0.5 when nothing tells the groups apart, 1 when anything does; NaN without any. */
  auc(): number;
}

/**
 * How well boosted trees tell two groups of rows apart, by features they have in common: the area under the ROC curve
 * over held-out folds. As NannyML 0.13.1, which has LightGBM grow the trees.
 *
 * @param binned features of rows of both groups
 * @param rows positions of the rows that take part, in the order in which they are cut into folds
 * @param side for each of these 0 for one group, 1 for the other
 * @param folds default 5
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/multivariate_drift.html
 */
export function domainClassifier(
  binned: BinnedFeatures,
  rows: Uint32Array,
  side: Uint8Array,
  folds = 5,
): DomainClassifier {
  const ones = side.reduce((sum, value) => sum + value, 0);
  const possible = Math.min(ones, side.length - ones) >= folds ? folds : 0;
  const fold = stratifiedFolds(side, folds);
  const target = new Float64Array(binned.rows);
  for (const [i, row] of rows.entries()) target[row] = side[i] ?? 0;
  const scores: number[] = [];
  const truths: number[] = [];
  return {
    folds: possible,
    learn: (held) => {
      const test = rows.filter((_, i) => fold[i] === held);
      const learnt = rows.filter((_, i) => fold[i] !== held);
      const trees = growBoostedTrees(binned, target, { loss: "log-loss", rows: learnt });
      for (const score of trees.predict(binned, test)) scores.push(score);
      for (const row of test) truths.push(target[row] ?? 0);
    },
    auc: () => (truths.length === 0 ? NaN : rocAuc(truths, scores)),
  };
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

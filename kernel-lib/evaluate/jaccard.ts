import { classMetric } from "./class-metric";

/**
 * Jaccard index: rows that are positive and predicted so, among those that are either.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred as many predicted ones
 * @returns 0 to 1; `zeroDivision` where there is nothing to divide by
 * @throws AssayerError "invalid-argument" for arrays of different length or none, missing labels, a third class under
 * `average` binary, and weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.jaccard_score.html
 * @example jaccard([0, 1, 0, 1], [1, 1, 0, 1]) // 0.666…
 */
export const jaccard = classMetric(
  "jaccard",
  ({ truePositives, falsePositives, falseNegatives }) => [
    truePositives,
    truePositives + falsePositives + falseNegatives,
  ],
);

import { toSample, toShares, treeImportance } from "./tree-importance";

/**
 * Mean decrease in impurity of a random forest of regression trees: how much of the spread of
 * `target` the splits on each column explain. Each tree sees a bootstrap sample of the rows and
 * chooses among all columns.
 *
 * @param columns p arrays of n finite values
 * @param target n finite values
 * @param options.random numbers in [0, 1)
 * @returns p shares that sum to 1, or all 0 when nothing splits
 * @see Breiman 2001, "Random forests"; averaged as scikit-learn's RandomForestRegressor does
 */
export function forestImportance(
  columns: readonly Float64Array[],
  target: Float64Array,
  options: { trees: number; random: () => number },
): Float64Array {
  const { trees, random } = options;
  const sample = toSample(columns, target);
  const total = new Float64Array(columns.length);
  const counts = new Float64Array(target.length);
  for (let tree = 0; tree < trees; tree++) {
    counts.fill(0);
    for (let draw = 0; draw < counts.length; draw++) {
      const row = Math.floor(random() * counts.length);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    treeImportance(sample, { counts, random }).forEach((share, c) => {
      total[c] = (total[c] ?? 0) + share;
    });
  }
  return toShares(total);
}

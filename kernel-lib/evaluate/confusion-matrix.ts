import type { Label } from "./binary-codes";
import { requirePairs, weightsOf } from "./check";
import { classCodes } from "./class-codes";
import type { Labels } from "./metric";

export interface ConfusionMatrixOptions {
  /** Which labels, in which order; all that there are, sorted, by default. Rows with another label do not count. */
  labels?: readonly Label[];
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
  /** Shares of the rows of each true class, of each predicted class, or of all; counts by default. */
  normalize?: "true" | "predicted" | "all";
}

export interface ConfusionMatrix {
  labels: Label[];
  /** `counts[t][p]`: how often label t was predicted as p. */
  counts: number[][];
}

/**
 * How often each label was predicted as which.
 *
 * @param yTrue n ≥ 1 labels, of two classes or more
 * @param yPred n predicted labels
 * @returns rows, or sums of their weights; a share of nothing is 0
 * @throws AssayerError "invalid-argument" for arrays of different length or none, missing labels, texts beside numbers,
 * and weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html
 * @example confusionMatrix(["a", "b", "b"], ["a", "b", "a"]).counts // [[1, 0], [1, 1]]
 */
export function confusionMatrix(
  yTrue: Labels,
  yPred: Labels,
  { labels: wanted, sampleWeight, normalize }: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  const { labels, cells } = confusionCells("confusionMatrix", yTrue, yPred, {
    labels: wanted,
    sampleWeight,
  });
  const k = labels.length;
  const counts = labels.map((_, t) => labels.map((_, p) => cells[t * (k + 1) + p] as number));
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const ofTrue = counts.map(total);
  const ofPredicted = labels.map((_, p) => total(counts.map((row) => row[p] as number)));
  const all = total(ofTrue);
  if (normalize === undefined) return { labels, counts };
  return {
    labels,
    counts: counts.map((row, t) =>
      row.map((count, p) => {
        const base =
          normalize === "all" ? all : ((normalize === "true" ? ofTrue[t] : ofPredicted[p]) ?? 0);
        return base === 0 ? 0 : count / base;
      }),
    ),
  };
}

export interface ConfusionCells {
  labels: Label[];
  /** (k + 1) × (k + 1), row-major, true by predicted; the last row and column are of labels not asked for. */
  cells: Float64Array;
}

/** Options may be there and undefined, so that callers can hand theirs on. */
export function confusionCells(
  caller: string,
  yTrue: Labels,
  yPred: Labels,
  options: {
    labels?: readonly Label[] | undefined;
    sampleWeight?: ArrayLike<number> | undefined;
  },
): ConfusionCells {
  requirePairs(caller, yTrue, yPred);
  const weights = weightsOf(caller, options.sampleWeight, yTrue.length);
  const { labels, codes } = classCodes(caller, options.labels, yTrue, yPred);
  const [actual, predicted] = codes as [Int32Array, Int32Array];
  const width = labels.length + 1;
  const cells = new Float64Array(width * width);
  for (let i = 0; i < actual.length; i++) {
    const cell = (actual[i] as number) * width + (predicted[i] as number);
    cells[cell] = (cells[cell] as number) + (weights === undefined ? 1 : (weights[i] as number));
  }
  return { labels, cells };
}

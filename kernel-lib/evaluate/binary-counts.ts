import { binaryCodes, type Label } from "./binary-codes";
import { requirePairs, weightsOf } from "./check";
import type { BinaryCounts, Labels } from "./metric";

export interface BinaryCountsOptions {
  /** The label that counts as positive; default 1. True counts as 1, false as 0. */
  posLabel?: Label;
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
}

/**
 * How often a binary classifier is right and wrong, by true and predicted class.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yPred n predicted labels
 * @returns rows, or sums of their weights
 * @throws AssayerError "invalid-argument" for a third class or a missing label; arrays of different length or none;
 * weights that are negative or all 0
 * @example binaryCounts([0, 1, 1, 1], [0, 1, 0, 1]) // { truePositives: 2, falsePositives: 0, falseNegatives: 1, trueNegatives: 1 }
 */
export function binaryCounts(
  yTrue: Labels,
  yPred: Labels,
  { posLabel = 1, sampleWeight }: BinaryCountsOptions = {},
): BinaryCounts {
  const caller = "binaryCounts";
  requirePairs(caller, yTrue, yPred);
  const weights = weightsOf(caller, sampleWeight, yTrue.length);
  const [actual, predicted] = binaryCodes(caller, posLabel, yTrue, yPred) as [
    Uint8Array,
    Uint8Array,
  ];
  return countsOfCodes(actual, predicted, weights);
}

/** The same of labels that are 0 and 1 already. */
export function countsOfCodes(
  actual: Uint8Array,
  predicted: Uint8Array,
  weights?: Float64Array,
): BinaryCounts {
  const n = actual.length;
  if (weights === undefined) {
    let both = 0;
    let positives = 0;
    let selected = 0;
    for (let i = 0; i < n; i++) {
      const a = actual[i] as number;
      const p = predicted[i] as number;
      both += a & p;
      positives += a;
      selected += p;
    }
    return {
      truePositives: both,
      falsePositives: selected - both,
      falseNegatives: positives - both,
      trueNegatives: n - positives - selected + both,
    };
  }
  const sums = new Float64Array(4);
  for (let i = 0; i < n; i++) {
    const cell = 2 * (actual[i] as number) + (predicted[i] as number);
    sums[cell] = (sums[cell] as number) + (weights[i] as number);
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = sums as unknown as [
    number,
    number,
    number,
    number,
  ];
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

import { AssayerError } from "../errors";
import type { Label } from "./binary-codes";
import { binaryCodes } from "./binary-codes";
import { countsOfCodes } from "./binary-counts";
import { requirePairs, weightsOf } from "./check";
import { isLabelRows, labelCounts, rowCounts, type ClassLabels } from "./label-counts";
import type { BinaryCounts } from "./metric";

/**
 * How one figure is made of several labels: `binary` of `posLabel` alone; `micro` of all counts together; `macro` the
 * mean of the labels; `weighted` their mean by how often each is true; `samples` the mean of the rows, where a row has
 * several labels; `none` one figure for each label.
 */
export type Average = "binary" | "micro" | "macro" | "weighted" | "samples" | "none";

const averages: readonly Average[] = ["binary", "micro", "macro", "weighted", "samples", "none"];

export interface ClassMetricOptions {
  /** Default `binary`. */
  average?: Exclude<Average, "none">;
  /** The positive label of `binary`; default 1. True counts as 1, false as 0. */
  posLabel?: Label;
  /** Which labels count, in which order; all by default. Of rows with several labels, their columns. */
  labels?: readonly Label[];
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
  /** What a figure is that has nothing to divide by: 0 by default, or 1, or NaN, which no mean counts. */
  zeroDivision?: number;
}

/** One figure for each label. */
export interface PerLabelOptions extends Omit<ClassMetricOptions, "average"> {
  average: "none";
}

/** A metric of labels and predicted labels, of two classes, of several, or of several labels a row. */
export interface ClassMetric {
  /** @returns one figure for each of `labels` */
  (yTrue: ClassLabels, yPred: ClassLabels, options: PerLabelOptions): Float64Array;
  (yTrue: ClassLabels, yPred: ClassLabels, options?: ClassMetricOptions): number;
}

/** Numerator and denominator. */
export type Ratio = (counts: BinaryCounts) => readonly [number, number];

/** A metric that is a ratio of the four counts. */
export function classMetric(name: string, ratio: Ratio): ClassMetric {
  function compute(yTrue: ClassLabels, yPred: ClassLabels, options: PerLabelOptions): Float64Array;
  function compute(yTrue: ClassLabels, yPred: ClassLabels, options?: ClassMetricOptions): number;
  function compute(
    yTrue: ClassLabels,
    yPred: ClassLabels,
    options: PerLabelOptions | ClassMetricOptions = {},
  ): number | Float64Array {
    return averageOf(name, ratio, yTrue, yPred, options);
  }
  return compute;
}

export function averageOf(
  caller: string,
  ratio: Ratio,
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: PerLabelOptions | ClassMetricOptions,
): number | Float64Array {
  const { average = "binary", posLabel = 1, sampleWeight, zeroDivision = 0 } = options;
  const share = (counts: BinaryCounts) => {
    const [numerator, denominator] = ratio(counts);
    return denominator === 0 ? zeroDivision : numerator / denominator;
  };
  requirePairs(caller, yTrue, yPred);
  if (!averages.includes(average))
    throw new AssayerError(
      "invalid-argument",
      `unknown average: ${average}; expected one of ${averages.join(", ")}`,
    );
  if (average === "binary") {
    if (isLabelRows(yTrue) || isLabelRows(yPred))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires another average than binary where rows have several labels; got binary`,
      );
    const weights = weightsOf(caller, sampleWeight, yTrue.length);
    const [actual, predicted] = binaryCodes(caller, posLabel, yTrue, yPred) as [
      Uint8Array,
      Uint8Array,
    ];
    return share(countsOfCodes(actual, predicted, weights));
  }
  if (average === "samples") {
    const weights = weightsOf(caller, sampleWeight, yTrue.length);
    return meanPresent(rowCounts(caller, yTrue, yPred, options).map(share), weights);
  }
  const { counts } = labelCounts(caller, yTrue, yPred, options);
  if (average === "micro") return share(sumOfCounts(counts));
  const shares = counts.map(share);
  if (average === "none") return Float64Array.from(shares);
  return meanPresent(
    shares,
    average === "weighted"
      ? counts.map(({ truePositives, falseNegatives }) => truePositives + falseNegatives)
      : undefined,
  );
}

function sumOfCounts(counts: readonly BinaryCounts[]): BinaryCounts {
  const sum = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (const each of counts) {
    sum.truePositives += each.truePositives;
    sum.falsePositives += each.falsePositives;
    sum.falseNegatives += each.falseNegatives;
    sum.trueNegatives += each.trueNegatives;
  }
  return sum;
}

/** Mean of the values that are not NaN; weights that are all 0 do not count. */
function meanPresent(values: readonly number[], weights?: ArrayLike<number>): number {
  let [sum, weightSum, plainSum, present] = [0, 0, 0, 0];
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const weight = weights === undefined ? 1 : (weights[i] as number);
    sum += weight * value;
    weightSum += weight;
    plainSum += value;
    present++;
  }
  return weightSum === 0 ? plainSum / present : sum / weightSum;
}

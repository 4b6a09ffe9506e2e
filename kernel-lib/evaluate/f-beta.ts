import { AssayerError } from "../errors";
import {
  averageOf,
  classMetric,
  type ClassMetricOptions,
  type PerLabelOptions,
  type Ratio,
} from "./class-metric";
import type { ClassLabels } from "./label-counts";

/**
 * F1: the harmonic mean of precision and recall.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred as many predicted ones
 * @returns 0 to 1; `zeroDivision` where nothing is positive or predicted so
 * @throws AssayerError "invalid-argument" as `precision`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.f1_score.html
 * @example f1([0, 1, 0, 1], [1, 1, 0, 1]) // 0.8
 */
export const f1 = classMetric("f1", ratioOf(1));

/** How many times as much recall counts as precision, 0 or more: 0 for precision alone, Infinity for recall alone. */
interface Beta {
  beta: number;
}

/**
 * F-beta: a weighted harmonic mean of precision and recall, in which recall counts `beta` times as much.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred as many predicted ones
 * @returns 0 to 1; `zeroDivision` where there is nothing to divide by
 * @throws AssayerError "invalid-argument" for a negative beta, and as `precision`
 * @see van Rijsbergen 1979, "Information retrieval", chapter 7
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.fbeta_score.html
 * @example fBeta([0, 1, 0, 1], [1, 1, 0, 1], { beta: 0.5 }) // 0.714…
 */
export function fBeta(
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: PerLabelOptions & Beta,
): Float64Array;
export function fBeta(
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: ClassMetricOptions & Beta,
): number;
export function fBeta(
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: (ClassMetricOptions | PerLabelOptions) & Beta,
): number | Float64Array {
  const { beta } = options;
  if (!(beta >= 0))
    throw new AssayerError("invalid-argument", `fBeta requires beta of 0 or more; got ${beta}`);
  return averageOf("fBeta", ratioOf(beta), yTrue, yPred, options);
}

function ratioOf(beta: number): Ratio {
  const square = beta ** 2;
  return ({ truePositives, falsePositives, falseNegatives }) => {
    const positives = truePositives + falseNegatives;
    return beta === Infinity
      ? [truePositives, positives]
      : [(1 + square) * truePositives, square * positives + truePositives + falsePositives];
  };
}

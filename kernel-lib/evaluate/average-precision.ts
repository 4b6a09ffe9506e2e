import type { Label } from "./binary-codes";
import { weightsOf } from "./check";
import {
  averageOfClasses,
  classScores,
  isScoreRows,
  type ScoreAverage,
  type Scores,
} from "./class-scores";
import type { ClassLabels } from "./label-counts";
import { scoreRows, type ScoreOptions } from "./score-rows";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts";

export interface AveragePrecisionOptions extends ScoreOptions {
  /** Of several classes or labels; default `macro`. */
  average?: Exclude<ScoreAverage, "none">;
  /** The classes of the columns of yScore, in order; those of yTrue, sorted, by default. */
  labels?: readonly Label[];
}

/**
 * Average precision: the precision at each score, weighted by the recall gained there. Rows of one score count
 * together. 0 without a positive, as scikit-learn has it.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yScore n finite scores, higher for `posLabel`; or n rows of one for each class
 * @returns 0 to 1; one for each class with `average` none
 * @throws AssayerError "invalid-argument" for a third class with one score a row, scores that are not finite or do not
 * fit the classes, arrays of different length, and weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 * @example averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.833…
 */
export function averagePrecision(
  yTrue: ClassLabels,
  yScore: Scores,
  options: Omit<AveragePrecisionOptions, "average"> & { average: "none" },
): Float64Array;
export function averagePrecision(
  yTrue: ClassLabels,
  yScore: Scores,
  options?: AveragePrecisionOptions,
): number;
export function averagePrecision(
  yTrue: ClassLabels,
  yScore: Scores,
  options: Omit<AveragePrecisionOptions, "average"> & { average?: ScoreAverage } = {},
): number | Float64Array {
  const caller = "averagePrecision";
  if (!isScoreRows(yScore)) {
    const { codes, scores, weights } = scoreRows(caller, yTrue, yScore, options);
    return precisionOfCounts(thresholdCounts(codes, scores, weights));
  }
  const { average = "macro", sampleWeight, labels } = options;
  return averageOfClasses(
    classScores(caller, yTrue, yScore, labels),
    average,
    weightsOf(caller, sampleWeight, yTrue.length),
    (codes, scores, weights) => precisionOfCounts(thresholdCounts(codes, scores, weights)),
  );
}

/** @returns 0 without a positive */
export function precisionOfCounts({ truePositives, falsePositives }: ThresholdCounts): number {
  const n = truePositives.length;
  let sum = 0;
  let before = 0;
  for (let i = 0; i < n; i++) {
    const found = truePositives[i] as number;
    if (found === before) continue;
    sum += ((found - before) * found) / (found + (falsePositives[i] as number));
    before = found;
  }
  return before === 0 ? 0 : sum / before;
}

/**
 * Average precision of rows by falling score.
 *
 * @param weights how often each row counts; once each by default
 */
export function fallingAveragePrecision(
  yTrue: ArrayLike<number>,
  yScore: Float64Array,
  weights?: Uint32Array,
): number {
  const n = yScore.length;
  let rows = 0;
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < n;) {
    const score = yScore[i] as number;
    let gained = 0;
    for (; i < n && yScore[i] === score; i++) {
      const weight = weights === undefined ? 1 : (weights[i] as number);
      rows += weight;
      if (yTrue[i] === 1) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += gained * (positives / rows);
  }
  return positives === 0 ? 0 : sum / positives;
}

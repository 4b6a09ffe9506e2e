import { rocAuc } from "../../evaluate/roc-auc";
import { takeRows } from "./take-rows";
import { argsort } from "../../stats/argsort";
import {
  isotonicPredict,
  isotonicRegression,
  type IsotonicFit,
} from "../../stats/isotonic-regression";
import { partOfSplit, stratifiedShuffleSplit } from "../../stats/stratified-shuffle-split";

/** Turns scores into probabilities; null where the scores are probabilities already. */
export type Calibration = IsotonicFit | null;

export type CalibrationRule = "auto" | "always" | "never";

/**
 * Learns from labelled rows how scores become probabilities, if that helps: NannyML 0.13.1's rule, on the same ten
 * splits of the rows (nine tenths to learn from, one to test). It helps if the expected calibration error over the
 * tests of all splits is smaller with isotonic regression than without. Scores that rank almost perfectly (ROC AUC
 * above 0.999), or of one class alone, stay as they are.
 *
 * NannyML sorts the calibrated scores, many of them equal, by an unstable sort: where the two errors are near, its answer
 * depends on the processor. Here equal ones stay in the order of splits, scores and rows.
 *
 * @param yTrue n labels, 0 or 1
 * @param yScore n finite scores
 * @param when `auto` by the rule; `always` or `never`
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html
 */
export function fitCalibration(
  yTrue: Float64Array,
  yScore: Float64Array,
  when: CalibrationRule = "auto",
): Calibration {
  const needed = when === "auto" ? needsCalibration(yTrue, yScore) : when === "always";
  return needed ? isotonicRegression(yScore, yTrue) : null;
}

/** Probabilities of scores; NaN stays NaN. */
export function calibrate(calibration: Calibration, yScore: Float64Array): Float64Array {
  if (calibration === null) return yScore;
  return yScore.map((score) => isotonicPredict(calibration, score));
}

/** Whether isotonic regression makes the scores better probabilities. */
export function needsCalibration(yTrue: Float64Array, yScore: Float64Array): boolean {
  if (!yTrue.includes(0) || !yTrue.includes(1)) return false;
  if (rocAuc(yTrue, yScore) > 0.999) return false;
  const { before, after } = calibrationErrors(yTrue, yScore);
  return before > after;
}

/** Expected calibration errors over the tests of all splits; NaN where there are too few rows to split. */
export function calibrationErrors(
  yTrue: Float64Array,
  yScore: Float64Array,
): { before: number; after: number } {
  // Sorted once: what is fitted and tested is then in order in each split.
  const order = argsort(yScore);
  const scores = takeRows(yScore, order);
  const labels = takeRows(yTrue, order);
  const tested: Tested[] = [];
  for (const part of stratifiedShuffleSplit(yTrue, { splits: 10, testShare: 0.1, seed: 42 })) {
    const train = order.filter((row) => part[row] === partOfSplit.train);
    const fit = isotonicRegression(takeRows(yScore, train), takeRows(yTrue, train));
    let count = 0;
    const test = new Uint32Array(scores.length - train.length);
    for (let at = 0; at < order.length; at++)
      if (part[order[at] as number] === partOfSplit.test) test[count++] = at;
    const before = takeRows(scores, test.subarray(0, count));
    tested.push({
      labels: takeRows(labels, test.subarray(0, count)),
      before,
      after: before.map((score) => isotonicPredict(fit, score)),
    });
  }
  if (tested.length === 0) return { before: NaN, after: NaN };
  const all = joined(tested.map((each) => each.labels));
  return {
    before: expectedCalibrationError(all, joined(tested.map((each) => each.before)), 10),
    after: expectedCalibrationError(all, joined(tested.map((each) => each.after)), 10),
  };
}

interface Tested {
  labels: Float64Array;
  before: Float64Array;
  after: Float64Array;
}

function joined(arrays: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const each of arrays) {
    result.set(each, start);
    start += each.length;
  }
  return result;
}

/**
 * Expected calibration error: how far the mean probability is from the share of positives, averaged over bins of
 * equally many rows. NannyML cuts bins of `floor(n / bins)` rows, so that there can be more of them.
 *
 * @param yTrue n ≥ 4 labels, 0 or 1
 * @param probability n probabilities of 1
 * @returns 0 to 1
 * @see Naeini, Cooper and Hauskrecht 2015
 */
export function expectedCalibrationError(
  yTrue: Float64Array,
  probability: Float64Array,
  bins: number,
): number {
  const n = yTrue.length;
  const width = Math.floor(n / (n <= 2 * bins ? Math.floor(n / 2) : bins));
  const count = Math.floor(n / width);
  const order = argsort(probability);
  let error = 0;
  for (let bin = 0; bin < count; bin++) {
    const start = bin * width;
    const end = bin === count - 1 ? n : start + width;
    let difference = 0;
    for (let i = start; i < end; i++) {
      const row = Number(order[i]);
      difference += Number(probability[row]) - Number(yTrue[row]);
    }
    error += Math.abs(difference) / n;
  }
  return error;
}

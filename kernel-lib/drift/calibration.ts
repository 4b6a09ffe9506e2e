import { rocAuc } from "../evaluate/roc-auc";
import { argsort } from "../stats/argsort";
import {
  isotonicPredict,
  isotonicRegression,
  type IsotonicFit,
} from "../stats/isotonic-regression";
import { stratifiedShuffleSplit } from "../stats/stratified-shuffle-split";

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
 * depends on the processor. Here equal scores stay in the order of splits and rows.
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
  const labels: number[][] = [];
  const before: number[][] = [];
  const after: number[][] = [];
  const splits = stratifiedShuffleSplit(yTrue, { splits: 10, testShare: 0.1, seed: 42 });
  for (const { train, test } of splits) {
    const fit = isotonicRegression(
      Float64Array.from(train, (row) => Number(yScore[row])),
      Float64Array.from(train, (row) => Number(yTrue[row])),
    );
    const scores = Array.from(test, (row) => Number(yScore[row]));
    labels.push(Array.from(test, (row) => Number(yTrue[row])));
    before.push(scores);
    after.push(scores.map((score) => isotonicPredict(fit, score)));
  }
  const all = Float64Array.from(labels.flat());
  if (all.length < 4) return { before: NaN, after: NaN };
  return {
    before: expectedCalibrationError(all, Float64Array.from(before.flat()), 10),
    after: expectedCalibrationError(all, Float64Array.from(after.flat()), 10),
  };
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

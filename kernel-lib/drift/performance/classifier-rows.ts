import { AssayerError } from "../../errors";
import { calibrate, fitCalibration, type Calibration, type CalibrationRule } from "./calibration";
import { rowsWhere, takeLabels, takeRows } from "./take-rows";

/** Rows of a classifier: what it said, and what was true where that is known. */
export interface ClassifierRows {
  /** In the order of the codes; `["0", "1"]` for a binary classifier. */
  classes: readonly string[];
  /** Codes of the predicted classes, -1 where missing. */
  yPred: Int32Array;
  /** Codes of the true classes, -1 where missing; null without labels. */
  yTrue: Int32Array | null;
  /** Of each class the score of every row, NaN where missing; of a binary classifier that of class 1 alone. */
  yScore: readonly Float64Array[];
}

/** The same, with scores made probabilities. */
export interface CalibratedRows extends ClassifierRows {
  /** As `yScore`; NaN in a row that misses a score. */
  probability: readonly Float64Array[];
}

/** Classes whose scores there are: each of several, or of two the second. */
export function scoredClasses({ classes, yScore }: ClassifierRows): number[] {
  return yScore.length === 1 ? [1] : [...classes.keys()];
}

/**
 * Learns one calibration for each scored class from labelled reference rows; rows that miss something are left out.
 *
 * @throws AssayerError "invalid-argument" without a labelled row that has all scores
 */
export function fitCalibrations(
  reference: ClassifierRows,
  when: CalibrationRule = "auto",
): Calibration[] {
  const { yTrue, yScore } = reference;
  const rows = rowsWhere(
    0,
    yTrue?.length ?? 0,
    (row) => Number(yTrue?.[row]) >= 0 && yScore.every((scores) => Number.isFinite(scores[row])),
  );
  if (yTrue === null || rows.length === 0)
    throw new AssayerError(
      "invalid-argument",
      "estimatePerformance requires reference rows with labels and scores; got none",
    );
  return scoredClasses(reference).map((code, i) =>
    fitCalibration(
      takeLabels(yTrue, rows, code),
      takeRows(yScore[i] ?? new Float64Array(0), rows),
      when,
    ),
  );
}

/**
 * Calibrates each class by itself; of several classes the probabilities are then divided by their sum, and are equal
 * where that is 0.
 */
export function calibrateRows(
  rows: ClassifierRows,
  calibrations: readonly Calibration[],
): CalibratedRows {
  const probability = rows.yScore.map((scores, i) =>
    calibrate(
      calibrations[i] ?? null,
      scores.map((score) => (Number.isFinite(score) ? score : NaN)),
    ),
  );
  if (probability.length === 1) return { ...rows, probability };
  const sums = new Float64Array(rows.yPred.length);
  for (const values of probability)
    for (let row = 0; row < sums.length; row++) sums[row] = Number(sums[row]) + Number(values[row]);
  return {
    ...rows,
    probability: probability.map((values) =>
      values.map((value, row) =>
        sums[row] === 0 ? 1 / probability.length : value / Number(sums[row]),
      ),
    ),
  };
}

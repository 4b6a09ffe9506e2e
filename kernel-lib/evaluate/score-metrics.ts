import { averagePrecision } from "./average-precision";
import { brierScore } from "./brier-score";
import { expectedCalibrationError } from "./calibration-curve";
import { logLoss } from "./log-loss";
import type { ScoreMetric } from "./metric";
import { rocAuc } from "./roc-auc";

const metrics = [
  {
    input: "scores",
    name: "rocAuc",
    label: "ROC AUC",
    better: "higher",
    denominator: "positives",
    compute: (yTrue, yScore, sampleWeight) => rocAuc(yTrue, yScore, given(sampleWeight)),
  },
  {
    input: "scores",
    name: "averagePrecision",
    label: "average precision",
    better: "higher",
    denominator: "positives",
    // Of no positive at all, scikit-learn's 0 is not what is known.
    compute: (yTrue, yScore, sampleWeight) =>
      hasPositive(yTrue, sampleWeight) ? averagePrecision(yTrue, yScore, given(sampleWeight)) : NaN,
  },
  {
    input: "scores",
    name: "logLoss",
    label: "log loss",
    better: "lower",
    denominator: "rows",
    compute: (yTrue, yScore, sampleWeight) => logLoss(yTrue, yScore, given(sampleWeight)),
  },
  {
    input: "scores",
    name: "brierScore",
    label: "Brier score",
    better: "lower",
    denominator: "rows",
    compute: (yTrue, yScore, sampleWeight) => brierScore(yTrue, yScore, given(sampleWeight)),
  },
  {
    input: "scores",
    name: "expectedCalibrationError",
    label: "expected calibration error",
    better: "lower",
    denominator: "rows",
    compute: (yTrue, yScore, sampleWeight) =>
      expectedCalibrationError(yTrue, yScore, given(sampleWeight)),
  },
] as const satisfies readonly ScoreMetric[];

function given(sampleWeight: ArrayLike<number> | undefined): { sampleWeight?: ArrayLike<number> } {
  return sampleWeight === undefined ? {} : { sampleWeight };
}

function hasPositive(yTrue: ArrayLike<number>, sampleWeight: ArrayLike<number> = []): boolean {
  for (let i = 0; i < yTrue.length; i++) if (yTrue[i] === 1 && sampleWeight[i] !== 0) return true;
  return false;
}

export type ScoreMetricName = (typeof metrics)[number]["name"];

/** Metrics of labels 0 and 1 and of scores for 1. NaN where the labels leave them without meaning. */
export const scoreMetrics: readonly ScoreMetric<ScoreMetricName>[] = metrics;

/** Labels or predictions: numbers, texts or truth values. */
export type Labels = ArrayLike<number | string | boolean>;

/** Weighted counts of a binary classifier's answers: all that most of its metrics need. */
export interface BinaryCounts {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** What a metric divides by, so that nobody reads a rate without knowing of how many it is one. */
export type Denominator =
  "rows" | "positives" | "negatives" | "predicted-positives" | "predicted-negatives";

/** Which end of a metric is better; `none` for a metric that is no judgement, such as the selection rate. */
export type Better = "higher" | "lower" | "none";

interface Description<Name extends string> {
  /** As scikit-learn and Fairlearn call it, in camel case. */
  name: Name;
  /** In words, as a chart's axis has it: `true positive rate`. */
  label: string;
  better: Better;
  denominator: Denominator;
}

/** A metric that is a function of the counts alone. NaN where its denominator is 0. */
export interface CountMetric<Name extends string = string> extends Description<Name> {
  input: "counts";
  /** A share of the denominator's rows, so that an interval for a proportion fits it. */
  isRate: boolean;
  compute: (counts: BinaryCounts) => number;
}

/** A metric of labels 0 and 1 and scores for 1. */
export interface ScoreMetric<Name extends string = string> extends Description<Name> {
  input: "scores";
  compute: (
    yTrue: ArrayLike<number>,
    yScore: ArrayLike<number>,
    sampleWeight?: ArrayLike<number>,
  ) => number;
}

/** A metric of numbers and predicted numbers. */
export interface ValueMetric<Name extends string = string> extends Description<Name> {
  input: "values";
  compute: (
    yTrue: ArrayLike<number>,
    yPred: ArrayLike<number>,
    sampleWeight?: ArrayLike<number>,
  ) => number;
}

export type Metric = CountMetric | ScoreMetric | ValueMetric;

import type { BinaryCounts } from "../evaluate/metric";
import type { ConstraintResult } from "./constraint";
import type { Figure } from "./figure";

/**
 * How a model treats groups: figures with intervals, verdicts, and the counts they come from, so that a verdict can be
 * judged again from the file alone. It holds counts of groups and never a row.
 */
export interface FairnessReport {
  kind: "fairness";
  format: 1;
  name: string;
  createdAt: string;
  /** What was looked at, in words, and where its rows can be read again. */
  data: { rows: number; description: string; origin: { kind: string } & Record<string, unknown> };
  /** The registered version whose predictions these are, if that is known. */
  model: { name: string; number: number } | null;
  problem: "binary" | "regression";
  /** The label that counts as positive; null for regression. */
  positiveLabel: string | null;
  /** Confidence of every interval, such as 0.95. */
  confidence: number;
  /** Groups of fewer rows are `small`; 30 where this is not said. */
  smallGroup?: number;
  /** What the metrics below are, in the order in which they are shown. */
  metrics: FairnessMetricInfo[];
  overall: FairnessGroup;
  /** One for each sensitive feature, then their intersections; each by itself. */
  groupings: FairnessGrouping[];
  /** One for each constraint and grouping. */
  results: ConstraintResult[];
  /** Where the model is significantly worse, the worst first. */
  slices: FairnessSlice[];
  /** How errors gather: a tree of at most a few levels, its root first; null when there are no features to split by. */
  errorTree: ErrorNode[] | null;
  /** `stable` when every constraint passes, `alarm` when one fails, else `undecided`; `watch` when nothing was required. */
  verdict: "stable" | "watch" | "alarm" | "undecided";
  summary: string;
  warnings: string[];
}

export interface FairnessMetricInfo {
  name: string;
  label: string;
  better: "higher" | "lower" | "none";
  denominator: string;
}

export interface FairnessGrouping {
  /** Sensitive features, one or several. */
  features: string[];
  groups: FairnessGroup[];
  /** By metric. */
  disparities: Record<string, Disparity>;
}

/** The distance between groups in one metric. */
export interface Disparity {
  /** Highest minus lowest, 0 or more. */
  difference: Figure;
  /** Lowest by highest, 0 to 1. */
  ratio: Figure;
  /** Names of the groups with the lowest and the highest value. */
  lowest: string | null;
  highest: string | null;
}

export interface FairnessGroup {
  /** `female`, or `female, south` of an intersection; `all` for the whole. */
  name: string;
  /** The value of each sensitive feature. */
  values: Record<string, string>;
  rows: number;
  /** Sums of weights, which are the rows where there are no weights; null for regression. */
  counts: BinaryCounts | null;
  /** Rows by answer, without weights: what an interval needs. */
  rowCounts: BinaryCounts | null;
  /** Sums of squared weights by answer, from which the effective number of rows follows; absent where there are no weights. */
  weightSquares?: BinaryCounts | null;
  /** Too few rows to judge by: named, never dropped. */
  small: boolean;
  /** By metric. */
  figures: Record<string, Figure>;
  /** Present when scores were given. */
  scores: GroupScores | null;
}

/**
 * Scores of a group, thinned to at most some hundred places: ROC, calibration and the threshold explorer are drawn of
 * it. Exact at each threshold it names.
 */
export interface GroupScores {
  /** Ascending. A row is selected when its score is above the threshold. */
  thresholds: number[];
  /** Positives with a score above each threshold. */
  positivesAbove: number[];
  negativesAbove: number[];
  positives: number;
  negatives: number;
  /** Bins of equal width of the score, empty ones left out. */
  calibration: { meanScore: number; share: Figure; rows: number }[];
}

/** Rows that up to three conditions name, on which the model is worse than on the others. */
export interface FairnessSlice {
  conditions: SliceCondition[];
  /** `education ≤ 10 and south = 1`. */
  name: string;
  rows: number;
  /** Mean loss of the slice (share of wrong answers, or mean absolute error) and of all other rows. */
  loss: Figure;
  otherLoss: number;
  /** Standardized difference of the two. */
  effectSize: number;
  pValue: number;
  adjustedPValue: number;
}

/** `conditionWords` tells it in words. */
export type SliceCondition =
  | { feature: string; equals: string }
  | { feature: string; differsFrom: string }
  | { feature: string; above: number | null; atMost: number | null };

export interface ErrorNode {
  /** Position of the parent in the list; null for the root. */
  parent: number | null;
  /** What leads from the parent to here; null for the root. */
  condition: SliceCondition | null;
  rows: number;
  /** Sum of the loss: the number of wrong answers where it is 0 or 1. */
  errors: number;
  /** Mean loss. */
  loss: number;
}

import type { Figure } from "./figure";

/**
 * What a model must keep between groups:
 * `demographicParity` equal selection rates, `equalOpportunity` equal true positive rates, `equalizedOdds` those and
 * equal false positive rates, `predictiveParity` equal precision, `falsePositiveRateParity`, `accuracyParity`, and
 * `boundedGroupLoss`, in which no group's error (1 − accuracy, or mean absolute error) is above the limit.
 */
export type ConstraintName =
  | "demographicParity"
  | "equalOpportunity"
  | "equalizedOdds"
  | "predictiveParity"
  | "falsePositiveRateParity"
  | "accuracyParity"
  | "boundedGroupLoss";

export interface FairnessConstraint {
  constraint: ConstraintName;
  /** Sensitive features that make the groups, `["sex"]` or `["sex", "age"]`; every grouping of the report by default. */
  features?: readonly string[];
  /** Largest difference between groups that passes; default 0.1 unless `minRatio` is given. Of `boundedGroupLoss` the largest loss. */
  maxDifference?: number;
  /** Smallest ratio of the lowest to the highest group that passes: 0.8 is the four-fifths rule. */
  minRatio?: number;
}

/** `insufficient`: what was seen allows both; more labelled rows would tell. */
export type FairnessVerdict = "pass" | "fail" | "insufficient";

export interface ConstraintResult {
  constraint: FairnessConstraint;
  features: readonly string[];
  verdict: FairnessVerdict;
  /** The difference or ratio that was judged, with its interval, corrected for the number of groups. */
  figure: Figure;
  /** Names of the two groups farthest apart, lowest first; null where no two can be compared. */
  between: readonly [string, string] | null;
  /** Groups that could not be judged and why: no positives, too few rows. A group among them never yields a pass. */
  unjudged: readonly { group: string; reason: string }[];
  /** How many further labelled rows, spread as these are, would settle it; null where it is settled or no number would. */
  rowsNeeded: number | null;
  /** In one sentence of plain words. */
  sentence: string;
}

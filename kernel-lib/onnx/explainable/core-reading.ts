import type { LinearCore, TreeCore } from "../../explain/explainable-model";
import type { ScoreRule } from "./score-rule";

/** A core as it stands in its node. */
export interface CoreReading {
  /** The tensor that it takes, and the one that it puts its scores in. */
  input: string;
  scores: string;
  /** Of a classifier, which gives a score for each label; null where the file has none. */
  labels: string[] | null;
  /** How many sums of its own it has: the labels, or the targets; one where two labels share it. */
  sums: number;
  rule: ScoreRule;
  /** Whether a row's scores are at least 0 and sum to 1. */
  sumsToOne: boolean;
  /** Whether it has two sums, one the negative of the other. */
  isOpposed: boolean;
  /** The least number of features that it can have. */
  leastFeatures: number;
  /** @param rule the core's own, or what came of it behind the core */
  read: (features: number, rule: ScoreRule) => TreeCore | LinearCore;
}

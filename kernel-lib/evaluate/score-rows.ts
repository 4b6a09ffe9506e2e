import { AssayerError } from "../errors";
import { binaryCodes, type Label } from "./binary-codes";
import { finiteNumbers, requirePairs, weightsOf } from "./check";
import { isLabelRows, type ClassLabels } from "./label-counts";

/** What every metric of two classes and scores takes. */
export interface ScoreOptions {
  /** The label that the scores are for; default 1. True counts as 1, false as 0. */
  posLabel?: Label;
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
}

export interface ScoreRows {
  codes: Uint8Array;
  scores: Float64Array;
  weights: Float64Array | undefined;
}

/** Checked labels and scores. */
export function scoreRows(
  caller: string,
  yTrue: ClassLabels,
  yScore: ArrayLike<number>,
  { posLabel = 1, sampleWeight }: ScoreOptions = {},
): ScoreRows {
  requirePairs(caller, yTrue, yScore);
  if (isLabelRows(yTrue))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one score for each label where rows have several; got one a row`,
    );
  const [codes] = binaryCodes(caller, posLabel, yTrue) as [Uint8Array];
  return {
    codes,
    scores: finiteNumbers(caller, "yScore", yScore),
    weights: weightsOf(caller, sampleWeight, yTrue.length),
  };
}

/** The same of scores that are probabilities. */
export function probabilityRows(
  caller: string,
  yTrue: ClassLabels,
  yScore: ArrayLike<number>,
  options: ScoreOptions,
): ScoreRows {
  const rows = scoreRows(caller, yTrue, yScore, options);
  requireProbabilities(caller, rows.scores);
  return rows;
}

export function requireProbabilities(caller: string, scores: Float64Array): void {
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (!(score >= 0 && score <= 1))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires probabilities from 0 to 1 in yScore; got ${score} at position ${i}`,
      );
  }
}

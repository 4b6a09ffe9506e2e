import type { Label } from "./binary-codes";
import { weightsOf } from "./check";
import { classScores, isScoreRows, type Scores } from "./class-scores";
import { meanOfRows } from "./mean-of-rows";
import type { Labels } from "./metric";
import { probabilityRows, requireProbabilities, type ScoreOptions } from "./score-rows";

export interface BrierScoreOptions extends ScoreOptions {
  /** The classes of the columns of yScore, in order; those of yTrue, sorted, by default. */
  labels?: readonly Label[];
}

/**
 * Mean squared difference of the probability and what happened, 1 or 0. Of three classes or more the sum over the
 * classes, up to 2.
 *
 * @param yTrue n ≥ 1 labels
 * @param yScore n probabilities of `posLabel`; or n rows of one for each class
 * @returns 0 to 1 for two classes, else 0 to 2; lower is better
 * @throws AssayerError "invalid-argument" as `logLoss`
 * @see Brier 1950; https://scikit-learn.org/stable/modules/generated/sklearn.metrics.brier_score_loss.html
 * @example brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) // 0.0375
 */
export function brierScore(yTrue: Labels, yScore: Scores, options: BrierScoreOptions = {}): number {
  if (isScoreRows(yScore)) {
    const { codes, scores } = classScores("brierScore", yTrue, yScore, options.labels);
    for (const column of scores) requireProbabilities("brierScore", column);
    const weights = weightsOf("brierScore", options.sampleWeight, yTrue.length);
    const sum = meanOfRows(yTrue.length, weights, (row) =>
      codes.reduce(
        (squares, column, at) =>
          squares + ((column[row] as number) - (scores[at]?.[row] as number)) ** 2,
        0,
      ),
    );
    return codes.length === 2 ? sum / 2 : sum;
  }
  const { codes, scores, weights } = probabilityRows("brierScore", yTrue, yScore, options);
  return meanOfRows(
    codes.length,
    weights,
    (row) => ((codes[row] as number) - (scores[row] as number)) ** 2,
  );
}

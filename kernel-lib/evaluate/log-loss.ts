import type { Label } from "./binary-codes";
import { weightsOf } from "./check";
import { classScores, isScoreRows, type Scores } from "./class-scores";
import { meanOfRows } from "./mean-of-rows";
import type { Labels } from "./metric";
import { probabilityRows, requireProbabilities, type ScoreOptions } from "./score-rows";

export interface LogLossOptions extends ScoreOptions {
  /** The classes of the columns of yScore, in order; those of yTrue, sorted, by default. */
  labels?: readonly Label[];
  /** How far scores are kept away from 0 and 1; default 2⁻⁵², as scikit-learn has it for doubles. */
  epsilon?: number;
}

/**
 * Mean negative log likelihood of the labels.
 *
 * @param yTrue n ≥ 1 labels
 * @param yScore n probabilities of `posLabel`; or n rows of one for each class
 * @returns nats, ≥ 0
 * @throws AssayerError "invalid-argument" for a third class with one score a row, scores outside 0 to 1 or that do not
 * fit the classes, arrays of different length, and weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.log_loss.html
 * @example logLoss([1, 0], [0.9, 0.2]) // 0.164…
 */
export function logLoss(yTrue: Labels, yScore: Scores, options: LogLossOptions = {}): number {
  const { epsilon = Number.EPSILON } = options;
  const loss = (likelihood: number) =>
    -Math.log(Math.min(Math.max(likelihood, epsilon), 1 - epsilon));
  if (isScoreRows(yScore)) {
    const { codes, scores } = classScores("logLoss", yTrue, yScore, options.labels);
    for (const column of scores) requireProbabilities("logLoss", column);
    const weights = weightsOf("logLoss", options.sampleWeight, yTrue.length);
    return meanOfRows(yTrue.length, weights, (row) => {
      const own = codes.findIndex((column) => column[row] === 1);
      return loss(scores[own]?.[row] as number);
    });
  }
  const { codes, scores, weights } = probabilityRows("logLoss", yTrue, yScore, options);
  return meanOfRows(codes.length, weights, (row) => {
    const score = scores[row] as number;
    return loss(codes[row] === 1 ? score : 1 - score);
  });
}

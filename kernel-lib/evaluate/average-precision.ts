import { argsort } from "../stats/argsort";
import { requireBinary, requirePairs } from "./check";

/**
 * Average precision: the precision at each score, weighted by the recall gained there. Rows of one score count
 * together. 0 without a positive, as scikit-learn has it.
 *
 * @param yTrue n ≥ 1 labels, 0 or 1
 * @param yScore n scores, higher for 1
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" for other labels, or arrays of different length
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 * @example averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.833…
 */
export function averagePrecision(yTrue: ArrayLike<number>, yScore: ArrayLike<number>): number {
  requirePairs("averagePrecision", yTrue, yScore);
  requireBinary("averagePrecision", yTrue);
  const scores = Float64Array.from(yScore);
  return weightedAveragePrecision(yTrue, scores, argsort(scores));
}

/**
 * The same for rows that count several times.
 *
 * @param order rows by ascending score
 * @param weights how often each row counts; once each by default
 */
export function weightedAveragePrecision(
  yTrue: ArrayLike<number>,
  yScore: Float64Array,
  order: Uint32Array,
  weights?: ArrayLike<number>,
): number {
  let rows = 0;
  let positives = 0;
  let sum = 0;
  for (let i = order.length - 1; i >= 0;) {
    const score = yScore[Number(order[i])];
    let gained = 0;
    for (; i >= 0 && yScore[Number(order[i])] === score; i--) {
      const row = Number(order[i]);
      const weight = weights === undefined ? 1 : Number(weights[row]);
      rows += weight;
      if (yTrue[row] === 1) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += gained * (positives / rows);
  }
  return positives === 0 ? 0 : sum / positives;
}

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
  const order = argsort(scores).reverse();
  return fallingAveragePrecision(
    order.map((row) => Number(yTrue[row])),
    Float64Array.from(order, (row) => Number(scores[row])),
  );
}

/**
 * The same of rows by falling score.
 *
 * @param weights how often each row counts; once each by default
 */
export function fallingAveragePrecision(
  yTrue: ArrayLike<number>,
  yScore: Float64Array,
  weights?: Uint32Array,
): number {
  const n = yScore.length;
  let rows = 0;
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < n;) {
    const score = yScore[i] as number;
    let gained = 0;
    for (; i < n && yScore[i] === score; i++) {
      const weight = weights === undefined ? 1 : (weights[i] as number);
      rows += weight;
      if (yTrue[i] === 1) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += gained * (positives / rows);
  }
  return positives === 0 ? 0 : sum / positives;
}

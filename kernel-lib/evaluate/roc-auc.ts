import { argsort } from "../stats/argsort";
import { requireBinary, requirePairs } from "./check";

/**
 * Area under the ROC curve: how often a positive has a higher score than a negative; ties count half.
 * NaN when all labels are the same, since then there is no such pair.
 *
 * @param yTrue n ≥ 1 labels, 0 or 1
 * @param yScore n scores, higher for 1
 * @returns 0 to 1, or NaN
 * @throws AssayerError "invalid-argument" for other labels, or arrays of different length
 * @see Mann and Whitney 1947; Hanley and McNeil 1982
 * @example rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.75
 */
export function rocAuc(yTrue: ArrayLike<number>, yScore: ArrayLike<number>): number {
  requirePairs("rocAuc", yTrue, yScore);
  requireBinary("rocAuc", yTrue);
  const order = argsort(Float64Array.from(yScore));
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && yScore[order[end] ?? 0] === yScore[order[start] ?? 0]) end++;
    const rank = (start + 1 + end) / 2;
    for (; start < end; start++)
      if (yTrue[order[start] ?? 0] === 1) {
        rankSum += rank;
        positives++;
      }
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

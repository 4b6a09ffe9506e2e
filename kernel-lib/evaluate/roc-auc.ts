import { AssayerError } from "../errors";
import type { Labels } from "./metric";
import { scoreRows, type ScoreOptions } from "./score-rows";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts";

export interface RocAucOptions extends ScoreOptions {
  /**
   * Up to which false positive rate the area counts, above 0 to 1; it is then scaled so that chance is 0.5 and the best
   * 1 (McClish 1989).
   */
  maxFpr?: number;
}

/**
 * Area under the ROC curve: how often a positive has a higher score than a negative; ties count half.
 * NaN when all labels are the same, since then there is no such pair.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n finite scores, higher for `posLabel`
 * @returns 0 to 1, or NaN
 * @throws AssayerError "invalid-argument" for other labels, scores that are not finite, arrays of different length,
 * and weights that are negative or all 0
 * @see Mann and Whitney 1947; Hanley and McNeil 1982
 * @example rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.75
 */
export function rocAuc(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { maxFpr = 1, ...options }: RocAucOptions = {},
): number {
  if (!(maxFpr > 0 && maxFpr <= 1))
    throw new AssayerError(
      "invalid-argument",
      `rocAuc requires maxFpr above 0, at most 1; got ${maxFpr}`,
    );
  const { codes, scores, weights } = scoreRows("rocAuc", yTrue, yScore, options);
  return areaOfCounts(thresholdCounts(codes, scores, weights), maxFpr);
}

/** @returns NaN without a positive or a negative */
export function areaOfCounts(counts: ThresholdCounts, maxFpr = 1): number {
  const { truePositives, falsePositives } = counts;
  const last = truePositives.length - 1;
  const positives = truePositives[last] as number;
  const negatives = falsePositives[last] as number;
  if (positives === 0 || negatives === 0) return NaN;
  const limit = maxFpr === 1 ? negatives : maxFpr * negatives;
  let area = 0;
  let [tpBefore, fpBefore] = [0, 0];
  for (let i = 0; i <= last; i++) {
    const tp = truePositives[i] as number;
    const fp = falsePositives[i] as number;
    if (fp > limit) {
      const share = (limit - fpBefore) / (fp - fpBefore);
      area += ((limit - fpBefore) * (2 * tpBefore + share * (tp - tpBefore))) / 2;
      break;
    }
    area += ((fp - fpBefore) * (tp + tpBefore)) / 2;
    [tpBefore, fpBefore] = [tp, fp];
  }
  area /= positives * negatives;
  if (maxFpr === 1) return area;
  const chance = maxFpr ** 2 / 2;
  return (1 + (area - chance) / (maxFpr - chance)) / 2;
}

import { countMetrics } from "../evaluate/count-metrics";
import type { CountMetric } from "../evaluate/metric";
import { countEstimate } from "./intervals/count-estimate";
import { figureOf } from "./intervals/estimate";
import type { GroupScores } from "./report";

/** Labels 0 and 1, scores, and weights if there are some, of n rows. */
export interface LabelledScores {
  codes: Uint8Array;
  scores: Float64Array;
  weights: Float64Array | undefined;
}

const baseRate = countMetrics.find(({ name }) => name === "baseRate") as CountMetric;

/**
 * How often scores come true: rows in bins of equal width, from 0 to 1 or, when a score is beyond, from the lowest to
 * the highest score.
 *
 * @param range of the bins, lowest and highest
 * @returns a bin for each that has rows, with Wilson's interval of its share of positives
 */
export function calibrationBins(
  { codes, scores, weights }: LabelledScores,
  [lowest, highest]: readonly [number, number],
  { bins, confidence }: { bins: number; confidence: number },
): GroupScores["calibration"] {
  const sums = Array.from({ length: bins }, () => ({
    rows: [0, 0] as [number, number],
    weight: [0, 0] as [number, number],
    square: [0, 0] as [number, number],
    score: 0,
  }));
  const width = (highest - lowest) / bins;
  for (let i = 0; i < codes.length; i++) {
    const score = scores[i] as number;
    const weight = weights === undefined ? 1 : (weights[i] as number);
    const code = codes[i] as 0 | 1;
    const place = width > 0 ? Math.min(bins - 1, Math.floor((score - lowest) / width)) : 0;
    const sum = sums[place] as (typeof sums)[number];
    sum.rows[code] += 1;
    sum.weight[code] += weight;
    sum.square[code] += weight * weight;
    sum.score += weight * score;
  }
  return sums.flatMap(({ rows, weight, square, score }) => {
    const total = weight[0] + weight[1];
    if (total === 0) return [];
    const estimate = countEstimate(baseRate, {
      counts: countsOf(weight),
      rowCounts: countsOf(rows),
      weightSquares: weights === undefined ? null : countsOf(square),
    });
    const share = figureOf(estimate, confidence);
    return [{ meanScore: score / total, share, rows: rows[0] + rows[1] }];
  });
}

/** Of what is neither selected nor rejected, since no answer is asked here. */
function countsOf([negatives, positives]: readonly [number, number]) {
  return {
    truePositives: positives,
    falsePositives: 0,
    falseNegatives: 0,
    trueNegatives: negatives,
  };
}

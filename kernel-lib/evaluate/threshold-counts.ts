import { argsort } from "../stats/argsort";
import { sortedCopy } from "../stats/sorted-copy";

/** What is selected at each threshold: rows, or sums of weights, with a score at or above it. */
export interface ThresholdCounts {
  /** Distinct scores, falling. */
  thresholds: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
}

/**
 * The counts that ROC, precision–recall and lift curves are made of. Rows of weight 0 are left out.
 *
 * Without weights the scores of the two classes are sorted apart and merged, which needs no order of the rows.
 *
 * @param codes n ≥ 1 labels, 0 or 1
 * @param scores n finite scores
 */
export function thresholdCounts(
  codes: Uint8Array,
  scores: Float64Array,
  weights?: Float64Array,
): ThresholdCounts {
  return weights === undefined
    ? countsOfRows(codes, scores)
    : countsOfWeights(codes, scores, weights);
}

function countsOfRows(codes: Uint8Array, scores: Float64Array): ThresholdCounts {
  const n = codes.length;
  let count = 0;
  for (let i = 0; i < n; i++) count += codes[i] as number;
  const ofPositives = new Float64Array(count);
  const ofNegatives = new Float64Array(n - count);
  let positive = 0;
  for (let i = 0; i < n; i++)
    if (codes[i] === 1) ofPositives[positive++] = scores[i] as number;
    else ofNegatives[i - positive] = scores[i] as number;
  const above = sortedCopy(ofPositives);
  const below = sortedCopy(ofNegatives);
  const result = room(n);
  let distinct = 0;
  let p = above.length - 1;
  let q = below.length - 1;
  while (p >= 0 || q >= 0) {
    const threshold = Math.max(
      p >= 0 ? (above[p] as number) : -Infinity,
      q >= 0 ? (below[q] as number) : -Infinity,
    );
    while (p >= 0 && above[p] === threshold) p--;
    while (q >= 0 && below[q] === threshold) q--;
    result.thresholds[distinct] = threshold;
    result.truePositives[distinct] = above.length - 1 - p;
    result.falsePositives[distinct] = below.length - 1 - q;
    distinct++;
  }
  return cut(result, distinct);
}

function countsOfWeights(
  codes: Uint8Array,
  scores: Float64Array,
  weights: Float64Array,
): ThresholdCounts {
  const n = codes.length;
  const order = argsort(scores);
  const result = room(n);
  let distinct = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let i = n - 1; i >= 0; i--) {
    const row = order[i] as number;
    const weight = weights[row] as number;
    if (weight === 0) continue;
    const score = scores[row] as number;
    if (codes[row] === 1) truePositives += weight;
    else falsePositives += weight;
    if (distinct === 0 || result.thresholds[distinct - 1] !== score)
      result.thresholds[distinct++] = score;
    result.truePositives[distinct - 1] = truePositives;
    result.falsePositives[distinct - 1] = falsePositives;
  }
  return cut(result, distinct);
}

function room(n: number): ThresholdCounts {
  return {
    thresholds: new Float64Array(n),
    truePositives: new Float64Array(n),
    falsePositives: new Float64Array(n),
  };
}

function cut(counts: ThresholdCounts, length: number): ThresholdCounts {
  return {
    thresholds: counts.thresholds.subarray(0, length),
    truePositives: counts.truePositives.subarray(0, length),
    falsePositives: counts.falsePositives.subarray(0, length),
  };
}

import { AssayerError } from "../errors";
import { binaryCodes } from "../evaluate/binary-codes";
import { finiteNumbers, requirePairs, weightsOf } from "../evaluate/check";
import { wilsonInterval } from "../stats/wilson-interval";
import type { Figure } from "./figure";
import type { MetricFrameInput } from "./frame/frame-input";
import { groupCodes } from "./frame/group-codes";
import { figureOf } from "./intervals/estimate";

export interface CalibrationByGroupInput extends Pick<
  MetricFrameInput,
  "yTrue" | "posLabel" | "sensitiveFeatures" | "sampleWeight" | "confidence"
> {
  /** n scores from 0 to 1. */
  yScore: ArrayLike<number>;
  /** Bins of equal width; default 10. */
  bins?: number;
}

export interface GroupCalibration {
  name: string;
  values: Record<string, string>;
  rows: number;
  /** Bins that have rows, by rising score: the mean score, and the share of positives that it should be. */
  bins: { meanScore: number; share: Figure; rows: number }[];
  /** Mean distance of the two, by the rows of the bins; null for a group without rows. */
  expectedCalibrationError: number | null;
}

/**
 * Whether a score means the same in every group: the share of positives among rows of like scores.
 *
 * @throws AssayerError "invalid-argument" for scores outside 0 to 1, labels of a third class, arrays of different length
 * @see Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning"
 */
export function calibrationByGroup(input: CalibrationByGroupInput): GroupCalibration[] {
  const caller = "calibrationByGroup";
  const { yTrue, yScore, posLabel = 1, sensitiveFeatures, confidence = 0.95, bins = 10 } = input;
  requirePairs(caller, yTrue, yScore);
  if (!Number.isSafeInteger(bins) || bins < 1)
    throw new AssayerError("invalid-argument", `${caller} requires bins of 1 or more; got ${bins}`);
  const rows = yTrue.length;
  const scores = finiteNumbers(caller, "yScore", yScore);
  const [actual] = binaryCodes(caller, posLabel, yTrue) as [Uint8Array];
  const weights = weightsOf(caller, input.sampleWeight, rows);
  const { codes, groups } = groupCodes(caller, "sensitiveFeatures", sensitiveFeatures, rows);
  const size = groups.length * bins;
  const [count, sum, square, score, positive] = Array.from(
    { length: 5 },
    () => new Float64Array(size),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < rows; i++) {
    const value = scores[i] as number;
    if (value < 0 || value > 1)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires scores from 0 to 1; got ${value} at position ${i}`,
      );
    const bin = (codes[i] as number) * bins + Math.min(bins - 1, Math.floor(value * bins));
    const weight = weights === undefined ? 1 : (weights[i] as number);
    count[bin] = (count[bin] as number) + 1;
    sum[bin] = (sum[bin] as number) + weight;
    square[bin] = (square[bin] as number) + weight * weight;
    score[bin] = (score[bin] as number) + weight * value;
    positive[bin] = (positive[bin] as number) + weight * (actual[i] as number);
  }
  return groups.map((group, g) => {
    const found: GroupCalibration["bins"] = [];
    let [own, total, error] = [0, 0, 0];
    for (let bin = g * bins; bin < (g + 1) * bins; bin++) {
      const [inBin, weight] = [count[bin] as number, sum[bin] as number];
      own += inBin;
      if (weight === 0) continue;
      const value = (positive[bin] as number) / weight;
      const meanScore = (score[bin] as number) / weight;
      // Kish's effective number of rows; without weights the number itself.
      const trials = (weight * weight) / (square[bin] as number);
      const limits = (z: number) => wilsonInterval(value, trials, z);
      const share = figureOf({ value, limits, denominator: inBin, method: "wilson" }, confidence);
      found.push({ meanScore, share, rows: inBin });
      total += weight;
      error += weight * Math.abs(meanScore - value);
    }
    const expectedCalibrationError = total === 0 ? null : error / total;
    return { ...group, rows: own, bins: found, expectedCalibrationError };
  });
}

import { AssayerError } from "../errors";
import { quantileOfSorted } from "../stats/quantile";
import { sortedCopy } from "../stats/sorted-copy";
import type { Labels } from "./metric";
import { probabilityRows, type ScoreOptions, type ScoreRows } from "./score-rows";

export interface CalibrationOptions extends ScoreOptions {
  /** How many bins; default 5 for the curve, 10 for the error. */
  bins?: number;
  /** Bins of equal width, or of about as many rows (whatever their weight). Default `uniform`. */
  strategy?: "uniform" | "quantile";
}

/** Bins that have rows, by rising score. */
export interface CalibrationCurve {
  /** Share of positives. */
  share: Float64Array;
  /** Mean score. */
  meanScore: Float64Array;
  /** Rows, or their weight. */
  rows: Float64Array;
}

/**
 * How often what is predicted happens: by bins of the score, the share of positives beside the mean score.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n probabilities of `posLabel`
 * @throws AssayerError "invalid-argument" for bins that are no whole number of 1 or more, and as `logLoss`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.calibration.calibration_curve.html
 * @example calibrationCurve([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], { bins: 2 }).share // [0, 1]
 */
export function calibrationCurve(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { bins = 5, strategy = "uniform", ...options }: CalibrationOptions = {},
): CalibrationCurve {
  const rows = probabilityRows("calibrationCurve", yTrue, yScore, options);
  return curveOf("calibrationCurve", rows, bins, strategy);
}

/**
 * Expected calibration error: the mean over rows of how far their bin's share of positives is from its mean score.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n probabilities of `posLabel`
 * @returns 0 to 1; it depends on the bins
 * @throws AssayerError "invalid-argument" as `calibrationCurve`
 * @see Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning"
 * @example expectedCalibrationError([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], { bins: 2 }) // 0.15
 */
export function expectedCalibrationError(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { bins = 10, strategy = "uniform", ...options }: CalibrationOptions = {},
): number {
  const data = probabilityRows("expectedCalibrationError", yTrue, yScore, options);
  const { share, meanScore, rows } = curveOf("expectedCalibrationError", data, bins, strategy);
  let [sum, all] = [0, 0];
  for (let bin = 0; bin < rows.length; bin++) {
    const weight = rows[bin] as number;
    sum += weight * Math.abs((share[bin] as number) - (meanScore[bin] as number));
    all += weight;
  }
  return sum / all;
}

/**
 * Maximum calibration error: how far the share of positives is from the mean score in the worst bin.
 *
 * @param yTrue n ≥ 1 labels of two classes
 * @param yScore n probabilities of `posLabel`
 * @returns 0 to 1; it depends on the bins
 * @throws AssayerError "invalid-argument" as `calibrationCurve`
 * @see Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning"
 * @example maximumCalibrationError([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.7], { bins: 2 }) // 0.3
 */
export function maximumCalibrationError(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  { bins = 10, strategy = "uniform", ...options }: CalibrationOptions = {},
): number {
  const data = probabilityRows("maximumCalibrationError", yTrue, yScore, options);
  const { share, meanScore } = curveOf("maximumCalibrationError", data, bins, strategy);
  return share.reduce(
    (largest, value, bin) => Math.max(largest, Math.abs(value - (meanScore[bin] as number))),
    0,
  );
}

function curveOf(
  caller: string,
  { codes, scores, weights }: ScoreRows,
  bins: number,
  strategy: "uniform" | "quantile",
): CalibrationCurve {
  if (!Number.isInteger(bins) || bins < 1)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires bins that are a whole number of 1 or more; got ${bins}`,
    );
  // Computed as NumPy's linspace and percentile compute them, so that a score on an edge falls on the same side.
  const step = 1 / bins;
  const inner = Float64Array.from({ length: bins - 1 }, (_, i) => (i + 1) * step);
  const sorted = strategy === "quantile" ? sortedCopy(scores) : null;
  const edges =
    sorted === null ? inner : inner.map((part) => quantileOfSorted(sorted, (part * 100) / 100));
  const sums = { share: new Float64Array(bins), meanScore: new Float64Array(bins) };
  const rows = new Float64Array(bins);
  for (let i = 0; i < codes.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number);
    const score = scores[i] as number;
    const bin = edgesBelow(edges, score);
    rows[bin] = (rows[bin] as number) + weight;
    sums.share[bin] = (sums.share[bin] as number) + weight * (codes[i] as number);
    sums.meanScore[bin] = (sums.meanScore[bin] as number) + weight * score;
  }
  const filled = [...rows.keys()].filter((bin) => rows[bin] !== 0);
  const meanOf = (sum: Float64Array) =>
    Float64Array.from(filled, (bin) => (sum[bin] as number) / (rows[bin] as number));
  return {
    share: meanOf(sums.share),
    meanScore: meanOf(sums.meanScore),
    rows: Float64Array.from(filled, (bin) => rows[bin] as number),
  };
}

/** How many edges are below the value; edges rise. */
function edgesBelow(edges: Float64Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

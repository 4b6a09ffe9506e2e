import type { BinaryCounts, CountMetric, Denominator } from "../../evaluate/metric";
import { exactInterval } from "../../stats/exact-interval";
import { normalTail } from "../../stats/gamma-tail";
import { wilsonInterval } from "../../stats/wilson-interval";
import type { Estimate } from "./estimate";

/** What is counted of a group's answers. */
export interface CountEvidence {
  /** Sums of weights; the rows where there are no weights. */
  counts: BinaryCounts;
  /** Rows, without weights; the counts where there are no weights. */
  rowCounts?: BinaryCounts | null;
  /** Sums of squared weights, from which the effective number of rows follows. */
  weightSquares?: BinaryCounts | null;
}

const answers = ["truePositives", "falsePositives", "falseNegatives", "trueNegatives"] as const;

const parts: Record<Denominator, readonly (keyof BinaryCounts)[]> = {
  rows: answers,
  positives: ["truePositives", "falseNegatives"],
  negatives: ["trueNegatives", "falsePositives"],
  "predicted-positives": ["truePositives", "falsePositives"],
  "predicted-negatives": ["trueNegatives", "falseNegatives"],
};

/** How many rows a metric divides by. */
export function denominatorOf(counts: BinaryCounts, denominator: Denominator): number {
  return parts[denominator].reduce((sum, answer) => sum + counts[answer], 0);
}

/**
 * A metric of counts with its uncertainty. Of a rate it is Wilson's interval, or Clopper and Pearson's; with weights of
 * the effective number of rows, which has the variance of the weighted rate. Of another metric it is the normal
 * approximation, by the derivatives of the metric.
 *
 * @see Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts",
 * for the effective number
 */
export function countEstimate(
  metric: CountMetric,
  { counts, rowCounts, weightSquares }: CountEvidence,
  method: "wilson" | "exact" = "wilson",
): Estimate {
  const value = metric.compute(counts);
  const rows = rowCounts ?? counts;
  const denominator = denominatorOf(rows, metric.denominator);
  if (!Number.isFinite(value) || denominator === 0)
    return { value: NaN, limits: null, denominator, method: null };
  if (!metric.isRate) {
    const error = Math.sqrt(varianceOf(metric, counts, weightSquares ?? counts));
    const limits = (z: number) => [value - z * error, value + z * error] as const;
    return { value, limits, denominator, method: "normal" };
  }
  const trials = weightSquares ? effectiveRows(metric, counts, weightSquares) : denominator;
  const limits =
    method === "wilson"
      ? (z: number) => wilsonInterval(value, trials, z)
      : (z: number) => exactInterval(value * trials, trials, normalTail(z));
  return { value, limits, denominator, method };
}

function effectiveRows(metric: CountMetric, counts: BinaryCounts, squares: BinaryCounts): number {
  const [sum, square] = [counts, squares].map((each) =>
    denominatorOf(each, metric.denominator),
  ) as [number, number];
  const value = metric.compute(counts);
  // All alike say nothing of the variance; Kish's effective number does not need it.
  if (value <= 0 || value >= 1) return (sum * sum) / square;
  let hits = 0;
  for (const answer of parts[metric.denominator])
    hits += squares[answer] * (Number(metric.compute(only(answer)) === 1) - value) ** 2;
  return (value * (1 - value) * sum * sum) / hits;
}

function only(answer: keyof BinaryCounts): BinaryCounts {
  const none = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  return { ...none, [answer]: 1 };
}

/**
 * By the delta method: a metric of shares of answers changes by its derivative with each row. Half a row is added to
 * each answer, so that answers nobody gave do not look impossible (Agresti and Caffo 2000).
 */
function varianceOf(metric: CountMetric, counts: BinaryCounts, squares: BinaryCounts): number {
  const total = answers.reduce((sum, answer) => sum + counts[answer], 0);
  const square = answers.reduce((sum, answer) => sum + squares[answer], 0);
  const scale = square / total;
  const smooth = { ...counts };
  const spread = { ...squares };
  for (const answer of answers) {
    smooth[answer] += scale / 2;
    spread[answer] += (scale * scale) / 2;
  }
  const step = total * 1e-6;
  let variance = 0;
  for (const answer of answers) {
    const at = (change: number) => metric.compute({ ...smooth, [answer]: smooth[answer] + change });
    const size = Math.min(step, smooth[answer] / 2);
    const slope = (at(size) - at(-size)) / (2 * size);
    variance += slope * slope * spread[answer];
  }
  return variance;
}

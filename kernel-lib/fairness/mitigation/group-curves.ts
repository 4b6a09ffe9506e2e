import { AssayerError } from "../../errors";
import type { BinaryCounts, CountMetric, Labels } from "../../evaluate/metric";
import { scoreRows } from "../../evaluate/score-rows";
import { thresholdCounts } from "../../evaluate/threshold-counts";
import { groupRows } from "./group-rows";

/** Labelled rows with scores and the groups they belong to. */
export interface ScoredRows {
  /** n ≥ 1 labels of two classes. */
  yTrue: Labels;
  /** n finite scores, higher for the positive class. */
  yScore: ArrayLike<number>;
  /** One or several features of n values; together they name a row's group. A missing value is one of its own. */
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>;
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
  /** The label that the scores are for; default 1. */
  posLabel?: Labels[number];
}

/** Every threshold of a group, and what is selected above it: counts are sums of weights. */
export interface GroupCurve {
  group: string;
  rows: number;
  positives: number;
  negatives: number;
  /** Distinct, falling. */
  scores: Float64Array;
  /** Falling: Infinity (nobody), one halfway between any two neighbouring scores, -Infinity (everybody). */
  thresholds: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
}

export interface GroupCurves {
  sensitiveFeatures: string[];
  /** One for each group, in the order of their names. */
  groups: GroupCurve[];
  /** All rows, as if there were no groups. */
  pooled: GroupCurve;
}

/**
 * @throws AssayerError "invalid-argument" for arrays of different length, labels of more than two classes, scores that
 *   are not finite, weights below 0 or without a sum, or more than 1,000 values of a feature
 */
export function groupCurves(caller: string, data: ScoredRows): GroupCurves {
  const { codes, scores, weights } = scoreRows(caller, data.yTrue, data.yScore, data);
  const { features, names, members } = groupRows(caller, data.sensitiveFeatures, codes.length);
  const curveOf = (group: string, rows: Uint32Array) =>
    groupCurve(
      group,
      Uint8Array.from(rows, (row) => codes[row] as number),
      Float64Array.from(rows, (row) => scores[row] as number),
      weights && Float64Array.from(rows, (row) => weights[row] as number),
    );
  return {
    sensitiveFeatures: features,
    groups: names.map((name, g) => curveOf(name, members[g] as Uint32Array)),
    pooled: groupCurve("", codes, scores, weights),
  };
}

function groupCurve(
  group: string,
  codes: Uint8Array,
  scores: Float64Array,
  weights: Float64Array | undefined,
): GroupCurve {
  const counts = thresholdCounts(codes, scores, weights);
  const n = counts.thresholds.length;
  const thresholds = new Float64Array(n + 1);
  const truePositives = new Float64Array(n + 1);
  const falsePositives = new Float64Array(n + 1);
  thresholds[0] = Infinity;
  for (let i = 0; i < n; i++) {
    const lower = i + 1 < n ? (counts.thresholds[i + 1] as number) : -Infinity;
    thresholds[i + 1] = between(counts.thresholds[i] as number, lower);
    truePositives[i + 1] = counts.truePositives[i] as number;
    falsePositives[i + 1] = counts.falsePositives[i] as number;
  }
  return {
    group,
    rows: codes.length,
    positives: truePositives[n] as number,
    negatives: falsePositives[n] as number,
    scores: counts.thresholds,
    thresholds,
    truePositives,
    falsePositives,
  };
}

/** A number that is below `upper` and not below `lower`, halfway where doubles have one. */
function between(upper: number, lower: number): number {
  const half = (upper + lower) / 2;
  const safe = Number.isFinite(half) || lower === -Infinity ? half : upper / 2 + lower / 2;
  return safe < upper ? safe : lower;
}

/** Counts at one of the curve's thresholds; `flip` for those at or below it. */
export function countsAt(curve: GroupCurve, threshold: number, flip = false): BinaryCounts {
  const truePositives = curve.truePositives[threshold] as number;
  const falsePositives = curve.falsePositives[threshold] as number;
  return flip
    ? countsOf(curve, curve.positives - truePositives, curve.negatives - falsePositives)
    : countsOf(curve, truePositives, falsePositives);
}

export function countsOf(
  { positives, negatives }: GroupCurve,
  truePositives: number,
  falsePositives: number,
): BinaryCounts {
  return {
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: negatives - falsePositives,
  };
}

/** Every group has the classes that the metrics are rates of. */
export function requireClasses(
  caller: string,
  curves: readonly GroupCurve[],
  metrics: readonly CountMetric[],
): void {
  for (const curve of curves)
    for (const { name, compute } of metrics)
      if (Number.isNaN(compute(countsAt(curve, 0))))
        throw new AssayerError(
          "invalid-argument",
          `${caller} requires a ${curve.positives > 0 ? "negative" : "positive"} label in every group for ${name}; got none in group ${JSON.stringify(curve.group)}`,
        );
}

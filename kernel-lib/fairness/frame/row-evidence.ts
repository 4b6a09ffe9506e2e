import type { Labels } from "../../evaluate/metric";
import { argsort } from "../../stats/argsort";
import type { FrameData, FrameMetric } from "./frame-input";

/** The rows of a segment as its metrics take them. */
export interface RowEvidence {
  rows: number;
  /** Labels 0 and 1 by rising score, so that nothing has to be sorted again, and where each row was. */
  scored: {
    codes: Uint8Array;
    scores: Float64Array;
    places: Uint32Array;
    weights: Float64Array | undefined;
  } | null;
  numbers: { yTrue: Float64Array; yPred: Float64Array } | null;
  labels: { yTrue: Labels; y: Labels } | null;
  weights: Float64Array | undefined;
}

export type RowMetric = Exclude<FrameMetric, { input: "counts" }>;

/** @param positions of the rows; null for all */
export function rowEvidence(data: FrameData, positions: Uint32Array | null): RowEvidence {
  const rows = positions?.length ?? data.rows;
  const doubles = (column: Float64Array) =>
    positions === null ? column : gather(column, positions, new Float64Array(rows));
  const weights = data.weights && doubles(data.weights);
  let scored: RowEvidence["scored"] = null;
  if (data.scores !== null && data.actual !== null) {
    const scores = doubles(data.scores);
    const places = argsort(scores);
    const inOrder = positions === null ? places : gather(positions, places, new Uint32Array(rows));
    scored = {
      places,
      codes: gather(data.actual, inOrder, new Uint8Array(rows)),
      scores: gather(scores, places, new Float64Array(rows)),
      weights: weights && gather(weights, places, new Float64Array(rows)),
    };
  }
  return {
    rows,
    scored,
    numbers: data.numbers && {
      yTrue: doubles(data.numbers.yTrue),
      yPred: doubles(data.numbers.yPred),
    },
    labels: data.metrics.some(({ input }) => input === "function")
      ? { yTrue: taken(data.yTrue, positions), y: taken(data.y, positions) }
      : null,
    weights,
  };
}

/** A metric of a segment's rows. NaN where it cannot be told. */
export function computeOfRows(metric: RowMetric, evidence: RowEvidence): number {
  const { rows, scored, numbers, labels, weights } = evidence;
  if (rows === 0 || (weights?.every((weight) => weight === 0) ?? false)) return NaN;
  if (metric.input === "scores" && scored !== null)
    return metric.compute(scored.codes, scored.scores, scored.weights);
  if (metric.input === "values" && numbers !== null)
    return metric.compute(numbers.yTrue, numbers.yPred, weights);
  if (metric.input === "function" && labels !== null)
    return metric.compute(labels.yTrue, labels.y, weights);
  return NaN;
}

/** @param into as long as `positions` */
export function gather<T extends Float64Array | Uint32Array | Uint8Array>(
  from: T,
  positions: Uint32Array,
  into: T,
): T {
  for (let i = 0; i < positions.length; i++) into[i] = from[positions[i] as number] as number;
  return into;
}

export function taken(labels: Labels, positions: Uint32Array | null): Labels {
  return positions === null
    ? labels
    : Array.from(positions, (row) => labels[row] as Labels[number]);
}

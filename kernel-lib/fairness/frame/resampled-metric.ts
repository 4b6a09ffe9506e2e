import { rowLossOf } from "../intervals/mean-estimate";
import { computeOfRows, gather, taken, type RowEvidence, type RowMetric } from "./row-evidence";

/**
 * A metric of the rows of a segment as a function of how often each of them was drawn.
 *
 * @returns a function of one count for each row, by its place in the segment
 */
export function resampledMetric(
  metric: RowMetric,
  evidence: RowEvidence,
): (times: Uint32Array) => number {
  const { rows, scored, numbers, weights } = evidence;
  if (rows === 0) return () => NaN;
  if (metric.input === "scores" && scored !== null) {
    const { places, codes, scores } = scored;
    const inOrder = new Float64Array(rows);
    const weigh = (times: Uint32Array) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) {
        const drawn = times[places[i] as number] as number;
        sum += inOrder[i] = scored.weights ? drawn * (scored.weights[i] as number) : drawn;
      }
      return sum;
    };
    if (metric.known === "rocAuc")
      return (times) => (weigh(times) > 0 ? areaOfSorted(codes, scores, inOrder) : NaN);
    const loss = rowLossOf(metric.known);
    if (loss === undefined)
      return (times) => (weigh(times) > 0 ? metric.compute(codes, scores, inOrder) : NaN);
    const losses = Float64Array.from(codes, (code, i) => loss.loss(code, scores[i] as number));
    return (times) => weightedMean(losses, inOrder, weigh(times));
  }
  const loss = metric.input === "values" ? rowLossOf(metric.known) : undefined;
  if (loss !== undefined && numbers !== null) {
    const { yTrue, yPred } = numbers;
    const losses = Float64Array.from(yTrue, (actual, i) => loss.loss(actual, yPred[i] as number));
    const drawn = new Float64Array(rows);
    return (times) => {
      let sum = 0;
      for (let i = 0; i < rows; i++)
        sum += drawn[i] = weights
          ? (times[i] as number) * (weights[i] as number)
          : (times[i] as number);
      const mean = weightedMean(losses, drawn, sum);
      return loss.root ? Math.sqrt(mean) : mean;
    };
  }
  // Any other metric gets the drawn rows themselves, since it may not look at weights.
  return (times) => {
    const positions = repeated(times);
    return computeOfRows(metric, {
      rows: positions.length,
      scored: null,
      numbers: numbers && {
        yTrue: gather(numbers.yTrue, positions, new Float64Array(positions.length)),
        yPred: gather(numbers.yPred, positions, new Float64Array(positions.length)),
      },
      labels: evidence.labels && {
        yTrue: taken(evidence.labels.yTrue, positions),
        y: taken(evidence.labels.y, positions),
      },
      weights: weights && gather(weights, positions, new Float64Array(positions.length)),
    });
  };
}

function repeated(times: Uint32Array): Uint32Array {
  let total = 0;
  for (let i = 0; i < times.length; i++) total += times[i] as number;
  const positions = new Uint32Array(total);
  let at = 0;
  for (let i = 0; i < times.length; i++)
    for (let k = 0; k < (times[i] as number); k++) positions[at++] = i;
  return positions;
}

function weightedMean(values: Float64Array, weights: Float64Array, sum: number): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (values[i] as number) * (weights[i] as number);
  return total / sum;
}

/** Area under the ROC curve of rows by rising score. */
function areaOfSorted(codes: Uint8Array, scores: Float64Array, weights: Float64Array): number {
  let [negatives, positives, area] = [0, 0, 0];
  const n = codes.length;
  for (let start = 0; start < n;) {
    const score = scores[start] as number;
    let [tiedNegatives, tiedPositives] = [0, 0];
    for (; start < n && scores[start] === score; start++) {
      const weight = weights[start] as number;
      if (codes[start] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    area += tiedPositives * (negatives + tiedNegatives / 2);
    negatives += tiedNegatives;
    positives += tiedPositives;
  }
  return area / (positives * negatives);
}

import { equalWidthEdges } from "../stats/bin-edges";
import { histogram, lowerBound, upperBound } from "../stats/histogram";

/**
 * Wasserstein distance as NannyML 0.13.1 estimates it for large references: exact beyond the reference's range, but for
 * one value more on each side that has any, and by bins of one width within.
 *
 * @param x n ≥ 1 finite values, ascending
 * @param y m ≥ 1 finite values, ascending
 */
export function binnedWasserstein(x: Float64Array, y: Float64Array, bins: number): number {
  const m = y.length;
  const spread = (x[x.length - 1] as number) - (x[0] as number);
  const low = spread === 0 ? (x[0] as number) - 0.5 : (x[0] as number);
  const high = spread === 0 ? low + 1 : (x[x.length - 1] as number);
  const edges = equalWidthEdges(low, high, bins);
  const before = y.subarray(0, lowerBound(y, low));
  const beyond = y.subarray(upperBound(y, high));
  const reference = histogram(x, edges);
  const current = histogram(y, edges);
  // NannyML counts the edge of the reference among the values below it.
  let cumulated = before.length > 0 ? (before.length + 1) / m : 0;
  let cumulatedReference = 0;
  let within = 0;
  for (let bin = 0; bin < bins; bin++) {
    cumulatedReference += (reference[bin] as number) / x.length;
    cumulated += (current[bin] as number) / m;
    within += Math.abs(cumulatedReference - cumulated);
  }
  const sumBefore = before.reduce((sum, value) => sum + (low - value), 0);
  const sumBeyond = beyond.reduce((sum, value) => sum + (value - high), 0);
  return within * ((edges[1] as number) - low) + (sumBefore + sumBeyond) / m;
}

/** Values in bins of one width, and those on both sides of them. */
export interface BinCounts {
  counts: Float64Array;
  below: number;
  above: number;
}

/**
 * How many values lie in each bin, without sorting them: as `histogram` counts, for bins of one width.
 *
 * @param values finite values, in any order
 * @param edges k + 1 ≥ 2 edges of `equalWidthEdges`
 * @example binCounts(Float64Array.of(2, 0, 1, 5), Float64Array.of(0, 1, 2)).counts // [1, 2]
 */
export function binCounts(values: Float64Array, edges: Float64Array): BinCounts {
  const last = edges.length - 2;
  const low = edges[0] as number;
  const high = edges[last + 1] as number;
  // The range of subnormal numbers has no finite reciprocal.
  const scale = high > low ? Math.min(Number.MAX_VALUE, (last + 1) / (high - low)) : 0;
  const counts = new Float64Array(last + 1);
  let below = 0;
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) below++;
    else if (value > high) above++;
    else {
      let bin = Math.min(last, Math.floor((value - low) * scale));
      // The division rounds; the edges are what counts.
      while (bin > 0 && value < (edges[bin] as number)) bin--;
      while (bin < last && value >= (edges[bin + 1] as number)) bin++;
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return { counts, below, above };
}

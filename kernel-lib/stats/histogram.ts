import { AssayerError } from "../errors";
import { inOrder } from "./ascending";

/**
 * How many values lie in each bin. A bin holds its lower edge; the last one its upper edge too.
 * Values outside of all bins are not counted.
 *
 * @param values n ≥ 0 values; those that are not finite are left out
 * @param edges k + 1 ≥ 2 edges, ascending, as `binEdges` gives them
 * @returns k counts
 * @throws AssayerError "invalid-argument" for fewer than two edges, or edges that fall
 * @see `numpy.histogram` with given edges
 * @example histogram([0, 1, 2], [0, 1, 2]) // [1, 2]
 */
export function histogram(values: ArrayLike<number>, edges: ArrayLike<number>): Float64Array {
  const bins = edges.length - 1;
  if (bins < 1)
    throw new AssayerError(
      "invalid-argument",
      `histogram requires 2 or more edges; got ${edges.length}`,
    );
  for (let i = 0; i < bins; i++)
    if (!((edges[i] as number) <= (edges[i + 1] as number)))
      throw new AssayerError(
        "invalid-argument",
        "histogram requires ascending edges; got one that falls",
      );
  return histogramOfSorted(inOrder(values), edges);
}

/**
 * The same without a look at the order of values and edges: a binary search for each edge.
 *
 * @param sorted n ≥ 0 finite values, ascending
 */
export function histogramOfSorted(sorted: Float64Array, edges: ArrayLike<number>): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins);
  let before = lowerBound(sorted, edges[0] as number);
  for (let bin = 0; bin < bins; bin++) {
    const edge = edges[bin + 1] as number;
    const after = bin === bins - 1 ? upperBound(sorted, edge) : lowerBound(sorted, edge);
    counts[bin] = after - before;
    before = after;
  }
  return counts;
}

/** The first place from `low` to `high` whose value is not less than `limit`. */
export function lowerBound(
  sorted: Float64Array,
  limit: number,
  low = 0,
  high = sorted.length,
): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place from `low` to `high` whose value is more than `limit`. */
export function upperBound(
  sorted: Float64Array,
  limit: number,
  low = 0,
  high = sorted.length,
): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

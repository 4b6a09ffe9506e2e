import type { BinaryCounts } from "../../evaluate/metric";

/**
 * How each group answers: of group g, row 4g + 2·(true label) + (predicted label) of three lists.
 */
export interface Cells {
  rows: Float64Array;
  /** Sums of weights, and of their squares; the same array as `rows` without weights. */
  weights: Float64Array;
  squares: Float64Array;
}

/** In one pass. @param weights undefined for 1 each */
export function countCells(
  codes: Uint32Array,
  groups: number,
  actual: Uint8Array,
  predicted: Uint8Array,
  weights?: Float64Array,
): Cells {
  const rows = new Float64Array(4 * groups);
  const n = codes.length;
  if (weights === undefined) {
    // Whole numbers add up faster.
    const counts = new Uint32Array(4 * groups);
    for (let i = 0; i < n; i++) {
      const cell = 4 * (codes[i] as number) + 2 * (actual[i] as number) + (predicted[i] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
    rows.set(counts);
    return { rows, weights: rows, squares: rows };
  }
  const sums = new Float64Array(4 * groups);
  const squares = new Float64Array(4 * groups);
  for (let i = 0; i < n; i++) {
    const cell = 4 * (codes[i] as number) + 2 * (actual[i] as number) + (predicted[i] as number);
    const weight = weights[i] as number;
    rows[cell] = (rows[cell] as number) + 1;
    sums[cell] = (sums[cell] as number) + weight;
    squares[cell] = (squares[cell] as number) + weight * weight;
  }
  return { rows, weights: sums, squares };
}

/** The counts of several groups together. @param leaves their positions */
export function countsOf(cells: Float64Array, leaves: ArrayLike<number>): BinaryCounts {
  let [trueNegatives, falsePositives, falseNegatives, truePositives] = [0, 0, 0, 0];
  for (let k = 0; k < leaves.length; k++) {
    const at = 4 * (leaves[k] as number);
    trueNegatives += cells[at] as number;
    falsePositives += cells[at + 1] as number;
    falseNegatives += cells[at + 2] as number;
    truePositives += cells[at + 3] as number;
  }
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

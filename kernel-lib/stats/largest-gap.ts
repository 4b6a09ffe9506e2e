import { lowerBound, upperBound } from "./histogram";

/** Stretches of so few values are merged one by one. */
const mergedUpTo = 256;

/**
 * The largest distance between two cumulative distributions, |i / n − j / m| over all values, times n·m, so that it is
 * a whole number. Halves the samples and leaves out every stretch in which no distance can be larger than one found.
 *
 * @param x n ≥ 1 finite values, ascending
 * @param y m ≥ 1 finite values, ascending
 */
export function largestGap(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  const m = y.length;
  let largest = 0;
  const consider = (i: number, j: number) => {
    const gap = Math.abs(i * m - j * n);
    if (gap > largest) largest = gap;
  };

  /** Between two cuts; (i, j) is the cut with i values of x and j of y before it. */
  const search = (i0: number, j0: number, i1: number, j1: number): void => {
    if (Math.max(i1 * m - j0 * n, j1 * n - i0 * m) <= largest) return;
    if (i1 - i0 + j1 - j0 <= mergedUpTo) {
      merge(i0, j0, i1, j1);
      return;
    }
    const value = (i1 - i0 > j1 - j0 ? x[(i0 + i1) >>> 1] : y[(j0 + j1) >>> 1]) as number;
    const iLow = lowerBound(x, value, i0, i1);
    const jLow = lowerBound(y, value, j0, j1);
    const iHigh = upperBound(x, value, iLow, i1);
    const jHigh = upperBound(y, value, jLow, j1);
    consider(iLow, jLow);
    consider(iHigh, jHigh);
    search(i0, j0, iLow, jLow);
    search(iHigh, jHigh, i1, j1);
  };

  const merge = (i: number, j: number, i1: number, j1: number): void => {
    while (i < i1 && j < j1) {
      const value = Math.min(x[i] as number, y[j] as number);
      while (i < i1 && x[i] === value) i++;
      while (j < j1 && y[j] === value) j++;
      consider(i, j);
    }
  };

  search(0, 0, n, m);
  return largest;
}

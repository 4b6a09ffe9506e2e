/**
 * Goes through the distinct values of two samples together, from the lowest.
 *
 * @param x finite values, ascending
 * @param y finite values, ascending
 * @param visit gets how many values of x and of y are lower, and how many of each are equal
 */
export function tiedRuns(
  x: Float64Array,
  y: Float64Array,
  visit: (lowerX: number, lowerY: number, equalX: number, equalY: number) => void,
): void {
  const n = x.length;
  const m = y.length;
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    const value = Math.min(
      i < n ? (x[i] as number) : Infinity,
      j < m ? (y[j] as number) : Infinity,
    );
    const startX = i;
    const startY = j;
    while (i < n && x[i] === value) i++;
    while (j < m && y[j] === value) j++;
    visit(startX, startY, i - startX, j - startY);
  }
}

/** Weighted mean of what each row is worth. */
export function meanOfRows(
  rows: number,
  weights: Float64Array | undefined,
  worth: (row: number) => number,
): number {
  let sum = 0;
  if (weights === undefined) {
    for (let row = 0; row < rows; row++) sum += worth(row);
    return sum / rows;
  }
  let weightSum = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights[row] as number;
    weightSum += weight;
    sum += weight * worth(row);
  }
  return sum / weightSum;
}

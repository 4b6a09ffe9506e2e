/**
 * The inverse of a symmetric positive definite matrix by Cholesky's factors.
 *
 * @param matrix m × m, of which the lower half is read
 */
export function choleskyInverse(matrix: Float64Array, m: number): Float64Array {
  const factor = matrix.slice();
  for (let j = 0; j < m; j++) {
    for (let i = j; i < m; i++) {
      let rest = factor[i * m + j] as number;
      for (let k = 0; k < j; k++)
        rest -= (factor[i * m + k] as number) * (factor[j * m + k] as number);
      factor[i * m + j] = i === j ? Math.sqrt(rest) : rest / (factor[j * m + j] as number);
    }
  }
  const inverse = new Float64Array(m * m);
  const column = new Float64Array(m);
  for (let c = 0; c < m; c++) {
    for (let i = 0; i < m; i++) {
      let rest = i === c ? 1 : 0;
      for (let k = 0; k < i; k++) rest -= (factor[i * m + k] as number) * (column[k] as number);
      column[i] = rest / (factor[i * m + i] as number);
    }
    for (let i = m - 1; i >= 0; i--) {
      let rest = column[i] as number;
      for (let k = i + 1; k < m; k++) rest -= (factor[k * m + i] as number) * (column[k] as number);
      column[i] = rest / (factor[i * m + i] as number);
    }
    for (let i = 0; i < m; i++) inverse[i * m + c] = column[i] as number;
  }
  return inverse;
}

import { AssayerError } from "../../errors";
import type { RowMatrix } from "../row-matrix";

/** Mean of each column, by the rows' shares. */
export function meanOf({ rows, count }: RowMatrix, shares: Float64Array): Float64Array {
  const width = rows.length / count;
  const mean = new Float64Array(width);
  for (let r = 0; r < count; r++)
    for (let f = 0; f < width; f++)
      mean[f] = (mean[f] as number) + (shares[r] as number) * (rows[r * width + f] as number);
  return mean;
}

/**
 * Covariance of the columns: that of a sample (divided by n − 1, as `numpy.cov`) of rows that count alike, and of
 * weighted rows that of the distribution they are.
 *
 * @returns width × width
 */
export function covarianceOf(
  data: RowMatrix,
  shares: Float64Array,
  weights?: ArrayLike<number>,
): Float64Array {
  const { rows, count } = data;
  if (count < 2)
    throw new AssayerError(
      "invalid-argument",
      `linearShap requires 2 background rows or more for correlated values; got ${count}`,
    );
  const width = rows.length / count;
  const mean = meanOf(data, shares);
  const covariance = new Float64Array(width * width);
  const deviations = new Float64Array(width);
  for (let r = 0; r < count; r++) {
    for (let f = 0; f < width; f++)
      deviations[f] = (rows[r * width + f] as number) - (mean[f] as number);
    const share = weights === undefined ? 1 / (count - 1) : (shares[r] as number);
    for (let i = 0; i < width; i++) {
      const part = share * (deviations[i] as number);
      for (let j = 0; j < width; j++)
        covariance[i * width + j] =
          (covariance[i * width + j] as number) + part * (deviations[j] as number);
    }
  }
  return covariance;
}

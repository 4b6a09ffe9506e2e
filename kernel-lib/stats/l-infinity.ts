import { shares } from "./shares";

/**
 * Chebyshev distance of two distributions: by how much the share of the category that moved most moved.
 *
 * @param reference k ≥ 1 counts or shares, ≥ 0; each side is scaled to a sum of 1
 * @param current k counts or shares of the same categories or bins
 * @returns 0 to 1
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see `l_infinity` of NannyML; the same of TensorFlow Data Validation
 * @example lInfinity([1, 1], [1, 3]) // 0.25
 */
export function lInfinity(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [p, q] = shares("lInfinity", reference, current);
  return p.reduce((largest, share, i) => Math.max(largest, Math.abs(share - (q[i] as number))), 0);
}

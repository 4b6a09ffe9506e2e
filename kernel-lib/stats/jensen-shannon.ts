import { shares } from "./shares";

/**
 * Jensen–Shannon distance: the root of the mean divergence of both distributions from their middle.
 *
 * @param reference k ≥ 1 counts or shares, ≥ 0; each side is scaled to a sum of 1
 * @param current k counts or shares of the same categories or bins
 * @param options.base of the logarithm: default e, for a distance up to √ln 2; with 2 it is at most 1
 * @returns 0 for equal distributions
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Endres and Schindelin 2003, "A new metric for probability distributions"; SciPy's `distance.jensenshannon`
 * @example jensenShannon([1, 0], [0, 1], { base: 2 }) // 1
 */
export function jensenShannon(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: { base?: number } = {},
): number {
  const [p, q] = shares("jensenShannon", reference, current);
  let left = 0;
  let right = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] as number;
    const b = q[i] as number;
    const middle = (a + b) / 2;
    if (a > 0) left += a * Math.log(a / middle);
    if (b > 0) right += b * Math.log(b / middle);
  }
  const divergence = Math.max(0, left + right) / 2;
  return Math.sqrt(options.base === undefined ? divergence : divergence / Math.log(options.base));
}

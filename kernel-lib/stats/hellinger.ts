import { shares } from "./shares";

/**
 * Hellinger distance: how far apart the roots of the shares are.
 *
 * @param reference k ≥ 1 counts or shares, ≥ 0; each side is scaled to a sum of 1
 * @param current k counts or shares of the same categories or bins
 * @returns 0 for equal distributions, to 1 for those that share no category
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Hellinger 1909; Pollard 2002, "A User's Guide to Measure Theoretic Probability", 3.3
 * @example hellinger([1, 0], [0, 1]) // 1
 */
export function hellinger(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [p, q] = shares("hellinger", reference, current);
  let sum = 0;
  for (let i = 0; i < p.length; i++)
    sum += (Math.sqrt(p[i] as number) - Math.sqrt(q[i] as number)) ** 2;
  return Math.min(1, Math.sqrt(sum / 2));
}

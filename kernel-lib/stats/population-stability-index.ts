import { filled, shares, type ZeroOptions } from "./shares";

/**
 * Population stability index: the divergence of both distributions from each other, added up.
 *
 * @param reference k ≥ 1 counts or shares, ≥ 0; each side is scaled to a sum of 1
 * @param current k counts or shares of the same categories or bins
 * @param options.zeros default `keep`: infinite where one side lacks what the other has
 * @returns nats, ≥ 0. By custom: below 0.1 little moved, from 0.25 much did
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Siddiqi 2006, "Credit Risk Scorecards"; `psi` of Evidently 0.7.21 with filled zeros
 * @example populationStabilityIndex([1, 1], [1, 3]) // 0.274…
 */
export function populationStabilityIndex(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { zeros = "keep" }: ZeroOptions = {},
): number {
  let [p, q] = shares("populationStabilityIndex", reference, current);
  if (zeros === "fill") [p, q] = [filled(p), filled(q)];
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] as number;
    const b = q[i] as number;
    if (a !== b) sum += (a - b) * Math.log(a / b);
  }
  return sum;
}

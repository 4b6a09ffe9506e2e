import { filled, shares, type ZeroOptions } from "./shares";

/**
 * Kullback–Leibler divergence of the reference from the current distribution. Not the same the other way round.
 *
 * @param reference k ≥ 1 counts or shares, ≥ 0; each side is scaled to a sum of 1
 * @param current k counts or shares of the same categories or bins
 * @param options.zeros default `keep`: infinite where the current side lacks what the reference has
 * @returns nats, ≥ 0
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Kullback and Leibler 1951; SciPy's `entropy(reference, current)`
 * @example klDivergence([1, 1], [1, 3]) // 0.143…
 */
export function klDivergence(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { zeros = "keep" }: ZeroOptions = {},
): number {
  let [p, q] = shares("klDivergence", reference, current);
  if (zeros === "fill") [p, q] = shares("klDivergence", filled(p), filled(q));
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] as number;
    if (a > 0) sum += a * Math.log(a / (q[i] as number));
  }
  return Math.max(0, sum);
}

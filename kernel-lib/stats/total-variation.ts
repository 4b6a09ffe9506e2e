import { drawHypergeometric } from "./hypergeometric";
import { seededRandom } from "./seeded-random";
import { shares, totals } from "./shares";
import type { TestResult } from "./test-result";

const mostDraws = 20_000_000;

/**
 * Total variation distance: the share of one distribution that lies elsewhere in the other.
 *
 * @param reference k ≥ 1 counts or shares, ≥ 0; each side is scaled to a sum of 1
 * @param current k counts or shares of the same categories or bins
 * @returns 0 for equal distributions, to 1 for those that share no category
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 * @see Levin, Peres and Wilmer 2009, "Markov Chains and Mixing Times", 4.1
 * @example totalVariation([1, 1], [1, 3]) // 0.25
 */
export function totalVariation(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [p, q] = shares("totalVariation", reference, current);
  return p.reduce((sum, share, i) => sum + Math.abs(share - (q[i] as number)), 0) / 2;
}

/**
 * Permutation test with the total variation distance: how often a random split of all values into samples of these sizes
 * is at least as far apart. Counts are drawn, not values, so that the cost does not grow with them.
 *
 * @param reference k ≥ 1 whole counts
 * @param current k counts of the same categories
 * @param options.permutations default 1000; fewer beyond 20,000 categories, for 20 million draws in all, but 100 at least
 * @param options.seed default 0; the same seed gives the same p-value
 * @throws AssayerError "empty-sample" if a side sums to 0
 * @throws AssayerError "invalid-argument" for sides of different length, or a count below 0
 */
export function totalVariationTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: { permutations?: number; seed?: number } = {},
): TestResult {
  const [n, m] = totals("totalVariationTest", reference, current);
  const affordable = Math.floor(mostDraws / reference.length);
  const { permutations = Math.min(1000, Math.max(100, affordable)), seed = 0 } = options;
  const random = seededRandom(seed);
  const sizes = Array.from(reference, (count, i) => count + (current[i] as number));
  // |a / n − (size − a) / m| times n·m: whole numbers, in which ties are ties.
  const gap = (count: number, size: number) => Math.abs(count * (n + m) - size * n);
  const observed = sizes.reduce((sum, size, i) => sum + gap(reference[i] as number, size), 0);
  let asFar = 0;
  for (let k = 0; k < permutations; k++) {
    let toDraw = n;
    let left = n + m;
    let sum = 0;
    for (const size of sizes) {
      left -= size;
      const drawn = drawHypergeometric(random, size, left, toDraw);
      toDraw -= drawn;
      sum += gap(drawn, size);
    }
    if (sum >= observed) asFar++;
  }
  return { statistic: totalVariation(reference, current), pValue: asFar / permutations };
}

import { requireSamples } from "./check";
import { pearson } from "./pearson";
import { ranks } from "./ranks";

/**
 * Spearman's rank correlation: how near `y` comes to rising, or falling, whenever `x` rises.
 * Ties get the average of their ranks. NaN when one of the arrays is constant or holds a NaN.
 *
 * @param x n ≥ 2 values
 * @param y n values
 * @returns −1 to 1, or NaN
 * @throws AssayerError "invalid-argument" for arrays of different length, or fewer than 2 pairs
 * @see Spearman 1904, "The proof and measurement of association between two things"
 * @example spearman([1, 2, 3], [1, 10, 100]) // 1
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireSamples("spearman", x, y);
  return hasNaN(x) || hasNaN(y) ? NaN : pearson(ranks(x), ranks(y));
}

function hasNaN(values: ArrayLike<number>): boolean {
  return Array.prototype.some.call(values, Number.isNaN);
}

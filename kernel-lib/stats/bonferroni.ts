/**
 * P-values corrected for their number, so that the chance of one false alarm among all keeps the level.
 *
 * @param pValues n ≥ 0 p-values; NaN, a test without an answer, stays NaN and does not count
 * @returns n corrected p-values, at most 1
 * @see Dunn 1961, "Multiple comparisons among means"
 * @example bonferroni([0.01, 0.5]) // [0.02, 1]
 */
export function bonferroni(pValues: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(pValues);
  const tests = values.reduce((count, p) => count + (Number.isNaN(p) ? 0 : 1), 0);
  return values.map((p) => Math.min(1, p * tests));
}

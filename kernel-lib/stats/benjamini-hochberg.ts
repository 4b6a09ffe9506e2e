/**
 * P-values corrected for their number, so that the share of false ones among all alarms keeps the level.
 *
 * @param pValues n ≥ 0 p-values; NaN, a test without an answer, stays NaN and does not count
 * @returns n corrected p-values, at most 1
 * @see Benjamini and Hochberg 1995, "Controlling the false discovery rate"; SciPy's `false_discovery_control`
 * @example benjaminiHochberg([0.01, 0.04, 0.03]) // [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(pValues);
  const order = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]));
  order.sort((a, b) => (values[b] as number) - (values[a] as number));
  const result = values.slice();
  let least = 1;
  order.forEach((place, fromLargest) => {
    const rank = order.length - fromLargest;
    least = Math.min(least, ((values[place] as number) * order.length) / rank);
    result[place] = least;
  });
  return result;
}

/**
 * The rank of each value from 1 for the lowest; equal values share the average of their ranks.
 *
 * @param values n ≥ 0 values, none of them NaN
 * @returns n ranks, in the order of `values`
 * @example ranks([10, 30, 10]) // [1.5, 3, 1.5]
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => Number(values[a]) - Number(values[b]));
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    const rank = (start + 1 + end) / 2;
    for (; start < end; start++) result[order[start] ?? 0] = rank;
  }
  return result;
}

/** Positions of rows in ascending order of `values`, NaN last, equal ones as they come; undefined when they are so. */
export function orderOf(values: Float64Array): Uint32Array | undefined {
  let sorted = true;
  for (let i = 1; i < values.length && sorted; i++) {
    const [before, value] = [values[i - 1] as number, values[i] as number];
    sorted = before <= value || Number.isNaN(value);
  }
  if (sorted) return undefined;
  const order = Uint32Array.from(values, (_, i) => i);
  return order.sort((a, b) => {
    const [left, right] = [values[a] as number, values[b] as number];
    if (left < right) return -1;
    if (left > right) return 1;
    if (left === right) return a - b;
    const gap = Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return gap === 0 ? a - b : gap;
  });
}

/** The values in that order. */
export function inOrder<T extends Float64Array | Int32Array>(
  values: T,
  order: Uint32Array | undefined,
): T {
  if (order === undefined) return values;
  const moved = values.slice() as T;
  for (let i = 0; i < order.length; i++) moved[i] = values[order[i] as number] as number;
  return moved;
}

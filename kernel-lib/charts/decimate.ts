/**
 * Positions of at most `limit` points that draw the same line: the first, the last, and of each
 * equal stretch between them the lowest and the highest value. Points that are not finite are kept
 * only where nothing finite is near.
 *
 * @param values n ≥ 0 values in the order of their steps
 * @param limit at least 4
 * @returns ascending positions in `values`
 * @example decimate([1, 9, 2, 3, 0, 4], 4) // [0, 1, 4, 5]
 */
export function decimate(values: ArrayLike<number>, limit: number): number[] {
  const count = values.length;
  if (count <= limit) return Array.from({ length: count }, (_, i) => i);
  const stretches = Math.max(1, Math.floor((limit - 2) / 2));
  const inner = count - 2;
  const kept = [0];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = 1 + Math.floor((stretch * inner) / stretches);
    const end = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    let lowest = start;
    let highest = start;
    for (let i = start; i < end; i++) {
      const value = values[i] ?? NaN;
      if (!Number.isFinite(value)) continue;
      if (!(value >= (values[lowest] ?? NaN))) lowest = i;
      if (!(value <= (values[highest] ?? NaN))) highest = i;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  kept.push(count - 1);
  return kept;
}

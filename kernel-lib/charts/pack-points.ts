/**
 * Places points beside each other so that none covers another: each as near to the middle line as those before it
 * leave room, from the left to the right.
 *
 * @param x places along the line, in pixels
 * @param diameter pixels of a point
 * @param room most pixels above and below the line; what goes beyond is pressed together
 * @returns pixels from the middle line, in the order of `x`
 * @example packPoints([0, 0, 10], 4, 20) // [0, 4, 0]
 */
export function packPoints(x: ArrayLike<number>, diameter: number, room: number): Float64Array {
  const order = Array.from(x, (_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b);
  const offsets = new Float64Array(x.length);
  let first = 0;
  let farthest = 0;
  order.forEach((point, position) => {
    const at = x[point] ?? 0;
    while (first < position && at - (x[order[first] ?? 0] ?? 0) >= diameter) first++;
    const taken: [number, number][] = [];
    for (let i = first; i < position; i++) {
      const other = order[i] ?? 0;
      const apart = at - (x[other] ?? 0);
      const reach = Math.sqrt(Math.max(0, diameter * diameter - apart * apart));
      const middle = offsets[other] ?? 0;
      taken.push([middle - reach, middle + reach]);
    }
    const up = freeAbove(taken);
    const down = -freeAbove(taken.map(([low, high]) => [-high, -low]));
    const offset = up <= -down ? up : down;
    offsets[point] = offset;
    farthest = Math.max(farthest, Math.abs(offset));
  });
  return farthest > room ? offsets.map((offset) => (offset * room) / farthest) : offsets;
}

/** The least value ≥ 0 within none of the intervals. */
function freeAbove(taken: [number, number][]): number {
  let free = 0;
  for (const [low, high] of taken.sort((a, b) => a[0] - b[0]))
    if (low < free + 1e-9 && high > free + 1e-9) free = high;
  return free;
}

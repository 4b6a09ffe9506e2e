/**
 * Points of curves over one grid, no two of them farther apart than the tolerance, with the highest sum of heights. Of
 * sums that are equal, the one with the least distance between the points.
 *
 * A window as wide as the tolerance moves over the grid; a queue for each curve holds what may still become its highest
 * point there. Time grows with curves × grid.
 *
 * @param grid rising
 * @param heights one curve each, over the grid
 * @returns a position in the grid for each curve
 * @see Fairlearn 0.15, `ThresholdOptimizer(tol=…)`, whose choice this is
 */
export function relaxedParity(
  grid: Float64Array,
  heights: readonly Float64Array[],
  tolerance: number,
): number[] {
  const queues = heights.map(() => ({ places: new Uint32Array(grid.length), head: 0, tail: 0 }));
  let best: number[] = [];
  let highest = -Infinity;
  let least = Infinity;
  let start = 0;
  for (let end = 0; end < grid.length; end++) {
    for (const [k, queue] of queues.entries()) {
      const own = heights[k] as Float64Array;
      while (
        queue.tail > queue.head &&
        (own[queue.places[queue.tail - 1] as number] as number) <= (own[end] as number)
      )
        queue.tail--;
      queue.places[queue.tail++] = end;
    }
    while ((grid[end] as number) - (grid[start] as number) > tolerance) {
      for (const queue of queues) if (queue.places[queue.head] === start) queue.head++;
      start++;
    }
    let sum = 0;
    let lowest = Infinity;
    let farthest = -Infinity;
    for (const [k, { places, head }] of queues.entries()) {
      const place = places[head] as number;
      sum += (heights[k] as Float64Array)[place] as number;
      lowest = Math.min(lowest, grid[place] as number);
      farthest = Math.max(farthest, grid[place] as number);
    }
    if (sum > highest || (sum === highest && farthest - lowest <= least)) {
      highest = sum;
      least = farthest - lowest;
      best = queues.map(({ places, head }) => places[head] as number);
    }
  }
  return best;
}

/** A curve to be grouped: n places, rising, and n values. */
interface Line {
  x: readonly number[];
  values: ArrayLike<number>;
}

/** What the curves of a group have at a place. */
export interface GroupPoint {
  x: number;
  mean: number;
  low: number;
  high: number;
  /** Curves that reach this place. */
  runs: number;
}

/**
 * The mean of several curves with the band they lie in, on one grid of places.
 *
 * The grid is every place that a curve has, or `maxPoints` evenly spread ones when there are more.
 * A curve counts at a place with the mean of its finite values nearest to it, or between two such
 * places with what lies on the straight line; before its first and after its last it does not count.
 *
 * @param options.band "range" from the lowest value to the highest; "deviation" one sample
 *   standard deviation to either side, of 0 where one curve counts
 * @param options.log spread the places evenly on a logarithmic scale
 */
export function groupCurves(
  lines: readonly Line[],
  options: { band: "range" | "deviation"; maxPoints: number; log?: boolean },
): GroupPoint[] {
  const { band, maxPoints, log = false } = options;
  const grid = gridOf(lines, maxPoints, log);
  const cells = grid.map(() => ({ values: [] as number[], low: Infinity, high: -Infinity }));
  for (const line of lines)
    for (const { cell, mean, low, high } of alongGrid(line, grid)) {
      const at = cells[cell];
      if (!at) continue;
      at.values.push(mean);
      at.low = Math.min(at.low, low);
      at.high = Math.max(at.high, high);
    }
  return cells.flatMap(({ values, low, high }, i) => {
    const runs = values.length;
    if (runs === 0) return [];
    const mean = values.reduce((a, b) => a + b, 0) / runs;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / Math.max(1, runs - 1));
    const edges =
      band === "range" ? { low, high } : { low: mean - deviation, high: mean + deviation };
    return [{ x: grid[i] ?? NaN, mean, ...edges, runs }];
  });
}

function gridOf(lines: readonly Line[], maxPoints: number, log: boolean): number[] {
  const places = new Set<number>();
  for (const { x, values } of lines)
    x.forEach((place, i) => {
      if (Number.isFinite(values[i])) places.add(place);
    });
  const all = [...places].sort((a, b) => a - b);
  if (all.length <= maxPoints) return all;
  const first = all[0] ?? NaN;
  const last = all.at(-1) ?? NaN;
  return Array.from({ length: maxPoints }, (_, i) => {
    const share = i / (maxPoints - 1);
    return log ? first * (last / first) ** share : first + (last - first) * share;
  });
}

interface Cell {
  cell: number;
  mean: number;
  low: number;
  high: number;
}

/** A curve's value in each cell of the grid that it reaches. */
function alongGrid({ x, values }: Line, grid: readonly number[]): Cell[] {
  const found: (Cell & { count: number })[] = [];
  let cell = 0;
  x.forEach((place, i) => {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) return;
    while (
      cell + 1 < grid.length &&
      Math.abs((grid[cell + 1] ?? NaN) - place) <= Math.abs((grid[cell] ?? NaN) - place)
    )
      cell++;
    const last = found.at(-1);
    if (last?.cell !== cell) found.push({ cell, mean: value, low: value, high: value, count: 1 });
    else {
      last.count++;
      last.mean += (value - last.mean) / last.count;
      last.low = Math.min(last.low, value);
      last.high = Math.max(last.high, value);
    }
  });
  return found.flatMap((from, i) => {
    const to = found[i + 1];
    if (!to) return [from];
    const start = grid[from.cell] ?? NaN;
    const span = (grid[to.cell] ?? NaN) - start;
    const between = Array.from({ length: to.cell - from.cell - 1 }, (_, k) => {
      const cell = from.cell + 1 + k;
      const mean = from.mean + ((to.mean - from.mean) * ((grid[cell] ?? NaN) - start)) / span;
      return { cell, mean, low: mean, high: mean };
    });
    return [from, ...between];
  });
}

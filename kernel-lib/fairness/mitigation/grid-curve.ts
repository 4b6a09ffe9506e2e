import type { MetricHull } from "./metric-hull";
import type { Mixture } from "./mixture";

/** The highest y of a group at each x of a grid from 0 to 1, and how it is reached. */
export interface GridCurve {
  y: Float64Array;
  hull: MetricHull;
  /** The hull's point left of each x, and its share; the next one has the rest. */
  left: Uint32Array;
  share: Float64Array;
}

/** 0 to 1 in `size` steps, rounded as NumPy's `linspace` rounds them. */
export function unitGrid(size: number): Float64Array {
  const step = 1 / size;
  return Float64Array.from({ length: size + 1 }, (_, i) => (i === size ? 1 : i * step));
}

/** A hull from x = 0 to x = 1, read at every x of the grid. */
export function gridCurve(hull: MetricHull, grid: Float64Array): GridCurve {
  const n = grid.length;
  const curve = {
    y: new Float64Array(n),
    hull,
    left: new Uint32Array(n),
    share: new Float64Array(n),
  };
  let left = 0;
  for (let i = 0; i < n; i++) {
    const x = grid[i] as number;
    while (left + 2 < hull.x.length && (hull.x[left + 1] as number) < x) left++;
    const [x0, x1] = [hull.x[left] as number, hull.x[left + 1] as number];
    const share = (x1 - x) / (x1 - x0);
    curve.left[i] = left;
    curve.share[i] = share;
    curve.y[i] = share * (hull.y[left] as number) + (1 - share) * (hull.y[left + 1] as number);
  }
  return curve;
}

/** The draw between two thresholds that gives a group the grid's point. */
export function mixtureAt({ hull, left, share }: GridCurve, point: number): Mixture {
  const at = left[point] as number;
  const weight = share[point] as number;
  return [
    {
      weight,
      threshold: hull.threshold[at] as number,
      flip: hull.flip[at] === 1,
    },
    {
      weight: 1 - weight,
      threshold: hull.threshold[at + 1] as number,
      flip: hull.flip[at + 1] === 1,
    },
  ];
}

import type { CountMetric } from "../../evaluate/metric";
import { argsort } from "../../stats/argsort";
import { countsAt, type GroupCurve } from "./group-curves";

/** Points of a curve: two metrics, and the threshold that gives them. */
export interface MetricHull {
  x: Float64Array;
  y: Float64Array;
  /** Positions in the curve's thresholds; `flip` where the answer is yes at or below it. */
  threshold: Uint32Array;
  flip: Uint8Array;
}

/** Both metrics at every threshold, and flipped if that is allowed. */
export function metricPoints(
  curve: GroupCurve,
  xMetric: CountMetric,
  yMetric: CountMetric,
  flip: boolean,
): MetricHull {
  const n = curve.thresholds.length;
  const points = room(flip ? 2 * n : n);
  for (let i = 0; i < points.x.length; i++) {
    const flipped = i >= n;
    const counts = countsAt(curve, i % n, flipped);
    points.x[i] = xMetric.compute(counts);
    points.y[i] = yMetric.compute(counts);
    points.threshold[i] = i % n;
    points.flip[i] = Number(flipped);
  }
  return points;
}

/**
 * The upper convex hull of the points: the highest y that thresholds, or draws between two of them, reach for an x.
 * Of points that are the same it keeps the one with the lowest threshold.
 *
 * @returns points by rising x
 * @see Andrew 1979, the monotone chain
 */
export function upperHull(points: MetricHull): MetricHull {
  const { x, y } = points;
  const order = argsort(x);
  const kept = new Uint32Array(x.length);
  let size = 0;
  for (let i = 0; i < order.length;) {
    let best = order[i] as number;
    const at = x[best] as number;
    for (; i < order.length && x[order[i] as number] === at; i++) {
      const other = order[i] as number;
      if ((y[other] as number) >= (y[best] as number)) best = other;
    }
    while (size >= 2 && !isAbove(x, y, kept[size - 2] as number, kept[size - 1] as number, best))
      size--;
    kept[size++] = best;
  }
  const hull = room(size);
  for (let i = 0; i < size; i++) {
    const from = kept[i] as number;
    hull.x[i] = x[from] as number;
    hull.y[i] = y[from] as number;
    hull.threshold[i] = points.threshold[from] as number;
    hull.flip[i] = points.flip[from] as number;
  }
  return hull;
}

/** Whether the middle point lies above the line between the other two. */
function isAbove(
  x: Float64Array,
  y: Float64Array,
  first: number,
  middle: number,
  last: number,
): boolean {
  const [x0, y0] = [x[first] as number, y[first] as number];
  return (
    ((y[middle] as number) - y0) * ((x[last] as number) - x0) >
    ((y[last] as number) - y0) * ((x[middle] as number) - x0)
  );
}

function room(n: number): MetricHull {
  return {
    x: new Float64Array(n),
    y: new Float64Array(n),
    threshold: new Uint32Array(n),
    flip: new Uint8Array(n),
  };
}

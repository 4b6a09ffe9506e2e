import { rateNamed } from "./parity";
import type { GroupCurve } from "./group-curves";
import { gridCurve, mixtureAt, unitGrid } from "./grid-curve";
import { linearProgram } from "./linear-program";
import { metricPoints, upperHull, type MetricHull } from "./metric-hull";
import type { Mixture } from "./mixture";

/** What a true and a false positive add to an objective, all rows taken together. */
export interface Gains {
  truePositive: number;
  falsePositive: number;
}

const falsePositiveRate = rateNamed("falsePositiveRate");
const truePositiveRate = rateNamed("truePositiveRate");

/**
 * The point that all groups reach together in ROC space with the highest objective: below the lowest of their hulls,
 * at a false positive rate of the grid. A group whose hull is higher answers some rows by a draw that ignores the score.
 *
 * @see Hardt, Price and Srebro 2016; Fairlearn 0.15, `ThresholdOptimizer(constraints="equalized_odds")`
 */
export function equalOdds(
  curves: readonly GroupCurve[],
  objective: (falsePositiveRate: number, truePositiveRate: number) => number,
  gridSize: number,
  flip: boolean,
): Mixture[] {
  const grid = unitGrid(gridSize);
  const hulls = curves.map((curve) =>
    gridCurve(upperHull(metricPoints(curve, falsePositiveRate, truePositiveRate, flip)), grid),
  );
  let best = 0;
  let highest = -Infinity;
  const lowest = (i: number) => Math.min(...hulls.map(({ y }) => y[i] as number));
  for (let i = 0; i < grid.length; i++) {
    // Rounded as Fairlearn rounds, so that the same point wins where some are equal.
    const value = roundTo15(objective(grid[i] as number, lowest(i)));
    if (value > highest) {
      highest = value;
      best = i;
    }
  }
  const x = grid[best] as number;
  return hulls.map((hull, g) => {
    const y = hull.y[best] as number;
    const ignored = y === x ? 0 : (y - lowest(best)) / (y - x);
    const everybody = (curves[g] as GroupCurve).thresholds.length - 1;
    return [
      { weight: ignored * x, threshold: everybody, flip: false },
      ...mixtureAt(hull, best).map((each) => ({ ...each, weight: each.weight * (1 - ignored) })),
    ];
  });
}

/**
 * Points of ROC space for each group, no two farther apart than the tolerance in either rate, with the highest
 * objective: a linear program over the corners of what each group can reach. Null where there is none.
 */
export function relaxedOdds(
  curves: readonly GroupCurve[],
  gains: Gains,
  tolerance: number,
  flip: boolean,
): Mixture[] | null {
  const corners = curves.map((curve) => cornersOf(curve, flip));
  const offsets = corners.map((_, g) =>
    corners.slice(0, g).reduce((sum, { x }) => sum + x.length, 0),
  );
  // Behind the corners' weights: the lowest false and the lowest true positive rate of all groups.
  const weights = corners.reduce((sum, { x }) => sum + x.length, 0);
  const columns = weights + 2;
  const cost = new Float64Array(columns);
  const rows = corners.flatMap(({ x, y }, g) => {
    const { positives, negatives } = curves[g] as GroupCurve;
    const offset = offsets[g] as number;
    for (let i = 0; i < x.length; i++)
      cost[offset + i] = -(
        gains.truePositive * positives * (y[i] as number) +
        gains.falsePositive * negatives * (x[i] as number)
      );
    const sum = new Float64Array(columns);
    sum.fill(1, offset, offset + x.length);
    return [
      { factors: sum, limit: 1, equal: true },
      ...[x, y].flatMap((rates, k) => {
        const atMost = new Float64Array(columns);
        atMost.set(rates, offset);
        atMost[weights + k] = -1;
        return [
          { factors: atMost, limit: tolerance },
          { factors: atMost.map((factor) => -factor), limit: 0 },
        ];
      }),
    ];
  });
  const solution = linearProgram({ cost, rows });
  if (solution === null) return null;
  return corners.map(({ threshold, flip: flips }, g) => {
    const offset = offsets[g] as number;
    const parts = [...threshold].map((at, i) => ({
      weight: solution.x[offset + i] as number,
      threshold: at,
      flip: flips[i] === 1,
    }));
    return parts.filter(({ weight }) => weight > 0);
  });
}

/** The corners of all that thresholds and draws between them reach in ROC space: those above and those below. */
function cornersOf(curve: GroupCurve, flip: boolean): MetricHull {
  const points = metricPoints(curve, falsePositiveRate, truePositiveRate, flip);
  const above = upperHull(points);
  const below = upperHull({ ...points, y: points.y.map((y) => -y) });
  return {
    x: Float64Array.of(...above.x, ...below.x),
    y: Float64Array.of(...above.y, ...below.y.map((y) => -y)),
    threshold: Uint32Array.of(...above.threshold, ...below.threshold),
    flip: Uint8Array.of(...above.flip, ...below.flip),
  };
}

function roundTo15(value: number): number {
  const whole = 2 ** 52;
  return (value * 1e15 + whole - whole) / 1e15;
}

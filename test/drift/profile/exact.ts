import {
  NumericalBuilder,
  type NumericalProfile,
} from "../../../kernel-lib/drift/profile/numerical-profile";
import type { QuantileSketch } from "../../../kernel-lib/drift/profile/quantile-sketch";

export function profileOf(values: ArrayLike<number>, name = "x"): NumericalProfile {
  const builder = new NumericalBuilder(name, "number");
  builder.add(values);
  return builder.profile();
}

/** Largest difference between two distribution functions: one of ascending values, one of weighted points. */
export function distanceTo(sketch: QuantileSketch, values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const points = sketch.points();
  const mass = points.weights.reduce((sum, weight) => sum + weight, 0);
  let [i, j, reached, worst] = [0, 0, 0, 0];
  while (i < sorted.length || j < points.values.length) {
    const x = Math.min(sorted[i] ?? Infinity, points.values[j] ?? Infinity);
    while (i < sorted.length && (sorted[i] as number) <= x) i++;
    while (j < points.values.length && (points.values[j] as number) <= x)
      reached += points.weights[j++] as number;
    worst = Math.max(worst, Math.abs(i / sorted.length - reached / mass));
  }
  return worst;
}

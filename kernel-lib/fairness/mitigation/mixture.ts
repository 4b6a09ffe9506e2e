import type { GroupSteps } from "../decision-rule";
import type { GroupCurve } from "./group-curves";

/** Thresholds of a curve, one of which is drawn by its weight. Weights sum to 1. */
export type Mixture = readonly {
  weight: number;
  /** Position in the curve's thresholds. */
  threshold: number;
  /** Yes at or below it, in place of above. */
  flip: boolean;
}[];

/** Levels that differ by less come from rounding. */
const rounding = 1e-12;

/** A draw between thresholds, written as the probability of a yes between each two of them. */
export function mixtureSteps(curve: GroupCurve, mixture: Mixture): GroupSteps {
  const changes = new Map<number, number>();
  let level = 0;
  for (const { weight, threshold, flip } of mixture) {
    const at = curve.thresholds[threshold] as number;
    if (flip) level += weight;
    const change = flip ? -weight : weight;
    if (at === -Infinity) level += change;
    else if (at !== Infinity) changes.set(at, (changes.get(at) ?? 0) + change);
  }
  const thresholds: number[] = [];
  const levels = [bounded(level)];
  for (const [at, change] of [...changes].sort(([a], [b]) => a - b)) {
    level += change;
    const next = bounded(level);
    if (Math.abs(next - (levels[levels.length - 1] as number)) <= rounding) continue;
    thresholds.push(at);
    levels.push(next);
  }
  return { thresholds, levels };
}

function bounded(level: number): number {
  return level < rounding ? 0 : level > 1 - rounding ? 1 : level;
}

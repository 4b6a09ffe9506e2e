import type { FairnessGroup } from "assayer";

/** The threshold of a group's scores that gives the logged answers; null where none does. */
export function loggedThreshold({
  counts,
  scores,
}: Pick<FairnessGroup, "counts" | "scores">): number | null {
  if (counts === null || scores === null) return null;
  const same = scores.thresholds.filter(
    (_, i) =>
      scores.positivesAbove[i] === counts.truePositives &&
      scores.negativesAbove[i] === counts.falsePositives,
  );
  // Several may lie between the same two scores: the roundest is what somebody chose.
  return same.sort((a, b) => digits(a) - digits(b))[0] ?? null;
}

function digits(value: number): number {
  return String(value).length;
}

import type { DriftReport } from "./report";

/**
 * P-values of several tests, corrected so that all together keep their level.
 *
 * @see Benjamini and Hochberg 1995; scipy.stats.false_discovery_control
 */
export function adjustPValues(
  pValues: readonly number[],
  correction: DriftReport["correction"],
): number[] {
  const n = pValues.length;
  if (correction === "none") return [...pValues];
  if (correction === "bonferroni") return pValues.map((p) => Math.min(1, p * n));
  const order = pValues.map((_, i) => i).sort((a, b) => Number(pValues[b]) - Number(pValues[a]));
  const adjusted = Array<number>(n).fill(1);
  let least = 1;
  for (const [i, place] of order.entries()) {
    least = Math.min(least, (Number(pValues[place]) * n) / (n - i));
    adjusted[place] = least;
  }
  return adjusted;
}

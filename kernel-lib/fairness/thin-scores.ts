import type { ScoreCounts } from "./explore-thresholds";

/**
 * At most `places` of the thresholds: the lowest and the highest, what tells thresholds of hundredths from 0 to 1
 * exactly, and for the rest steps of one length along the ROC curve, so that its shape is kept.
 *
 * @param places 200 or more
 */
export function thinScores(
  counts: ScoreCounts,
  places: number,
): Pick<ScoreCounts, "positives" | "negatives"> & Record<ListName, number[]> {
  const { thresholds, positives, negatives, positivesAbove, negativesAbove } = counts;
  const n = thresholds.length;
  const kept = n <= places ? undefined : keptPlaces(counts, places);
  const take = (values: ArrayLike<number>): number[] =>
    kept ? kept.map((place) => values[place] as number) : Array.from(values);
  return {
    thresholds: take(thresholds),
    positivesAbove: take(positivesAbove),
    negativesAbove: take(negativesAbove),
    positives,
    negatives,
  };
}

type ListName = "thresholds" | "positivesAbove" | "negativesAbove";

function keptPlaces(counts: ScoreCounts, places: number): number[] {
  const { thresholds, positives, negatives, positivesAbove, negativesAbove } = counts;
  const n = thresholds.length;
  const kept = new Set([0, n - 1]);
  for (let hundredth = 0; hundredth <= 100; hundredth++) {
    const threshold = hundredth / 100;
    const place = firstPlace(n, (i) => (thresholds[i] as number) > threshold) - 1;
    if (place >= 0) kept.add(place);
  }
  // How far along the curve a place is, from its end at (1, 1): 0 to 2.
  const along = (i: number) =>
    (positives > 0 ? 1 - (positivesAbove[i] as number) / positives : 0) +
    (negatives > 0 ? 1 - (negativesAbove[i] as number) / negatives : 0);
  const [start, end] = [along(0), along(n - 1)];
  const steps = places - kept.size;
  for (let step = 1; step <= steps; step++) {
    const wanted = start + ((end - start) * step) / (steps + 1);
    kept.add(
      Math.min(
        n - 1,
        firstPlace(n, (i) => along(i) >= wanted),
      ),
    );
  }
  return [...kept].sort((a, b) => a - b);
}

/** The first place at which something holds that holds at all later ones. */
function firstPlace(n: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

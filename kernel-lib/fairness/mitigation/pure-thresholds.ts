import type { CountMetric } from "../../evaluate/metric";
import { argsort } from "../../stats/argsort";
import { countsAt, type GroupCurve } from "./group-curves";
import type { Mixture } from "./mixture";

/** A threshold of a group: the metrics that are to be equal, and what it adds to the objective. */
interface Candidate {
  group: number;
  threshold: number;
  flip: boolean;
  metrics: readonly number[];
  gain: number;
}

/** Thresholds of all groups that are tried. */
const maxCandidates = 4000;

/**
 * One threshold for each group and no draw: the highest objective with no metric farther apart than the tolerance.
 * Without a tolerance, as far apart as the thresholds nearest to `targets` are. Of equal ones the closest.
 *
 * Groups of very many thresholds have some thousands of them tried, spread evenly over their rows.
 *
 * @param parity one or two metrics that are to be equal
 * @param targets the metrics that a draw would give each group
 */
export function pureThresholds(
  curves: readonly GroupCurve[],
  parity: readonly CountMetric[],
  gainOf: (group: number, threshold: number, flip: boolean) => number,
  targets: readonly (readonly number[])[],
  { tolerance, flip }: { tolerance: number | undefined; flip: boolean },
): Mixture[] {
  const perGroup = Math.max(64, Math.floor(maxCandidates / curves.length));
  const candidates = curves.map((curve, group) =>
    placesOf(curve, perGroup).flatMap((threshold) =>
      (flip ? [false, true] : [false]).map((flipped): Candidate => {
        const counts = countsAt(curve, threshold, flipped);
        return {
          group,
          threshold,
          flip: flipped,
          metrics: parity.map((metric) => metric.compute(counts)),
          gain: gainOf(group, threshold, flipped),
        };
      }),
    ),
  );
  const near = candidates.map((own, group) => nearest(own, targets[group] as readonly number[]));
  const chosen = bestWithin(candidates.flat(), curves.length, tolerance ?? spread(near));
  return chosen.map(({ threshold, flip: flipped }) => [{ weight: 1, threshold, flip: flipped }]);
}

/** The largest difference of any metric. */
function spread(candidates: readonly Candidate[]): number {
  const first = candidates[0] as Candidate;
  return Math.max(
    ...first.metrics.map((_, k) => {
      const values = candidates.map(({ metrics }) => metrics[k] as number);
      return Math.max(...values) - Math.min(...values);
    }),
  );
}

function nearest(candidates: readonly Candidate[], target: readonly number[]): Candidate {
  const distance = ({ metrics }: Candidate) =>
    Math.max(...metrics.map((value, k) => Math.abs(value - (target[k] as number))));
  return candidates.reduce((best, each) => {
    const difference = distance(each) - distance(best);
    return difference < 0 || (difference === 0 && each.gain > best.gain) ? each : best;
  });
}

/** At most `count` positions, the first and the last among them. */
function placesOf({ thresholds }: GroupCurve, count: number): number[] {
  const last = thresholds.length - 1;
  if (last < count) return Array.from(thresholds, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * last) / (count - 1)));
}

/** A window over the first metric, and where there is a second, one over it among the rows of the first. */
function bestWithin(all: readonly Candidate[], groups: number, tolerance: number): Candidate[] {
  const parity = (all[0] as Candidate).metrics.map((_, k) =>
    Float64Array.from(all, ({ metrics }) => metrics[k] as number),
  );
  const gains = Float64Array.from(all, ({ gain }) => gain);
  const groupOf = Uint32Array.from(all, ({ group }) => group);
  const tops = new Int32Array(groups);
  let best: Candidate[] = [];
  let highest = -Infinity;
  let least = Infinity;
  const consider = (window: Uint32Array) => {
    tops.fill(-1);
    for (const each of window) {
      const group = groupOf[each] as number;
      const top = tops[group] as number;
      if (top < 0 || (gains[each] as number) > (gains[top] as number)) tops[group] = each;
    }
    let sum = 0;
    for (const top of tops) {
      if (top < 0) return;
      sum += gains[top] as number;
    }
    if (sum < highest) return;
    const found = Array.from(tops, (top) => all[top] as Candidate);
    const distance = spread(found);
    if (sum > highest || distance < least) [best, highest, least] = [found, sum, distance];
  };
  const [first, second] = parity as [Float64Array, Float64Array | undefined];
  for (const window of windows(argsort(first), first, tolerance))
    if (second === undefined) consider(window);
    else {
      const own = argsort(Float64Array.from(window, (each) => second[each] as number));
      const sorted = own.map((place) => window[place] as number);
      for (const inner of windows(sorted, second, tolerance)) consider(inner);
    }
  return best;
}

/** Runs of the sorted positions whose values lie within the tolerance, and that cannot be made longer. */
function* windows(
  sorted: Uint32Array,
  values: Float64Array,
  tolerance: number,
): Generator<Uint32Array> {
  const value = (i: number) => values[sorted[i] as number] as number;
  let end = 0;
  for (let start = 0; start < sorted.length && end < sorted.length; start++) {
    const before = end;
    while (end < sorted.length && value(end) - value(start) <= tolerance) end++;
    if (end > before) yield sorted.subarray(start, end);
  }
}

import type { CountMetric } from "../../evaluate/metric";
import type { Figure } from "../figure";
import type { Disparity } from "../report";
import { joined, negated, pairAt, pairDifferences, pairRatios } from "./contrasts";
import { countEstimate, type CountEvidence } from "./count-estimate";
import { estimateOf, noFigure, type Estimate } from "./estimate";
import { highest } from "./highest";

export interface DisparityOptions {
  /** Of the interval, such as 0.95; null for none. */
  confidence: number | null;
}

export interface NamedEstimate extends Estimate {
  name: string;
}

/**
 * How far groups are apart in a metric of counts, or in the worse of several, from their counts alone.
 * Groups whose value cannot be told are left out; where fewer than two are left, so is the disparity.
 *
 * @param groups name and counts of each group
 * @param metrics one metric, or several of which the largest difference and the smallest ratio are told: true and false
 * positive rate for equalized odds
 */
export function countDisparity(
  groups: readonly ({ name: string } & CountEvidence)[],
  metrics: CountMetric | readonly CountMetric[],
  options: DisparityOptions,
): Disparity {
  const list = "compute" in metrics ? [metrics] : metrics;
  return disparityOf(
    list.map((metric) =>
      groups.map((group) => ({ ...countEstimate(metric, group), name: group.name })),
    ),
    options,
  );
}

/**
 * The same of figures with their intervals, for metrics that are not of counts.
 *
 * @param options.confidence of the figures' intervals, and of the disparity's
 */
export function figureDisparity(
  groups: readonly { name: string; figure: Figure }[],
  { confidence }: { confidence: number },
): Disparity {
  return disparityOf(
    [groups.map(({ name, figure }) => ({ ...estimateOf(figure, confidence), name }))],
    { confidence },
  );
}

/** @param metrics of each metric the estimates of the groups; the worst of the metrics counts */
export function disparityOf(
  metrics: readonly (readonly NamedEstimate[])[],
  { confidence }: DisparityOptions,
): Disparity {
  const known = metrics.map((groups) => groups.filter(({ value }) => Number.isFinite(value)));
  const denominator = Math.min(
    ...metrics.flatMap((groups, i) =>
      (known[i]?.length ? known[i] : groups).map((group) => group.denominator),
    ),
  );
  // One metric that cannot be compared leaves the worst of all unknown.
  if (known.some((groups) => groups.length < 2))
    return {
      difference: noFigure(denominator),
      ratio: noFigure(denominator),
      lowest: null,
      highest: null,
    };
  const worst = highest(joined(known.map(pairDifferences)), confidence);
  const [first, second] = pairOf(known, worst.at);
  const all = known.flatMap((groups) => groups.map(({ value }) => value));
  // Below 0 a ratio says little; Fairlearn's value is kept, without an interval.
  const ratio = all.some((value) => value < 0)
    ? { value: -Math.min(...known.map(lowestByHighest)), low: null, high: null }
    : highest(negated(joined(known.map(pairRatios))), confidence);
  return {
    difference: figure(worst.value, atLeastZero(worst.low), worst.high, denominator),
    ratio: figure(
      -ratio.value,
      ratio.high === null ? null : atLeastZero(-ratio.high),
      ratio.low === null ? null : Math.min(1, -ratio.low),
      denominator,
    ),
    lowest: second,
    highest: first,
  };
}

function lowestByHighest(groups: readonly Estimate[]): number {
  const values = groups.map(({ value }) => value);
  return Math.min(...values) / Math.max(...values);
}

function pairOf(known: readonly (readonly NamedEstimate[])[], place: number): [string, string] {
  for (const groups of known) {
    const pairs = groups.length * (groups.length - 1);
    if (place < pairs) {
      const [i, j] = pairAt(place, groups.length);
      return [groups[i]?.name ?? "", groups[j]?.name ?? ""];
    }
    place -= pairs;
  }
  return ["", ""];
}

function atLeastZero(value: number | null): number | null {
  return value === null ? null : Math.max(0, value);
}

function figure(
  value: number,
  low: number | null,
  high: number | null,
  denominator: number,
): Figure {
  if (!Number.isFinite(value)) return noFigure(denominator);
  const interval = low === null || high === null ? null : "simultaneous";
  return { value, low, high, denominator, interval };
}

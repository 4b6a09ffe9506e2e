import { countTimes, noClock, type Clock } from "./clock";
import type { CategoricalSample, NumericalSample } from "../feature-sample";
import type { FeatureSide } from "./feature-side";

const hour = 3_600_000;
const day = 24 * hour;
/** The epoch was a Thursday. */
const weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/** What can be compared of times: the part of the day, or of the week, that rows fall into. */
export interface TimeProfile {
  what: "hour of the day" | "weekday";
  reference: CategoricalSample;
  current: CategoricalSample;
}

function clockOf({ sorted, clock }: NumericalSample): Clock {
  if (clock) return clock;
  const counted = noClock();
  countTimes(sorted, counted);
  return counted;
}

function labelled(counts: Float64Array, label: (part: number) => string): CategoricalSample {
  const parts = [...counts.entries()].filter(([, count]) => count > 0);
  return {
    kind: "categorical",
    counts: new Map(parts.map(([part, count]) => [label(part), count])),
    missing: 0,
  };
}

function span({ sorted }: NumericalSample): number {
  return sorted.length === 0 ? 0 : Number(sorted.at(-1)) - Number(sorted[0]);
}

/** The hours of two days or more, and the weekdays of two weeks or more; less of either is drift by itself. */
export function timeProfiles(reference: NumericalSample, current: NumericalSample): TimeProfile[] {
  const shorter = Math.min(span(reference), span(current));
  const [x, y] = [clockOf(reference), clockOf(current)];
  const hourLabel = (part: number) => `${part}:00`;
  const weekdayLabel = (part: number) => weekdays[part] ?? "";
  return [
    ...(shorter >= 2 * day
      ? [
          {
            what: "hour of the day" as const,
            reference: labelled(x.hours, hourLabel),
            current: labelled(y.hours, hourLabel),
          },
        ]
      : []),
    ...(shorter >= 14 * day
      ? [
          {
            what: "weekday" as const,
            reference: labelled(x.weekdays, weekdayLabel),
            current: labelled(y.weekdays, weekdayLabel),
          },
        ]
      : []),
  ];
}

function lengthWords(time: number): string {
  if (time >= 2 * day) return `${Math.round(time / day)} days`;
  if (time >= 2 * hour) return `${Math.round(time / hour)} hours`;
  return `${Math.round(time / 60_000)} minutes`;
}

function dateWords(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Which time each side covers, and how the two lie. */
export function coverageWords(reference: FeatureSide, current: FeatureSide): string {
  const [a, b] = [reference.summary, current.summary];
  const [from, to, start, end] = [a.min, a.max, b.min, b.max] as number[] as [
    number,
    number,
    number,
    number,
  ];
  const covers = `reference covers ${dateWords(from)} to ${dateWords(to)}, current ${dateWords(start)} to ${dateWords(end)}`;
  if (start > to) return `${covers}, ${lengthWords(start - to)} later`;
  if (from > end) return `${covers}, ${lengthWords(from - end)} earlier`;
  return `${covers}, ${lengthWords(Math.min(to, end) - Math.max(from, start))} of them together`;
}

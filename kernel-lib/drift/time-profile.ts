import type { CategoricalSample } from "./feature-sample";
import type { FeatureSide } from "./feature-side";

const hour = 3_600_000;
const day = 24 * hour;
const weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/** What can be compared of times: the part of the day, or of the week, that rows fall into. */
export interface TimeProfile {
  what: "hour of the day" | "weekday";
  reference: CategoricalSample;
  current: CategoricalSample;
}

function counted(sorted: Float64Array, label: (time: number) => string): CategoricalSample {
  const counts = new Map<string, number>();
  for (const time of sorted) {
    const value = label(time);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return { kind: "categorical", counts, missing: 0 };
}

function span(sorted: Float64Array): number {
  return sorted.length === 0 ? 0 : Number(sorted.at(-1)) - Number(sorted[0]);
}

/** The hours of two days or more, and the weekdays of two weeks or more; less of either is drift by itself. */
export function timeProfiles(reference: Float64Array, current: Float64Array): TimeProfile[] {
  const shorter = Math.min(span(reference), span(current));
  const profile = (what: TimeProfile["what"], label: (time: number) => string) => ({
    what,
    reference: counted(reference, label),
    current: counted(current, label),
  });
  return [
    ...(shorter >= 2 * day
      ? [
          profile(
            "hour of the day",
            (time) => `${Math.floor((((time % day) + day) % day) / hour)}:00`,
          ),
        ]
      : []),
    ...(shorter >= 14 * day
      ? [
          profile(
            "weekday",
            // The epoch was a Thursday.
            (time) => weekdays[((Math.floor(time / day) % 7) + 7) % 7] ?? "",
          ),
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

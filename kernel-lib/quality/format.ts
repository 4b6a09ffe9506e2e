/** A count with commas between thousands. */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** `one row`, `2,000 rows`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A share as percent, with three digits that count. */
export function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

/** A number in at most six digits that count, a text as it is. */
export function valueText(value: number | string): string {
  return typeof value === "string" ? value : String(Number(value.toPrecision(6)));
}

/** A length of time in the largest unit of which there is one. */
export function durationText(seconds: number): string {
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const)
    if (seconds >= size) return plural(Number((seconds / size).toPrecision(3)), unit);
  return plural(Number(seconds.toPrecision(3)), "second");
}

/** The first few of a list, and how many there are. */
export function listText(values: readonly unknown[], most = 8): string {
  const shown = values.slice(0, most).map(String).join(", ");
  return values.length <= most ? shown : `${shown} … (${countText(values.length)} in all)`;
}

import { formatValue } from "./format-value";

/** The two sides of a comparison, in the order of their colours. */
export const sides = ["reference", "current"] as const;

/** A share as a percentage: `0.04%`, `3.2%`, `87%`. */
export function percent(share: number): string {
  const value = 100 * share;
  const digits = value === 0 || value >= 10 ? 0 : value >= 0.1 ? 1 : 2;
  return `${value.toFixed(digits)}%`;
}

/** A date of a bin's edge, with the time of day where bins are shorter than a day; a dash beyond what a date holds. */
export function momentText(at: number, span: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "–";
  const text = date.toISOString();
  return span < 86_400_000 ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
}

/** A category as a label; the empty text is a category too. */
export function categoryText(value: string): string {
  return value.trim() === "" ? `"${formatValue(value)}"` : formatValue(value);
}

/**
 * A value for a label: five significant digits of a number, other values as they are; but vega's
 * expressions cannot hold the line separators of Unicode.
 */
export function formatValue(value: string | number | boolean): string {
  if (typeof value !== "number") return String(value).replace(/[\u2028\u2029]/gu, " ");
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}

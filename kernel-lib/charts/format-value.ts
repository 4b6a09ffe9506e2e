/** A value for a label: five significant digits of a number, other values as they are. */
export function formatValue(value: string | number | boolean): string {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(5)));
}

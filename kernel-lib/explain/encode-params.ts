import { numberOf } from "../stats/number-of";

type Value = string | number | boolean | null | undefined;

/** A param of many runs as columns of numbers. */
export interface EncodedParam {
  param: string;
  columns: Float64Array[];
  /** The numbers themselves, NaN where missing; undefined when the values have no order. */
  numbers: Float64Array | undefined;
}

/** More values than this, and the rarer ones are taken together. */
const mostCategories = 20;

/**
 * Every param that varies, as numbers that a tree can split on.
 *
 * Numbers, truth values and texts that all read as numbers are one column; a missing one takes the
 * median, and a second column says that it was missing. Other texts are a column of 0 and 1 for
 * each value, where missing is a value too.
 */
export function encodeParams(runs: readonly Readonly<Record<string, Value>>[]): EncodedParam[] {
  const names = new Set(runs.flatMap((params) => Object.keys(params)));
  return [...names].flatMap((param) => {
    const values = runs.map((params) => (Object.hasOwn(params, param) ? params[param] : undefined));
    const present = values.filter((value) => !isMissing(value));
    const distinct = new Set(present).size + Number(present.length < values.length);
    if (distinct < 2) return [];
    const numbers = present.every(isNumeric)
      ? Float64Array.from(values, (value) => (isMissing(value) ? NaN : Number(value)))
      : undefined;
    return [
      { param, numbers, columns: numbers ? numericColumns(numbers) : categoryColumns(values) },
    ];
  });
}

function isMissing(value: Value): boolean {
  return value === undefined || value === null || Number.isNaN(value);
}

function isNumeric(value: Value): boolean {
  return typeof value === "boolean" || !Number.isNaN(numberOf(value));
}

function numericColumns(numbers: Float64Array): Float64Array[] {
  const present = numbers.filter((value) => !Number.isNaN(value)).sort();
  if (present.length === numbers.length) return [numbers];
  const median = present[present.length >> 1] ?? 0;
  const missing = numbers.map((value) => Number(Number.isNaN(value)));
  const filled = numbers.map((value) => (Number.isNaN(value) ? median : value));
  return present[0] === present.at(-1) ? [missing] : [filled, missing];
}

function categoryColumns(values: readonly Value[]): Float64Array[] {
  const counts = new Map<string, number>();
  const names = values.map((value) => (isMissing(value) ? "" : `=${String(value)}`));
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const categories = [...counts.keys()]
    .sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1))
    .slice(0, mostCategories);
  // Of two values, one column says all.
  return (counts.size === 2 ? categories.slice(0, 1) : categories).map((category) =>
    Float64Array.from(names, (name) => Number(name === category)),
  );
}

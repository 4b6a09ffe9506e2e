import { type CategoricalSample, type NumericalSample, sortedCopy } from "../../kernel-lib/index";

/** What a scan makes of a column of numbers. */
export function numericalSample(values: readonly number[], whole = false): NumericalSample {
  const infinite = values.filter((value) => Math.abs(value) === Infinity).length;
  const sorted = sortedCopy(values);
  return {
    kind: "numerical",
    sorted,
    missing: values.length - infinite - sorted.length,
    infinite,
    whole,
  };
}

/** What a scan makes of a column of texts. */
export function categoricalSample(values: readonly (string | null)[]): CategoricalSample {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values)
    if (value === null) missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  return { kind: "categorical", counts, missing };
}

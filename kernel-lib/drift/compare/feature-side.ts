import { moments } from "../../stats/moments";
import { quantileOfSorted } from "../../stats/quantile";
import { sortedCopy } from "../../stats/sorted-copy";
import { countsOf } from "../methods/counts-of";
import type { FeatureSample, NumericalSample } from "../feature-sample";
import type { FeatureSummary } from "../report";

/** A feature on one side: its sample, and what is told of it. Texts are there for a text feature alone. */
export interface FeatureSide {
  sample: FeatureSample;
  summary: FeatureSummary;
  /** Values as they are, of some rows. */
  texts?: readonly string[];
  /** Where only the frequent categories are listed: rows of the others. */
  others?: number;
  /** Of a profile: the number of distinct values is an estimate, within some percent. */
  approximate?: true;
}

const nothing = {
  distinct: null,
  mean: null,
  standardDeviation: null,
  min: null,
  q25: null,
  median: null,
  q75: null,
  max: null,
};

/** Numbers, or times as milliseconds; NaN is missing. */
export function numericalSide(
  values: Float64Array,
  options: { whole?: boolean } = {},
): FeatureSide {
  const sorted = sortedCopy(values);
  const missing = sorted.length < values.length ? missingOf(values) : 0;
  const infinite = values.length - missing - sorted.length;
  const sample: NumericalSample = { kind: "numerical", sorted, missing, infinite };
  if (options.whole === true) sample.whole = true;
  const rows = { rows: values.length, missing, infinite };
  const n = sorted.length;
  if (n === 0) return { sample, summary: { ...nothing, ...rows, distinct: 0 } };
  const { mean, squares } = moments(sorted);
  sample.squares = squares;
  const summary: FeatureSummary = {
    ...rows,
    distinct: distinctOf(sorted),
    mean,
    standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    min: sorted[0] as number,
    q25: quantileOfSorted(sorted, 0.25),
    median: quantileOfSorted(sorted, 0.5),
    q75: quantileOfSorted(sorted, 0.75),
    max: sorted[n - 1] as number,
  };
  return { sample, summary };
}

function missingOf(values: Float64Array): number {
  let missing = 0;
  for (const value of values) missing += +Number.isNaN(value);
  return missing;
}

/** @param sorted one value or more */
function distinctOf(sorted: Float64Array): number {
  let distinct = 1;
  for (let i = 1; i < sorted.length; i++) distinct += +(sorted[i] !== sorted[i - 1]);
  return distinct;
}

export function categoricalSide(counts: ReadonlyMap<string, number>, missing: number): FeatureSide {
  let present = 0;
  for (const count of counts.values()) present += count;
  return {
    sample: { kind: "categorical", counts, missing },
    summary: { ...nothing, rows: present + missing, missing, infinite: 0, distinct: counts.size },
  };
}

/** Numbers as categories, where they are few. */
export function asCategories({ sample, summary }: FeatureSide): FeatureSide {
  return sample.kind === "categorical"
    ? { sample, summary }
    : { sample: countsOf(sample), summary };
}

/** Values that can be compared. */
export function presentRows({ summary }: FeatureSide): number {
  return summary.rows - summary.missing - summary.infinite;
}

import { AssayerError } from "../../errors";
import { argsort } from "../../stats/argsort";
import type { SliceCondition } from "../report";

/** The name of what is not there: null, undefined, NaN. */
export const missing = "(missing)";

/** Values of a feature as numbers, or as texts. */
export type FeatureValues =
  | { name: string; kind: "number"; values: Float64Array }
  | { name: string; kind: "category"; values: readonly string[] };

/** A feature whose rows fall into few bins, and what may be asked of it: ranges of bins that follow each other. */
export interface FeatureBins {
  name: string;
  /** Of each row. */
  binOf: Uint8Array;
  bins: number;
  literals: readonly Literal[];
}

export interface Literal {
  condition: SliceCondition;
  /** First bin, and the one after the last. */
  from: number;
  to: number;
  /** Ranges that hold this one and ask for one end less. */
  wider: readonly { from: number; to: number }[];
}

export interface BinOptions {
  /** Most ranges of a number. */
  bins: number;
  /** Most categories, the largest ones. */
  categories: number;
  /** A bin of fewer rows is no category of its own. */
  minRows: number;
}

/**
 * Numbers where all present values are numbers and more than two of them differ; else texts.
 *
 * @throws AssayerError "invalid-argument" for another length than `rows`
 */
export function featureValues(
  caller: string,
  name: string,
  column: ArrayLike<unknown>,
  rows: number,
): FeatureValues {
  if (column.length !== rows)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires as many values of ${name} as losses; got ${column.length} and ${rows}`,
    );
  const numbers = new Float64Array(rows);
  const seen = new Set<number>();
  for (let i = 0; i < rows; i++) {
    const value = column[i];
    if (value === null || value === undefined) numbers[i] = NaN;
    else if (typeof value === "number" || typeof value === "bigint") {
      numbers[i] = Number(value);
      if (seen.size < 3 && !Number.isNaN(numbers[i])) seen.add(numbers[i] ?? 0);
    } else return texts(name, column);
  }
  return seen.size > 2 ? { name, kind: "number", values: numbers } : texts(name, column);
}

function texts(name: string, column: ArrayLike<unknown>): FeatureValues {
  return { name, kind: "category", values: Array.from(column, textOf) };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return missing;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return value;
  const isPlain =
    typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
  return isPlain ? String(value) : JSON.stringify(value);
}

export function featureBins(feature: FeatureValues, options: BinOptions): FeatureBins {
  return feature.kind === "number"
    ? numberBins(feature.name, feature.values, options)
    : categoryBins(feature.name, feature.values, options);
}

/** Bins of about as many rows each, whose bounds are values that occur; what is missing is the last bin. */
function numberBins(name: string, values: Float64Array, { bins: most }: BinOptions): FeatureBins {
  const order = argsort(values);
  let present = values.length;
  while (present > 0 && Number.isNaN(values[order[present - 1] ?? 0])) present--;
  const sorted = (i: number) => values[order[i] ?? 0] ?? 0;
  const bounds: number[] = [];
  for (let k = 1; k < most && present > 0; k++) {
    const bound = sorted(Math.ceil((k * present) / most) - 1);
    if (bound !== bounds.at(-1) && bound < sorted(present - 1)) bounds.push(bound);
  }
  const binOf = new Uint8Array(values.length);
  let bin = 0;
  for (let i = 0; i < present; i++) {
    while (bin < bounds.length && sorted(i) > (bounds[bin] ?? 0)) bin++;
    binOf[order[i] ?? 0] = bin;
  }
  const ranges = bounds.length + 1;
  for (let i = present; i < values.length; i++) binOf[order[i] ?? 0] = ranges;
  const literals: Literal[] = [];
  for (let from = 0; from < ranges; from++)
    for (let to = from + 1; to <= ranges; to++) {
      if (to - from === ranges) continue;
      const wider =
        from > 0 && to < ranges
          ? [
              { from: 0, to },
              { from, to: ranges },
            ]
          : [];
      const above = from === 0 ? null : (bounds[from - 1] ?? null);
      const atMost = to === ranges ? null : (bounds[to - 1] ?? null);
      literals.push({ condition: { feature: name, above, atMost }, from, to, wider });
    }
  const hasMissing = present < values.length;
  if (hasMissing) literals.push(category(name, missing, ranges));
  return { name, binOf, bins: ranges + Number(hasMissing), literals };
}

/** The largest categories; the last bin has the rest, of which nothing is asked. */
function categoryBins(
  name: string,
  values: readonly string[],
  { categories, minRows }: BinOptions,
): FeatureBins {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const largest = Array.from(counts)
    .filter(([, count]) => count >= minRows && count < values.length)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, categories)
    .map(([value]) => value);
  const places = new Map(largest.map((value, bin) => [value, bin]));
  const binOf = Uint8Array.from(values, (value) => places.get(value) ?? largest.length);
  const literals = largest.map((value, bin) => category(name, value, bin));
  return { name, binOf, bins: largest.length + 1, literals };
}

function category(feature: string, equals: string, bin: number): Literal {
  return { condition: { feature, equals }, from: bin, to: bin + 1, wider: [] };
}

import type { NumericalSample } from "../feature-sample";
import {
  asCategories,
  categoricalSide,
  numericalSide,
  type FeatureSide,
} from "../compare/feature-side";
import type { CategoricalProfile } from "./categorical-profile";
import type { FeatureProfile } from "./feature-profile";
import type { NumericalProfile } from "./numerical-profile";

/** Rows that a sample is made of at most: p-values of more are those of so many. */
const mostRows = 4_000_000;

/**
 * As many values as the profile was made of, so that p-values are those of so many: each point of the sketch as often
 * as it stands for values, the extremes as they were.
 */
function valuesOf({ parts, quantiles }: NumericalProfile): Float64Array {
  const { count, min, max } = parts.moments;
  const { values, weights } = quantiles.points();
  const length = Math.min(count, mostRows);
  const sorted = new Float64Array(length);
  let [start, reached] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    reached += weights[i] as number;
    const end = i === values.length - 1 ? length : Math.round((reached / count) * length);
    sorted.fill(values[i] as number, start, end);
    start = end;
  }
  if (length > 0) {
    sorted[0] = min;
    sorted[length - 1] = max;
  }
  return sorted;
}

function numbersSide(profile: NumericalProfile): FeatureSide {
  const { missing, infinite, whole, clock } = profile.parts;
  const sample: NumericalSample = {
    kind: "numerical",
    sorted: valuesOf(profile),
    missing,
    infinite,
    ...(whole && { whole }),
    ...(clock && { clock }),
  };
  return { sample, summary: profile.summary(), approximate: true };
}

function categoriesSide({ categories, missing, distinct }: CategoricalProfile): FeatureSide {
  const side = categoricalSide(categories.counts, missing);
  if (categories.error === 0) return side;
  const rows = categories.total + missing;
  return {
    sample: side.sample,
    summary: { ...side.summary, rows, distinct },
    others: categories.others,
  };
}

/** Booleans as 0 and 1. */
function truthSide({ categories, missing }: CategoricalProfile): FeatureSide {
  const all = [categories.counts.get("false") ?? 0, categories.counts.get("true") ?? 0, missing];
  const share = Math.min(1, mostRows / all.reduce((sum, count) => sum + count, 0));
  const [no = 0, yes = 0, gaps = 0] = all.map((count) => Math.ceil(count * share));
  const side = numericalSide(
    new Float64Array(no + yes + gaps)
      .fill(0, 0, no)
      .fill(1, no, no + yes)
      .fill(NaN, no + yes),
  );
  return { ...side, summary: { ...side.summary, rows: categories.total + missing, missing } };
}

/** Why a profile cannot be read in a way; null where it can. */
export function whyUnreadable(
  profile: FeatureProfile,
  as: "numbers" | "categories" | "texts",
): string | null {
  if (as === "texts") return "text is compared by its words, which a profile does not keep";
  if (as === "numbers" || profile.kind === "categorical") return null;
  return profile.quantiles.exactCounts
    ? null
    : "a profile counts up to 512 distinct numbers as categories, and here are more";
}

/** A feature as drift methods read it, from its profile. */
export function sideOfProfile(profile: FeatureProfile, as: "numbers" | "categories"): FeatureSide {
  if (profile.kind === "categorical")
    return as === "categories" ? categoriesSide(profile) : truthSide(profile);
  const side = numbersSide(profile);
  return as === "numbers" ? side : asCategories(side);
}

/** Stands for all categories that one side does not list. */
const otherValues = "other values";

/**
 * Where a side lists only the frequent categories, both as shares of the same ones: those that each side lists or
 * counts in full. All others are one.
 */
export function foldOthers([a, b]: [FeatureSide, FeatureSide]): [FeatureSide, FeatureSide] {
  if (a.sample.kind !== "categorical" || b.sample.kind !== "categorical") return [a, b];
  if (a.others === undefined && b.others === undefined) return [a, b];
  const [left, right] = [a.sample.counts, b.sample.counts];
  const kept = [...new Set([...left.keys(), ...right.keys()])].filter(
    (category) =>
      (a.others === undefined || left.has(category)) &&
      (b.others === undefined || right.has(category)),
  );
  const folded = (side: FeatureSide, counts: ReadonlyMap<string, number>): FeatureSide => {
    const present = side.summary.rows - side.summary.missing;
    const list = kept.map((category) => [category, counts.get(category) ?? 0] as const);
    const rest = present - list.reduce((sum, [, count]) => sum + count, 0);
    const { missing } = side.sample;
    return {
      sample: { kind: "categorical", counts: new Map([...list, [otherValues, rest]]), missing },
      summary: side.summary,
    };
  };
  return [folded(a, left), folded(b, right)];
}

import { equalWidthEdges } from "../../stats/bin-edges";
import { lowerBound, upperBound } from "../../stats/histogram";
import { quantileOfSorted } from "../../stats/quantile";
import type { CategoricalSample, FeatureSample, NumericalSample } from "../feature-sample";
import type { FeatureDistribution, MovedCategory } from "../report";

const bins = 30;
const mostCategories = 20;

/**
 * The range to draw: all of it, unless a hundredth of the values stretches it threefold; whole numbers get bins of
 * their own where they are few.
 */
function edgesOf(sides: readonly Float64Array[], whole: boolean): Float64Array {
  const of = (share: number, pick: (...values: number[]) => number) =>
    pick(...sides.map((sorted) => quantileOfSorted(sorted, share)));
  let [low, high] = [of(0, Math.min), of(1, Math.max)];
  const [inLow, inHigh] = [of(0.005, Math.min), of(0.995, Math.max)];
  if (inHigh > inLow && high - low > 3 * (inHigh - inLow)) [low, high] = [inLow, inHigh];
  if (whole && high - low <= bins + 10)
    return equalWidthEdges(
      Math.floor(low) - 0.5,
      Math.ceil(high) + 0.5,
      Math.ceil(high) - Math.floor(low) + 1,
    );
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return equalWidthEdges(low, high, bins);
}

/** Shares in the bins; the outer ones take what lies beyond. */
function sharesOf(sorted: Float64Array, edges: Float64Array): number[] {
  const last = edges.length - 1;
  const below = Array.from(edges, (edge, i) =>
    i === 0 ? 0 : i === last ? upperBound(sorted, Infinity) : lowerBound(sorted, edge),
  );
  return Array.from({ length: last }, (_, i) =>
    sorted.length === 0 ? 0 : ((below[i + 1] as number) - (below[i] as number)) / sorted.length,
  );
}

function binned(reference: NumericalSample, current: NumericalSample): FeatureDistribution | null {
  const [x, y] = [reference.sorted, current.sorted];
  const sides = [x, y].filter(({ length }) => length > 0);
  if (sides.length === 0) return null;
  const edges = edgesOf(sides, (reference.whole ?? false) && (current.whole ?? false));
  // A range that overflows a double has no bins.
  if (!edges.every(Number.isFinite)) return null;
  return {
    kind: "bins",
    edges: [...edges],
    reference: sharesOf(x, edges),
    current: sharesOf(y, edges),
  };
}

/** Categories with their shares on both sides, those that moved most first. */
export function movedCategories(
  reference: CategoricalSample,
  current: CategoricalSample,
): MovedCategory[] {
  const total = ({ counts }: CategoricalSample) =>
    [...counts.values()].reduce((sum, count) => sum + count, 0) || 1;
  const [n, m] = [total(reference), total(current)];
  const moved = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].map(
    (value): MovedCategory => {
      const left = reference.counts.get(value) ?? 0;
      const right = current.counts.get(value) ?? 0;
      return {
        value,
        reference: left / n,
        current: right / m,
        status: left === 0 ? "new" : right === 0 ? "vanished" : "both",
      };
    },
  );
  const move = (each: MovedCategory) => Math.abs(each.current - each.reference);
  return moved.sort((a, b) => move(b) - move(a) || (a.value < b.value ? -1 : 1));
}

function counted(moved: readonly MovedCategory[]): FeatureDistribution | null {
  if (moved.length === 0) return null;
  const rest = moved.slice(mostCategories);
  const sum = (side: "reference" | "current") =>
    rest.reduce((total, each) => total + each[side], 0);
  return {
    kind: "categories",
    categories: moved.slice(0, mostCategories),
    others:
      rest.length === 0
        ? null
        : { categories: rest.length, reference: sum("reference"), current: sum("current") },
  };
}

/** Both sides of a feature side by side, for drawing. */
export function distributionOf(
  reference: FeatureSample,
  current: FeatureSample,
): FeatureDistribution | null {
  if (reference.kind === "numerical" && current.kind === "numerical")
    return binned(reference, current);
  if (reference.kind === "numerical" || current.kind === "numerical") return null;
  return counted(movedCategories(reference, current));
}

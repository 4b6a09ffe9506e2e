import { sturgesEdges } from "../../stats/bin-edges";
import { histogramOfSorted } from "../../stats/histogram";
import { type AlignedCounts, alignedCounts, distinctUpTo } from "./counts-of";
import type { FeatureSample, NumericalSample } from "../feature-sample";

/** A reference with as many distinct numbers or fewer is counted by value. */
const countedByValueUpTo = 20;

/**
 * Counts as Evidently takes them for its distances: numbers of more than 20 distinct values of the reference in bins
 * of Sturges' rule over both sides, all else by value.
 *
 * @see get_binned_data of Evidently 0.7.21
 */
export function binnedCounts(reference: FeatureSample, current: FeatureSample): AlignedCounts {
  if (reference.kind !== "numerical" || current.kind !== "numerical")
    return alignedCounts(reference, current);
  if (distinctUpTo(reference.sorted, countedByValueUpTo + 1) <= countedByValueUpTo)
    return alignedCounts(reference, current);
  const x = reference.sorted;
  const y = current.sorted;
  const edges = sturgesEdges(
    x.length + y.length,
    ...jointRange(x, y),
    bothWhole(reference, current),
  );
  return { reference: histogramOfSorted(x, edges), current: histogramOfSorted(y, edges) };
}

export function jointRange(x: Float64Array, y: Float64Array): [number, number] {
  return [
    Math.min(x[0] as number, y[0] as number),
    Math.max(x[x.length - 1] as number, y[y.length - 1] as number),
  ];
}

/** Whether pandas would hold both columns as integers: it makes one with missing values a column of floats. */
export function bothWhole(reference: NumericalSample, current: NumericalSample): boolean {
  return [reference, current].every((side) => side.whole === true && side.missing === 0);
}

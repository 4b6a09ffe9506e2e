import { AssayerError } from "../../errors";
import { binCounts } from "../../stats/bin-counts";
import { doaneEdges, equalWidthEdges } from "../../stats/bin-edges";
import { chiSquareContingency } from "../../stats/chi-square-contingency";
import { hellinger } from "../../stats/hellinger";
import { jensenShannon } from "../../stats/jensen-shannon";
import { kolmogorovDistance } from "../../stats/kolmogorov-smirnov";
import { lInfinity } from "../../stats/l-infinity";
import { sortedCopy } from "../../stats/sorted-copy";
import { wasserstein } from "../../stats/wasserstein";
import type { Band } from "./threshold";

/** What a method says of a chunk. */
export interface ChunkScore {
  value: number;
  /** Where the method alarms by itself, and not by a band of values. */
  alarm?: boolean;
}

/** A method, made ready for one reference. */
export type ChunkMeasure<T> = (chunk: T) => ChunkScore;

/** How far chunks are from the reference, by NannyML's names, with its bins and limits. */
export interface TimelineMethod<T> {
  name: string;
  title: string;
  limits: Band;
  /** The reference as a chunk is: at least one finite value, or count. */
  fit(reference: T, exact: boolean): ChunkMeasure<T>;
}

/** From so many reference values on, NannyML estimates by bins. */
const exactBelow = 10_000;
const manyBins = 10_000;

const distance: Band = { lower: 0, upper: null };

/**
 * For numbers: the finite values of the reference and of a chunk, in any order.
 *
 * @see the methods of nannyml.drift.univariate 0.13.1
 */
export const numericalTimelineMethods: readonly TimelineMethod<Float64Array>[] = [
  {
    name: "jensen_shannon",
    title: "Jensen–Shannon distance",
    limits: distance,
    fit: binned((reference, chunk) => jensenShannon(reference, chunk, { base: 2 })),
  },
  {
    name: "kolmogorov_smirnov",
    title: "Kolmogorov–Smirnov distance",
    limits: { lower: 0, upper: 1 },
    fit: fitKolmogorovSmirnov,
  },
  { name: "wasserstein", title: "Wasserstein distance", limits: distance, fit: fitWasserstein },
  { name: "hellinger", title: "Hellinger distance", limits: distance, fit: binned(hellinger) },
];

/** For categories: counts of both, in one order of categories. */
export const categoricalTimelineMethods: readonly TimelineMethod<Float64Array>[] = [
  {
    name: "jensen_shannon",
    title: "Jensen–Shannon distance",
    limits: distance,
    fit: (reference) => (chunk) => ({
      value: jensenShannon(...newOnesTogether(reference, chunk), { base: 2 }),
    }),
  },
  {
    name: "chi2",
    title: "Chi-square test",
    // It alarms by its p-value, so that there is no band.
    limits: distance,
    fit: (reference) => (chunk) => {
      const { statistic, pValue } = chiSquareContingency(reference, chunk);
      return { value: statistic, alarm: pValue < 0.05 };
    },
  },
  {
    name: "l_infinity",
    title: "L-infinity distance",
    limits: distance,
    fit: (reference) => (chunk) => ({ value: lInfinity(reference, chunk) }),
  },
  {
    name: "hellinger",
    title: "Hellinger distance",
    limits: distance,
    fit: (reference) => (chunk) => ({ value: hellinger(...newOnesTogether(reference, chunk)) }),
  },
];

/** What NannyML takes where nothing is said. */
export const defaultTimelineMethod = "jensen_shannon";

/**
 * The method of a name for features of a kind; the default where the name is that of a method for the other kind.
 *
 * @throws AssayerError "invalid-argument" for a name that none has
 */
export function timelineMethod(
  kind: "numerical" | "categorical",
  name: string = defaultTimelineMethod,
): TimelineMethod<Float64Array> {
  const own = kind === "numerical" ? numericalTimelineMethods : categoricalTimelineMethods;
  const all = [...numericalTimelineMethods, ...categoricalTimelineMethods];
  if (!all.some((method) => method.name === name))
    throw new AssayerError(
      "invalid-argument",
      `unknown method: ${name}; expected one of ${[...new Set(all.map((each) => each.name))].join(", ")}`,
    );
  return (own.find((method) => method.name === name) ?? own[0]) as TimelineMethod<Float64Array>;
}

/** In bins of the reference by Doane's rule; what lies outside of them is one more bin. */
function binned(
  compare: (reference: Float64Array, chunk: Float64Array) => number,
): TimelineMethod<Float64Array>["fit"] {
  return (reference) => {
    const edges = doaneEdges(reference);
    const { counts } = binCounts(reference, edges);
    return (chunk) => {
      const { counts: own, below, above } = binCounts(chunk, edges);
      return { value: compare(...withLast(counts, own, below + above)) };
    };
  };
}

function withLast(
  reference: Float64Array,
  chunk: Float64Array,
  last: number,
): [Float64Array, Float64Array] {
  return last === 0 ? [reference, chunk] : [appended(reference, 0), appended(chunk, last)];
}

function appended(values: Float64Array, value: number): Float64Array {
  const result = new Float64Array(values.length + 1);
  result.set(values);
  result[values.length] = value;
  return result;
}

/** All categories that the reference does not have count as one. */
function newOnesTogether(
  reference: Float64Array,
  chunk: Float64Array,
): [Float64Array, Float64Array] {
  const known = chunk.filter((_, i) => (reference[i] as number) > 0);
  const news = sum(chunk) - sum(known);
  return withLast(
    reference.filter((count) => count > 0),
    known,
    news,
  );
}

function fitKolmogorovSmirnov(reference: Float64Array, exact: boolean): ChunkMeasure<Float64Array> {
  if (exact || reference.length < exactBelow) {
    const sorted = sortedCopy(reference);
    return (chunk) => ({ value: kolmogorovDistance(sorted, sortedCopy(chunk)) });
  }
  const [low, high] = rangeOf(reference);
  const edges = equalWidthEdges(low, high, manyBins);
  const { counts } = binCounts(reference, edges);
  return (chunk) => {
    const own = binCounts(chunk, edges);
    let [before, ownBefore, largest] = [0, own.below, 0];
    for (let bin = 0; bin < counts.length; bin++) {
      before += counts[bin] as number;
      ownBefore += own.counts[bin] as number;
      const difference = Math.abs(before / reference.length - ownBefore / chunk.length);
      if (difference > largest) largest = difference;
    }
    return { value: largest };
  };
}

function fitWasserstein(reference: Float64Array, exact: boolean): ChunkMeasure<Float64Array> {
  if (exact || reference.length < exactBelow) {
    const sorted = sortedCopy(reference);
    return (chunk) => ({ value: wasserstein(sorted, sortedCopy(chunk)) });
  }
  const [least, most] = rangeOf(reference);
  // As numpy widens a range that is a single value.
  const [low, high] = least === most ? [least - 0.5, most + 0.5] : [least, most];
  const edges = equalWidthEdges(low, high, manyBins);
  const width = (edges[1] as number) - low;
  const { counts } = binCounts(reference, edges);
  return (chunk) => {
    const own = binCounts(chunk, edges);
    // NannyML counts one value more below the reference's range than there is, where there is one.
    let ownBefore = own.below > 0 ? own.below + 1 : 0;
    let before = 0;
    let area = 0;
    for (let bin = 0; bin < counts.length; bin++) {
      before += counts[bin] as number;
      ownBefore += own.counts[bin] as number;
      area += Math.abs(before / reference.length - ownBefore / chunk.length) * width;
    }
    let beyond = 0;
    if (own.below + own.above > 0)
      for (let i = 0; i < chunk.length; i++)
        beyond += Math.max(low - (chunk[i] as number), (chunk[i] as number) - high, 0);
    return { value: area + beyond / chunk.length };
  };
}

function rangeOf(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

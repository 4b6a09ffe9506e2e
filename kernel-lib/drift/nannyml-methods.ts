import { binEdges, equalWidthEdges } from "../stats/bin-edges";
import { chiSquareContingency } from "../stats/chi-square-contingency";
import { hellinger } from "../stats/hellinger";
import { histogram, lowerBound } from "../stats/histogram";
import { jensenShannon } from "../stats/jensen-shannon";
import { kolmogorovSmirnov } from "../stats/kolmogorov-smirnov";
import { lInfinity } from "../stats/l-infinity";
import { wasserstein } from "../stats/wasserstein";
import { type AlignedCounts, alignedCounts } from "./counts-of";
import { categoricalMethod, generalMethod, numericalMethod, scoreOf } from "./define-method";
import type { DriftMethod, DriftScore } from "./drift-method";
import type { FeatureSample } from "./feature-sample";
import { binnedWasserstein } from "./nannyml-wasserstein";

/** From so many reference values on, NannyML bins them, in as many bins. */
const binnedFrom = 10_000;

/**
 * Methods of NannyML 0.13.1 with its defaults, where they differ from Evidently's. NannyML takes its thresholds from
 * chunks of the reference; the ones here are for a single comparison.
 */
export const nannymlMethods: readonly DriftMethod[] = [
  generalMethod({
    name: "nannyml_jensen_shannon",
    title: "Jensen–Shannon distance, base 2",
    threshold: 0.1,
    drift: ">",
    compare: (reference, current) => {
      const counts = doaneCounts(reference, current);
      return distance(jensenShannon(counts.reference, counts.current, { base: 2 }));
    },
  }),
  generalMethod({
    name: "nannyml_hellinger",
    title: "Hellinger distance in bins of the reference",
    threshold: 0.1,
    drift: ">",
    compare: (reference, current) => {
      const counts = doaneCounts(reference, current);
      return distance(hellinger(counts.reference, counts.current));
    },
  }),
  numericalMethod({
    name: "nannyml_kolmogorov_smirnov",
    title: "Kolmogorov–Smirnov distance",
    threshold: 0.1,
    drift: ">",
    compare: (reference, current) =>
      distance(
        reference.sorted.length < binnedFrom
          ? kolmogorovSmirnov(reference.sorted, current.sorted).statistic
          : binnedKolmogorov(reference.sorted, current.sorted),
      ),
  }),
  numericalMethod({
    name: "nannyml_wasserstein",
    title: "Wasserstein distance, in the feature's unit",
    threshold: 0.1,
    drift: ">",
    compare: (reference, current) =>
      distance(
        reference.sorted.length < binnedFrom
          ? wasserstein(reference.sorted, current.sorted)
          : binnedWasserstein(reference.sorted, current.sorted, binnedFrom),
      ),
  }),
  categoricalMethod({
    name: "nannyml_chi2",
    title: "Chi-square test of both samples",
    threshold: 0.05,
    drift: "<",
    compare: (reference, current) => {
      const counts = alignedCounts(reference, current);
      return scoreOf(chiSquareContingency(counts.reference, counts.current));
    },
  }),
  categoricalMethod({
    name: "l_infinity",
    title: "L-infinity distance",
    threshold: 0.1,
    drift: ">",
    compare: (reference, current) => {
      const counts = alignedCounts(reference, current);
      return distance(lInfinity(counts.reference, counts.current));
    },
  }),
];

/** Bins of Doane's rule over the reference alone; what the current side has beyond them is one more. */
function doaneCounts(reference: FeatureSample, current: FeatureSample): AlignedCounts {
  if (reference.kind !== "numerical" || current.kind !== "numerical")
    return alignedCounts(reference, current);
  const edges = binEdges(reference.sorted, "doane");
  const inside = histogram(current.sorted, edges);
  const outside = inside.reduce((left, count) => left - count, current.sorted.length);
  return {
    reference: Float64Array.of(...histogram(reference.sorted, edges), 0),
    current: Float64Array.of(...inside, outside),
  };
}

/** The largest difference of the cumulative shares at the upper edges of 10,000 bins over the reference. */
function binnedKolmogorov(x: Float64Array, y: Float64Array): number {
  const edges = equalWidthEdges(x[0] as number, x[x.length - 1] as number, binnedFrom);
  let below = lowerBound(y, edges[0] as number);
  let reference = 0;
  let largest = 0;
  const ofReference = histogram(x, edges);
  histogram(y, edges).forEach((count, bin) => {
    reference += ofReference[bin] as number;
    below += count;
    largest = Math.max(largest, Math.abs(reference / x.length - below / y.length));
  });
  return largest;
}

function distance(score: number): DriftScore {
  return { score, statistic: null };
}

import { sturgesEdges } from "../../stats/bin-edges";
import { energyDistance } from "../../stats/energy-distance";
import { hellinger } from "../../stats/hellinger";
import { histogramOfSorted } from "../../stats/histogram";
import { jensenShannon } from "../../stats/jensen-shannon";
import { klDivergence } from "../../stats/kl-divergence";
import { moments } from "../../stats/moments";
import { populationStabilityIndex } from "../../stats/population-stability-index";
import { tiedRuns } from "../../stats/tied-runs";
import { wassersteinOfSorted } from "../../stats/wasserstein";
import { binnedCounts, bothWhole, jointRange } from "./binned-counts";
import { type AlignedCounts, alignedCounts } from "./counts-of";
import { generalMethod, numericalMethod } from "./define-method";
import type { DriftMethod } from "./drift-method";
import type { FeatureSample } from "../feature-sample";

/** Below this, Evidently takes it for the standard deviation of the reference. */
const leastDeviation = 0.001;

/** Evidently's methods that answer with a distance. */
export const evidentlyDistances: readonly DriftMethod[] = [
  numericalMethod({
    name: "wasserstein",
    title: "Wasserstein distance, in standard deviations of the reference",
    threshold: 0.1,
    drift: ">=",
    compare: ({ sorted, squares = moments(sorted).squares }, current) => {
      const deviation = Math.sqrt(squares / sorted.length);
      return distance(
        wassersteinOfSorted(sorted, current.sorted) / Math.max(deviation, leastDeviation),
      );
    },
  }),
  numericalMethod({
    name: "ed",
    title: "Energy distance",
    threshold: 0.1,
    drift: ">",
    compare: (reference, current) => distance(energyDistance(reference.sorted, current.sorted)),
  }),
  ofShares("jensenshannon", "Jensen–Shannon distance", binnedCounts, jensenShannon),
  ofShares("psi", "Population stability index", binnedCounts, (reference, current) =>
    populationStabilityIndex(reference, current, { zeros: "fill" }),
  ),
  ofShares("kl_div", "Kullback–Leibler divergence", binnedCounts, (reference, current) =>
    klDivergence(reference, current, { zeros: "fill" }),
  ),
  ofShares("hellinger", "Hellinger distance", hellingerCounts, hellinger),
];

function ofShares(
  name: string,
  title: string,
  countsOf: (reference: FeatureSample, current: FeatureSample) => AlignedCounts,
  measure: (reference: Float64Array, current: Float64Array) => number,
): DriftMethod {
  return generalMethod({
    name,
    title,
    threshold: 0.1,
    drift: ">=",
    compare: (reference, current) => {
      const counts = countsOf(reference, current);
      return distance(measure(counts.reference, counts.current));
    },
  });
}

/** Numbers always in bins, as many as Sturges' rule gives for the distinct values of both sides. */
function hellingerCounts(reference: FeatureSample, current: FeatureSample): AlignedCounts {
  if (reference.kind !== "numerical" || current.kind !== "numerical")
    return alignedCounts(reference, current);
  const x = reference.sorted;
  const y = current.sorted;
  let distinct = 0;
  tiedRuns(x, y, () => distinct++);
  const edges = sturgesEdges(distinct, ...jointRange(x, y), bothWhole(reference, current));
  return { reference: histogramOfSorted(x, edges), current: histogramOfSorted(y, edges) };
}

function distance(score: number): { score: number; statistic: null } {
  return { score, statistic: null };
}

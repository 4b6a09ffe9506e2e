import { jensenShannon } from "../stats/jensen-shannon";
import { moments } from "../stats/moments";
import { wasserstein } from "../stats/wasserstein";
import { binnedCounts } from "./binned-counts";
import { generalMethod, numericalMethod } from "./define-method";

/** Below this, Evidently takes it for the standard deviation of the reference. */
const leastDeviation = 0.001;

/** Evidently's methods that answer with a distance. */
export const evidentlyDistances = [
  numericalMethod({
    name: "wasserstein",
    title: "Wasserstein distance, in standard deviations of the reference",
    threshold: 0.1,
    drift: ">=",
    compare: ({ sorted }, current) => {
      const deviation = Math.sqrt(moments(sorted).squares / sorted.length);
      return distance(wasserstein(sorted, current.sorted) / Math.max(deviation, leastDeviation));
    },
  }),
  generalMethod({
    name: "jensenshannon",
    title: "Jensen–Shannon distance",
    threshold: 0.1,
    drift: ">=",
    compare: (reference, current) => {
      const counts = binnedCounts(reference, current);
      return distance(jensenShannon(counts.reference, counts.current));
    },
  }),
];

function distance(score: number): { score: number; statistic: null } {
  return { score, statistic: null };
}

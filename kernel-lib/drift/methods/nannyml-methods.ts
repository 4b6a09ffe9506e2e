import { chiSquareContingency } from "../../stats/chi-square-contingency";
import { alignedCounts } from "./counts-of";
import { categoricalMethod, generalMethod, numericalMethod, scoreOf } from "./define-method";
import type { DriftMethod, DriftScore } from "./drift-method";
import type { FeatureSample } from "../feature-sample";
import { timelineMethod } from "../timeline/timeline-methods";

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
    compare: distanceBy("jensen_shannon"),
  }),
  generalMethod({
    name: "nannyml_hellinger",
    title: "Hellinger distance in bins of the reference",
    threshold: 0.1,
    drift: ">",
    compare: distanceBy("hellinger"),
  }),
  numericalMethod({
    name: "nannyml_kolmogorov_smirnov",
    title: "Kolmogorov–Smirnov distance",
    threshold: 0.1,
    drift: ">",
    compare: distanceBy("kolmogorov_smirnov"),
  }),
  numericalMethod({
    name: "nannyml_wasserstein",
    title: "Wasserstein distance, in the feature's unit",
    threshold: 0.1,
    drift: ">",
    compare: distanceBy("wasserstein"),
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
    compare: distanceBy("l_infinity"),
  }),
];

/** The current side as the one chunk of a timeline. */
function distanceBy(
  name: string,
): (reference: FeatureSample, current: FeatureSample) => DriftScore {
  return (reference, current) => {
    const isNumerical = reference.kind === "numerical" && current.kind === "numerical";
    if (isNumerical && name !== "l_infinity") {
      const measure = timelineMethod("numerical", name).fit(reference.sorted, false);
      return { score: measure(current.sorted).value, statistic: null };
    }
    const counts = alignedCounts(reference, current);
    const measure = timelineMethod("categorical", name).fit(counts.reference, false);
    return { score: measure(counts.current).value, statistic: null };
  };
}

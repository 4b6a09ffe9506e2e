import { chiSquare } from "../stats/chi-square";
import { kolmogorovSmirnov } from "../stats/kolmogorov-smirnov";
import type { TestResult } from "../stats/test-result";
import { twoProportionZ } from "../stats/two-proportion-z";
import { alignedCounts } from "./counts-of";
import { categoricalMethod, numericalMethod } from "./define-method";
import type { DriftScore } from "./drift-method";

/** Evidently's tests, which answer with a p-value. */
export const evidentlyTests = [
  numericalMethod({
    name: "ks",
    title: "Kolmogorov–Smirnov test",
    threshold: 0.05,
    drift: "<=",
    compare: (reference, current) => scoreOf(kolmogorovSmirnov(reference.sorted, current.sorted)),
  }),
  categoricalMethod({
    name: "chisquare",
    title: "Chi-square test",
    threshold: 0.05,
    drift: "<",
    compare: (reference, current) => {
      const counts = alignedCounts(reference, current);
      return scoreOf(chiSquare(counts.reference, counts.current));
    },
  }),
  categoricalMethod({
    name: "z",
    title: "z-test of proportions",
    threshold: 0.05,
    drift: "<",
    compare: (reference, current) => {
      const counts = alignedCounts(reference, current);
      return scoreOf(twoProportionZ(allButFirst(counts.reference), allButFirst(counts.current)));
    },
  }),
];

function scoreOf({ statistic, pValue }: TestResult): DriftScore {
  return { score: pValue, statistic: Number.isNaN(statistic) ? null : statistic };
}

/** Evidently tests how often the first category does not occur. */
function allButFirst(counts: Float64Array): { successes: number; trials: number } {
  const trials = counts.reduce((sum, count) => sum + count, 0);
  return { successes: trials - (counts[0] as number), trials };
}

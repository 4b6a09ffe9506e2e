import { andersonDarling } from "../../stats/anderson-darling";
import { chiSquare } from "../../stats/chi-square";
import { cramerVonMises } from "../../stats/cramer-von-mises";
import { eppsSingleton } from "../../stats/epps-singleton";
import { fisherExact } from "../../stats/fisher-exact";
import { gTest } from "../../stats/g-test";
import { kolmogorovSmirnovOfSorted } from "../../stats/kolmogorov-smirnov";
import { mannWhitney } from "../../stats/mann-whitney";
import { maximumMeanDiscrepancy } from "../../stats/maximum-mean-discrepancy";
import { tTest } from "../../stats/t-test";
import type { TestResult } from "../../stats/test-result";
import { totalVariationTest } from "../../stats/total-variation";
import { twoProportionZ } from "../../stats/two-proportion-z";
import { type AlignedCounts, alignedCounts } from "./counts-of";
import { categoricalMethod, noScore, numericalMethod, type Rule, scoreOf } from "./define-method";
import type { DriftMethod } from "./drift-method";

/** Evidently's methods that answer with a p-value. */
export const evidentlyTests: readonly DriftMethod[] = [
  ofNumbers("ks", "Kolmogorov–Smirnov test", 0.05, "<=", kolmogorovSmirnovOfSorted),
  ofNumbers("anderson", "Anderson–Darling test", 0.1, "<", andersonDarling),
  ofNumbers("cramer_von_mises", "Cramér–von Mises test", 0.1, "<=", cramerVonMises),
  ofNumbers("mannw", "Mann–Whitney test, one-sided", 0.05, "<", (reference, current) =>
    mannWhitney(reference, current, { alternative: "less" }),
  ),
  ofNumbers("t_test", "t-test of means", 0.05, "<", tTest),
  ofNumbers("es", "Epps–Singleton test", 0.05, "<", eppsSingleton),
  ofNumbers("empirical_mmd", "Maximum mean discrepancy", 0.1, "<", maximumMeanDiscrepancy),
  ofCounts("chisquare", "Chi-square test", 0.05, ({ reference, current }) =>
    chiSquare(reference, current),
  ),
  ofCounts("z", "z-test of proportions", 0.05, ({ reference, current }) =>
    twoProportionZ(allButFirst(reference), allButFirst(current)),
  ),
  ofCounts("g_test", "G-test", 0.1, ({ reference, current }) => gTest(reference, current)),
  ofCounts("TVD", "Total variation distance, permuted", 0.1, ({ reference, current }) =>
    totalVariationTest(reference, current),
  ),
  ofCounts("fisher_exact", "Fisher's exact test", 0.1, ({ reference, current }) =>
    reference.length > 2 ? null : fisherExact(firstTwo(reference), firstTwo(current)),
  ),
];

function ofNumbers(
  name: string,
  title: string,
  threshold: number,
  drift: Rule,
  test: (reference: Float64Array, current: Float64Array) => TestResult,
): DriftMethod {
  return numericalMethod({
    name,
    title,
    threshold,
    drift,
    compare: (reference, current) => scoreOf(test(reference.sorted, current.sorted)),
  });
}

function ofCounts(
  name: string,
  title: string,
  threshold: number,
  test: (counts: AlignedCounts) => TestResult | null,
): DriftMethod {
  return categoricalMethod({
    name,
    title,
    threshold,
    drift: "<",
    compare: (reference, current) => {
      const result = test(alignedCounts(reference, current));
      return result === null ? noScore : scoreOf(result);
    },
  });
}

/** Evidently tests how often the first category does not occur. */
function allButFirst(counts: Float64Array): { successes: number; trials: number } {
  const trials = counts.reduce((sum, count) => sum + count, 0);
  return { successes: trials - (counts[0] as number), trials };
}

function firstTwo(counts: Float64Array): [number, number] {
  return [counts[0] ?? 0, counts[1] ?? 0];
}

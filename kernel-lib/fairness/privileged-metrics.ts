import type { Figure } from "./figure";
import { standardErrors, noFigure } from "./intervals/estimate";
import { pairDifferences } from "./intervals/contrasts";
import { highest } from "./intervals/highest";
import { compareSides, twoSides, type PrivilegedInput, type TwoSides } from "./privileged-groups";

/*
 * AIF360's group metrics. All are of the rows that are not privileged against those that are: a negative difference,
 * or a ratio below 1, of something good is to the disadvantage of the unprivileged. A ratio is null where the
 * privileged have a rate of 0. Intervals are hybrids of the two sides' score intervals.
 * See https://aif360.readthedocs.io/en/stable/modules/generated/aif360.metrics.ClassificationMetric.html
 */

/** Selection rate of the unprivileged by that of the privileged; below 0.8 the four-fifths rule is broken. */
export function disparateImpact(input: PrivilegedInput): Figure {
  return compareSides("ratio", "selectionRate", twoSides("disparateImpact", input));
}

/** Selection rate of the unprivileged minus that of the privileged. */
export function statisticalParityDifference(input: PrivilegedInput): Figure {
  const sides = twoSides("statisticalParityDifference", input);
  return compareSides("difference", "selectionRate", sides);
}

/** Difference in precision: of those selected, how many deserve it. */
export function predictiveParityDifference(input: PrivilegedInput): Figure {
  return compareSides("difference", "precision", twoSides("predictiveParityDifference", input));
}

/** Difference in the share of positives among those not selected. */
export function falseOmissionRateDifference(input: PrivilegedInput): Figure {
  const sides = twoSides("falseOmissionRateDifference", input);
  return compareSides("difference", "falseOmissionRate", sides);
}

/** Ratio of the shares of positives among those not selected. */
export function falseOmissionRateRatio(input: PrivilegedInput): Figure {
  return compareSides("ratio", "falseOmissionRate", twoSides("falseOmissionRateRatio", input));
}

/** Difference in the share of negatives among those selected. */
export function falseDiscoveryRateDifference(input: PrivilegedInput): Figure {
  const sides = twoSides("falseDiscoveryRateDifference", input);
  return compareSides("difference", "falseDiscoveryRate", sides);
}

/** Ratio of the shares of negatives among those selected. */
export function falseDiscoveryRateRatio(input: PrivilegedInput): Figure {
  return compareSides("ratio", "falseDiscoveryRate", twoSides("falseDiscoveryRateRatio", input));
}

/** Difference in the share of wrong answers. */
export function errorRateDifference(input: PrivilegedInput): Figure {
  return compareSides("difference", "zeroOneLoss", twoSides("errorRateDifference", input));
}

/** Ratio of the shares of wrong answers. */
export function errorRateRatio(input: PrivilegedInput): Figure {
  return compareSides("ratio", "zeroOneLoss", twoSides("errorRateRatio", input));
}

/** Mean of the differences in false positive rate and in true positive rate. Opposite ones cancel. */
export function averageOddsDifference(input: PrivilegedInput): Figure {
  const sides = twoSides("averageOddsDifference", input);
  return meanDifference(sides, ["falsePositiveRate", "truePositiveRate"], false);
}

/** Mean of the absolute differences in false positive rate and in true positive rate. */
export function averageAbsOddsDifference(input: PrivilegedInput): Figure {
  const sides = twoSides("averageAbsOddsDifference", input);
  return meanDifference(sides, ["falsePositiveRate", "truePositiveRate"], true);
}

/** Mean of the differences in precision and in false omission rate. */
export function averagePredictiveValueDifference(input: PrivilegedInput): Figure {
  const sides = twoSides("averagePredictiveValueDifference", input);
  return meanDifference(sides, ["precision", "falseOmissionRate"], false);
}

/** Of two metrics that are of different rows, and so independent. */
function meanDifference(
  { confidence, estimates }: TwoSides,
  names: readonly [string, string],
  absolute: boolean,
): Figure {
  const sides = names.map((name) => estimates(name));
  const denominator = Math.min(...sides.flat().map((each) => each.denominator));
  const [first, second] = sides.map((pair) => pairDifferences(pair)) as [
    ReturnType<typeof pairDifferences>,
    ReturnType<typeof pairDifferences>,
  ];
  // The mean of absolute differences is the highest mean of all choices of their signs.
  const choices = absolute
    ? [0, 1].flatMap((i) => [0, 1].map((j) => [i, j] as const))
    : [[0, 0] as const];
  const means = Float64Array.from(
    choices,
    ([i, j]) => (at(first.values, i) + at(second.values, j)) / 2,
  );
  const value = Math.max(...means);
  if (!Number.isFinite(value)) return noFigure(denominator);
  const nothing = { value, low: null, high: null, denominator, interval: null };
  if (confidence === null || first.limits === null || second.limits === null) return nothing;
  const [limitsOfFirst, limitsOfSecond] = [first.limits, second.limits];
  const limits = (z: number) => {
    const [a, b] = [limitsOfFirst(z), limitsOfSecond(z)];
    const of = (end: "low" | "high", sign: number) =>
      Float64Array.from(choices, ([i, j], c) => {
        const away = Math.hypot(
          at(a[end], i) - at(first.values, i),
          at(b[end], j) - at(second.values, j),
        );
        return (means[c] as number) + (sign * away) / 2;
      });
    return { low: of("low", -1), high: of("high", 1) };
  };
  if (absolute) {
    const { low, high } = highest({ values: means, limits }, confidence);
    return { value, low: Math.max(0, low ?? 0), high, denominator, interval: "simultaneous" };
  }
  const { low, high } = limits(standardErrors(confidence));
  return { value, low: at(low, 0), high: at(high, 0), denominator, interval: "wilson" };
}

function at(values: Float64Array, place: number): number {
  return values[place] as number;
}

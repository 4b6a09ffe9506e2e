import type { DriftMethod, DriftScore } from "./drift-method";
import type { FeatureSample, NumericalSample } from "../feature-sample";
import type { TestResult } from "../../stats/test-result";

export type Rule = "<" | "<=" | ">" | ">=";
type Definition<S> = Pick<DriftMethod, "name" | "title" | "threshold"> & {
  /** When a score means drift: below the threshold for a p-value, above it for a distance. */
  drift: Rule;
  compare: (reference: S, current: S) => DriftScore;
};

/** The answer of a method that has none. */
export const noScore: DriftScore = { score: NaN, statistic: null };

/** A test's answer: its p-value as the score. */
export function scoreOf({ statistic, pValue }: TestResult): DriftScore {
  return { score: pValue, statistic: Number.isNaN(statistic) ? null : statistic };
}

const rules: Record<Rule, (score: number, threshold: number) => boolean> = {
  "<": (score, threshold) => score < threshold,
  "<=": (score, threshold) => score <= threshold,
  ">": (score, threshold) => score > threshold,
  ">=": (score, threshold) => score >= threshold,
};

/** A method of numbers alone. */
export function numericalMethod(definition: Definition<NumericalSample>): DriftMethod {
  return defineMethod(["numerical"], {
    ...definition,
    compare: (reference, current) =>
      reference.kind === "numerical" && current.kind === "numerical"
        ? definition.compare(reference, current)
        : noScore,
  });
}

/** A method of counts; it counts numbers by value, should it be given some. */
export function categoricalMethod(definition: Definition<FeatureSample>): DriftMethod {
  return defineMethod(["categorical"], definition);
}

/** A method of both. */
export function generalMethod(definition: Definition<FeatureSample>): DriftMethod {
  return defineMethod(["numerical", "categorical"], definition);
}

function defineMethod(
  appliesTo: DriftMethod["appliesTo"],
  { name, title, threshold, drift, compare }: Definition<FeatureSample>,
): DriftMethod {
  return {
    name,
    title,
    threshold,
    appliesTo,
    scoreKind: drift.startsWith("<") ? "p-value" : "distance",
    drifted: rules[drift],
    compare: (reference, current) =>
      isEmpty(reference) || isEmpty(current) ? noScore : compare(reference, current),
  };
}

function isEmpty(sample: FeatureSample): boolean {
  if (sample.kind === "numerical") return sample.sorted.length === 0;
  for (const count of sample.counts.values()) if (count > 0) return false;
  return true;
}

import type { Clock } from "./compare/clock";

/** What one side holds of a feature, in the form that every method reads. */
export type FeatureSample = NumericalSample | CategoricalSample;

export interface NumericalSample {
  kind: "numerical";
  /** Finite values in ascending order. */
  sorted: Float64Array;
  missing: number;
  infinite: number;
  /** Whether the column is one of whole numbers by its type; then no automatic bin is narrower than 1, as in numpy. */
  whole?: boolean;
  /** Sum of the squared deviations from the mean, where it was computed before. */
  squares?: number;
  /** Hours and weekdays of times, where they were counted before. */
  clock?: Clock;
}

export interface CategoricalSample {
  kind: "categorical";
  /** How often each value occurs. */
  counts: ReadonlyMap<string, number>;
  missing: number;
}

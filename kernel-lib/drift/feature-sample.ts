/** What one side holds of a feature, in the form that every method reads. */
export type FeatureSample = NumericalSample | CategoricalSample;

export interface NumericalSample {
  kind: "numerical";
  /** Finite values in ascending order. */
  sorted: Float64Array;
  missing: number;
  infinite: number;
}

export interface CategoricalSample {
  kind: "categorical";
  /** How often each value occurs. */
  counts: ReadonlyMap<string, number>;
  missing: number;
}

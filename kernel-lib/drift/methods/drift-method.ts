import type { FeatureSample } from "../feature-sample";

/** What a method says of two samples. */
export interface DriftScore {
  /** The p-value or the distance; NaN where the method has no answer. */
  score: number;
  /** The test's statistic, where the score is a p-value. */
  statistic: number | null;
}

/** A way to tell whether a feature drifted. */
export interface DriftMethod {
  /** As in `options.methods`: `ks`, `wasserstein`, … */
  name: string;
  /** For people: `Kolmogorov–Smirnov test`. */
  title: string;
  scoreKind: "p-value" | "distance";
  appliesTo: readonly FeatureSample["kind"][];
  /** Default level of a p-value, or largest distance. */
  threshold: number;
  /** Whether a score means drift. */
  drifted(score: number, threshold: number): boolean;
  compare(reference: FeatureSample, current: FeatureSample): DriftScore;
}

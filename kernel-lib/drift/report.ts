import type { DriftTimeline } from "./timeline";

/** One side of a comparison. */
export interface ReportSide {
  rows: number;
  /** What was compared, in words. */
  description: string;
  /** Where its rows can be read again, as `SourceOrigin` of the store says it. */
  origin: { kind: string } & Record<string, unknown>;
}

export type FeatureType = "numerical" | "categorical" | "text" | "timestamp" | "constant";

/** What a side holds of a feature; null where it does not apply, or nothing is there. */
export interface FeatureSummary {
  rows: number;
  missing: number;
  /** Infinite values, which count as missing in every method. */
  infinite: number;
  distinct: number | null;
  mean: number | null;
  /** Of the sample: n - 1. */
  standardDeviation: number | null;
  min: number | null;
  /** Quartiles. */
  q25: number | null;
  median: number | null;
  q75: number | null;
  max: number | null;
}

/** Both sides of a feature side by side, for drawing. */
export type FeatureDistribution =
  | {
      kind: "bins";
      /** One more than there are bins; milliseconds since the epoch for a timestamp. */
      edges: number[];
      /** Shares of a side's present values, between 0 and 1. */
      reference: number[];
      current: number[];
    }
  | {
      kind: "categories";
      /** The ones that moved most first; shares of a side's present values. */
      categories: MovedCategory[];
      /** Categories that are not listed, and their shares. */
      others: { categories: number; reference: number; current: number } | null;
    };

export interface MovedCategory {
  value: string;
  reference: number;
  current: number;
  status: "both" | "new" | "vanished";
}

/** How large a difference is, whatever the number of rows. */
export interface EffectSize {
  /** Which measure: Cohen's d, Cramér's V … */
  name: string;
  value: number;
  magnitude: "negligible" | "small" | "medium" | "large";
  /** The smallest effect that these numbers of rows show with a power of 0.8 at the level used; null if unknown. */
  minimumDetectable: number | null;
}

/** What to do about a feature. `alarm`: it drifted, clearly, and by more than a negligible amount. */
export type DriftVerdict = "stable" | "watch" | "alarm" | "undecided";

export interface FeatureDrift {
  feature: string;
  type: FeatureType;
  /** Name of the method, as in `driftMethods`. */
  method: string;
  /** Null where the method has no answer, which `reason` then tells. */
  score: number | null;
  scoreKind: "p-value" | "distance";
  /** The score's limit: drift at or below it for a p-value, at or above for a distance. */
  threshold: number;
  /** The method's own statistic, where the score is a p-value. */
  statistic: number | null;
  /** P-value after the correction across features; null for distances. */
  adjustedPValue: number | null;
  /** What the method alone says, without correction or effect size: what its peer would say. */
  drifted: boolean;
  effect: EffectSize | null;
  verdict: DriftVerdict;
  /** One plain sentence: what moved, from what to what, and why the verdict. */
  reason: string;
  /** Share of the model's importance, 0 to 1; null where it is unknown. */
  importance: number | null;
  /** Drift times importance, 0 to 1, by which features are ranked; null where importance is unknown. */
  impact: number | null;
  reference: FeatureSummary;
  current: FeatureSummary;
  distribution: FeatureDistribution | null;
  /** Where the report was made over time. */
  timeline: DriftTimeline | null;
}

/** Comparison of two tables, feature by feature. Plain JSON: it can be kept, sent and shown anywhere. */
export interface DriftReport {
  kind: "drift";
  /** Of this structure. */
  format: 1;
  name: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  reference: ReportSide;
  current: ReportSide;
  /** Ranked: what matters most first. */
  features: FeatureDrift[];
  /** Share of features that drifted by their method alone. */
  driftedShare: number;
  /** The data set drifted when the share is at least this. */
  driftShareThreshold: number;
  /** By the share alone, as Evidently says it. */
  drifted: boolean;
  /** The worst verdict of a feature. */
  verdict: DriftVerdict;
  /** One plain sentence. */
  summary: string;
  correction: "benjamini-hochberg" | "bonferroni" | "none";
  /** Estimated change of the model's metric from the drift; null where it was not asked for or cannot be told. */
  metricChange: MetricChange | null;
  /** Features of one side alone. */
  missingFeatures: string[];
  newFeatures: string[];
  /** Drift of all features together, where it was asked for. */
  multivariate: MultivariateDrift[];
  /** What the reader should know: features that were left out and why. */
  warnings: string[];
}

/** An estimated change of a model's metric. */
export interface MetricChange {
  metric: string;
  reference: number;
  current: number;
  /** How it was estimated: `cbpe`, `realised` … */
  method: string;
}

/** A measure over all features together. */
export interface MultivariateDrift {
  method: "pca-reconstruction-error" | "domain-classifier";
  /** Reconstruction error of the current rows, or AUC of telling the sides apart. */
  value: number;
  lower: number | null;
  upper: number | null;
  alarm: boolean;
}

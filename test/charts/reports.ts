import type { DriftReport, FeatureDrift, FeatureSummary } from "../../kernel-lib/drift/report";
import type { PerformanceReport } from "../../kernel-lib/drift/performance-report";
import type { DriftTimeline } from "../../kernel-lib/drift/timeline";
import type { QualityReport } from "../../kernel-lib/quality/quality-report";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

const createdAt = "2001-07-02T06:00:00.000Z";

export function summary(mean: number, change: Partial<FeatureSummary> = {}): FeatureSummary {
  return {
    rows: 10_000,
    missing: 0,
    infinite: 0,
    distinct: 400,
    mean,
    standardDeviation: 33,
    min: mean - 70,
    q25: mean - 14,
    median: mean - 4,
    q75: mean + 12,
    max: mean + 400,
    ...change,
  };
}

/** Twelve weeks, the last ones in alarm. */
export const weeks: DriftTimeline = {
  measure: "jensen_shannon",
  lower: null,
  upper: 0.1,
  hint: "rises by 0.012 a week",
  chunks: Array.from({ length: 12 }, (_, i) => ({
    label: `week ${i + 1}`,
    start: i * 1000,
    end: (i + 1) * 1000,
    from: Date.UTC(2001, 3, 1 + 7 * i),
    to: Date.UTC(2001, 3, 7 + 7 * i),
    side: i < 6 ? ("reference" as const) : ("current" as const),
    value: i === 8 ? null : 0.04 + 0.002 * ((i * 7) % 5) + (i < 9 ? 0 : 0.06),
    low: null,
    high: null,
    realised: null,
    alarm: i >= 9,
  })),
};

/** An estimate with its band, and labels for the first part of it. */
export const estimated: DriftTimeline = {
  ...weeks,
  measure: "roc_auc",
  lower: 0.8,
  upper: 0.95,
  hint: null,
  chunks: weeks.chunks.map((chunk, i) => {
    const value = i < 9 ? 0.87 + 0.004 * ((i * 3) % 4) : 0.77 - 0.01 * (i - 9);
    return {
      ...chunk,
      value,
      low: value - 0.02,
      high: value + 0.02,
      realised: i < 8 ? value + 0.005 * (i % 3) - 0.004 : null,
      alarm: value < 0.8,
    };
  }),
};

const bins = (center: number) =>
  Array.from({ length: 14 }, (_, i) => Math.exp(-(((i - center) / 2.6) ** 2)));
const shares = (weights: readonly number[]) => {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};

/** A feature whose distribution moved by `shift` bins. */
export function numerical(
  feature: string,
  shift: number,
  change: Partial<FeatureDrift> = {},
): FeatureDrift {
  return {
    feature,
    type: "numerical",
    method: "wasserstein",
    score: 0.03 + 0.2 * shift,
    scoreKind: "distance",
    threshold: 0.1,
    statistic: null,
    adjustedPValue: null,
    drifted: shift >= 1,
    effect: {
      name: "Cohen's d",
      value: 0.4 * shift,
      magnitude: shift >= 2 ? "large" : shift >= 1 ? "small" : "negligible",
      minimumDetectable: 0.04,
    },
    verdict: shift >= 1 ? "alarm" : "stable",
    reason: `The mean of ${feature} moved from 7.2 to ${(7.2 + 5 * shift).toFixed(1)} minutes, more than it varies by itself.`,
    importance: 0.2,
    impact: 0.08 * shift,
    reference: summary(7.2),
    current: summary(7.2 + 5 * shift, { missing: 120 }),
    distribution: {
      kind: "bins",
      edges: Array.from({ length: 15 }, (_, i) => -30 + 12.5 * i),
      reference: shares(bins(4)),
      current: shares(bins(4 + shift)),
    },
    timeline: weeks,
    ...change,
  };
}

export const origin: FeatureDrift = {
  ...numerical("origin", 0.6),
  type: "categorical",
  method: "jensenshannon",
  verdict: "watch",
  reason: "SJU is new and CVG vanished; the shares of the others moved little.",
  effect: { name: "Cramér's V", value: 0.11, magnitude: "small", minimumDetectable: 0.03 },
  reference: summary(0, {
    mean: null,
    standardDeviation: null,
    min: null,
    q25: null,
    median: null,
    q75: null,
    max: null,
    distinct: 5,
  }),
  current: summary(0, {
    mean: null,
    standardDeviation: null,
    min: null,
    q25: null,
    median: null,
    q75: null,
    max: null,
    distinct: 5,
  }),
  distribution: {
    kind: "categories",
    categories: [
      { value: "CVG", reference: 0.12, current: 0, status: "vanished" },
      { value: "SJU", reference: 0, current: 0.08, status: "new" },
      { value: "ATL", reference: 0.3, current: 0.36, status: "both" },
      { value: "ORD", reference: 0.28, current: 0.25, status: "both" },
    ],
    others: { categories: 12, reference: 0.3, current: 0.31 },
  },
  timeline: null,
};

export const date: FeatureDrift = {
  ...numerical("date", 0),
  type: "timestamp",
  method: "ks",
  scoreKind: "p-value",
  score: 1e-12,
  threshold: 0.05,
  statistic: 0.9,
  adjustedPValue: 3e-12,
  verdict: "undecided",
  reason: "The two samples are of different months, so that times differ by design.",
  effect: null,
  importance: null,
  impact: null,
  distribution: {
    kind: "bins",
    edges: Array.from({ length: 15 }, (_, i) => Date.UTC(2001, 0, 1 + 13 * i)),
    reference: shares(bins(3)),
    current: shares(bins(10)),
  },
  timeline: null,
};

export const driftReport: DriftReport = {
  kind: "drift",
  format: 1,
  name: "flights-spring",
  createdAt,
  reference: { rows: 10_000, description: "flights of January", origin: { kind: "memory" } },
  current: { rows: 10_000, description: "flights of June", origin: { kind: "memory" } },
  features: [
    numerical("delay", 2.5),
    numerical("previous delay", 1.2, { impact: 0.05 }),
    origin,
    numerical("distance", 0, { impact: 0.001 }),
    date,
    {
      ...numerical("carrier", 0),
      type: "constant",
      score: null,
      effect: null,
      impact: null,
      importance: null,
      distribution: null,
      timeline: null,
      verdict: "undecided",
      reason: "Every row has the same value on both sides.",
    },
  ],
  driftedShare: 0.4,
  driftShareThreshold: 0.5,
  drifted: false,
  verdict: "alarm",
  summary:
    "2 of 6 features drifted in a way that matters: delay and previous delay are later in June.",
  correction: "benjamini-hochberg",
  metricChange: { metric: "roc_auc", reference: 0.87, current: 0.79, method: "cbpe" },
  missingFeatures: ["tail number"],
  newFeatures: [],
  multivariate: [
    { method: "domain-classifier", value: 0.71, lower: 0.45, upper: 0.65, alarm: true },
    { method: "pca-reconstruction-error", value: 1.02, lower: 0.9, upper: 1.1, alarm: false },
  ],
  warnings: ["date: times differ by design and were not tested."],
};

export const performanceReport: PerformanceReport = {
  kind: "performance",
  format: 1,
  name: "late-flights",
  createdAt,
  reference: driftReport.reference,
  current: driftReport.current,
  method: "cbpe",
  problem: "binary",
  metrics: [estimated, { ...estimated, measure: "accuracy" }],
  verdict: "alarm",
  summary: "ROC AUC is estimated to have fallen from 0.87 to 0.75 in the last three weeks.",
  warnings: [],
};

const column = {
  type: "number" as const,
  missing: 0,
  infinite: 0,
  distinct: 400,
  constant: false,
  almostConstant: false,
  duplicateOf: null,
  mean: 7.2,
  standardDeviation: 33,
  min: -60,
  q25: -7,
  median: 0,
  q75: 11,
  max: 600,
  top: [{ value: "0", count: 500 }],
};

export const qualityReport: QualityReport = {
  kind: "quality",
  format: 1,
  name: "flights-june",
  createdAt,
  data: { rows: 10_000, description: "flights of June", origin: { kind: "memory" } },
  passed: false,
  summary: "1 of 3 expectations failed: delay is missing in 320 rows.",
  results: [
    {
      expectation: { expect: "not-null", column: "delay" },
      column: "delay",
      severity: "error",
      passed: false,
      required: "delay is never missing",
      observed: "320 of 10,000 rows are missing",
      failing: 320,
      failingRows: '"delay" is null',
    },
    {
      expectation: { expect: "between", column: "distance", min: 0, severity: "warning" },
      column: "distance",
      severity: "warning",
      passed: true,
      required: "distance is at least 0",
      observed: "from 31 to 4,962",
      failing: 0,
      failingRows: '"distance" < 0',
    },
    {
      expectation: { expect: "row-count", min: 1000, severity: "info" },
      column: null,
      severity: "info",
      passed: true,
      required: "at least 1,000 rows",
      observed: "10,000 rows",
      failing: null,
      failingRows: null,
    },
  ],
  table: {
    rows: 10_000,
    duplicateRows: 12,
    emptyRows: 0,
    columns: [
      { column: "delay", ...column, missing: 320 },
      { column: "distance", ...column, mean: 700, min: 31, max: 4962 },
      { column: "minutes", ...column, duplicateOf: "delay", missing: 320 },
      {
        column: "carrier",
        ...column,
        type: "text",
        constant: true,
        almostConstant: true,
        distinct: 1,
        mean: null,
        standardDeviation: null,
        min: "AA",
        q25: null,
        median: null,
        q75: null,
        max: "AA",
        top: [{ value: "AA", count: 10_000 }],
      },
    ],
    correlation: {
      columns: ["delay", "distance", "minutes"],
      values: [1, -0.12, 1, -0.12, 1, -0.12, 1, -0.12, null],
    },
  },
  warnings: [],
};

/** A report of so many features, the first tenth of them drifted. */
export function wideReport(features: number): DriftReport {
  const random = seededRandom(3);
  return {
    ...driftReport,
    name: `wide-${features}`,
    features: Array.from({ length: features }, (_, i) => {
      const shift = i < features / 10 ? 1 + 2 * random() : 0.4 * random();
      return i % 5 === 4
        ? { ...origin, feature: `category ${i}`, impact: 0.01 / (i + 1) }
        : numerical(`feature ${i}`, shift, { impact: 0.1 / (i + 1) });
    }),
  };
}

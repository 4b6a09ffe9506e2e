import type { BinaryCounts, CountMetric } from "./metric";

type Counts = BinaryCounts;

const positives = ({ truePositives, falseNegatives }: Counts) => truePositives + falseNegatives;
const negatives = ({ trueNegatives, falsePositives }: Counts) => trueNegatives + falsePositives;
const selected = ({ truePositives, falsePositives }: Counts) => truePositives + falsePositives;
const rejected = ({ trueNegatives, falseNegatives }: Counts) => trueNegatives + falseNegatives;
const rows = (counts: Counts) => positives(counts) + negatives(counts);
const right = ({ truePositives, trueNegatives }: Counts) => truePositives + trueNegatives;

const rate = { input: "counts", isRate: true } as const;
const score = { input: "counts", isRate: false, better: "higher" } as const;

const truePositiveRate = {
  ...rate,
  name: "truePositiveRate",
  label: "true positive rate",
  better: "higher",
  denominator: "positives",
  compute: (counts: Counts) => counts.truePositives / positives(counts),
} as const satisfies CountMetric;

const trueNegativeRate = {
  ...rate,
  name: "trueNegativeRate",
  label: "true negative rate",
  better: "higher",
  denominator: "negatives",
  compute: (counts: Counts) => counts.trueNegatives / negatives(counts),
} as const satisfies CountMetric;

const metrics = [
  {
    ...rate,
    name: "selectionRate",
    label: "selection rate",
    better: "none",
    denominator: "rows",
    compute: (counts) => selected(counts) / rows(counts),
  },
  {
    ...rate,
    name: "baseRate",
    label: "share of positives",
    better: "none",
    denominator: "rows",
    compute: (counts) => positives(counts) / rows(counts),
  },
  {
    ...rate,
    name: "accuracy",
    label: "accuracy",
    better: "higher",
    denominator: "rows",
    compute: (counts) => right(counts) / rows(counts),
  },
  {
    ...rate,
    name: "zeroOneLoss",
    label: "share of wrong answers",
    better: "lower",
    denominator: "rows",
    compute: (counts) => (counts.falsePositives + counts.falseNegatives) / rows(counts),
  },
  {
    ...score,
    name: "balancedAccuracy",
    label: "balanced accuracy",
    denominator: "rows",
    compute: (counts) => (truePositiveRate.compute(counts) + trueNegativeRate.compute(counts)) / 2,
  },
  truePositiveRate,
  { ...truePositiveRate, name: "recall", label: "recall" },
  {
    ...rate,
    name: "falseNegativeRate",
    label: "false negative rate",
    better: "lower",
    denominator: "positives",
    compute: (counts) => counts.falseNegatives / positives(counts),
  },
  {
    ...rate,
    name: "falsePositiveRate",
    label: "false positive rate",
    better: "lower",
    denominator: "negatives",
    compute: (counts) => counts.falsePositives / negatives(counts),
  },
  trueNegativeRate,
  { ...trueNegativeRate, name: "specificity", label: "specificity" },
  {
    ...rate,
    name: "precision",
    label: "precision",
    better: "higher",
    denominator: "predicted-positives",
    compute: (counts) => counts.truePositives / selected(counts),
  },
  {
    ...rate,
    name: "falseDiscoveryRate",
    label: "false discovery rate",
    better: "lower",
    denominator: "predicted-positives",
    compute: (counts) => counts.falsePositives / selected(counts),
  },
  {
    ...rate,
    name: "negativePredictiveValue",
    label: "negative predictive value",
    better: "higher",
    denominator: "predicted-negatives",
    compute: (counts) => counts.trueNegatives / rejected(counts),
  },
  {
    ...rate,
    name: "falseOmissionRate",
    label: "false omission rate",
    better: "lower",
    denominator: "predicted-negatives",
    compute: (counts) => counts.falseNegatives / rejected(counts),
  },
  {
    ...score,
    name: "f1",
    label: "F1",
    denominator: "positives",
    compute: (counts) => (2 * counts.truePositives) / (positives(counts) + selected(counts)),
  },
  {
    ...score,
    name: "jaccard",
    label: "Jaccard index",
    denominator: "positives",
    compute: (counts) => counts.truePositives / (positives(counts) + counts.falsePositives),
  },
  {
    ...score,
    name: "matthewsCorrelation",
    label: "Matthews correlation",
    denominator: "rows",
    compute: (counts) =>
      (counts.truePositives * counts.trueNegatives -
        counts.falsePositives * counts.falseNegatives) /
      (Math.sqrt(positives(counts) * negatives(counts)) *
        Math.sqrt(selected(counts) * rejected(counts))),
  },
] as const satisfies readonly CountMetric[];

export type CountMetricName = (typeof metrics)[number]["name"];

/**
 * Metrics that follow from the four counts of a binary classifier. Unlike scikit-learn's functions of the same names,
 * they are NaN where there is nothing to divide by: a true positive rate without a positive is not 0, it is unknown.
 */
export const countMetrics: readonly CountMetric<CountMetricName>[] = metrics;

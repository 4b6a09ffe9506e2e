import type { Label } from "./binary-codes";
import { labelCounts, type ClassLabels } from "./label-counts";
import type { BinaryCounts } from "./metric";

export interface ClassificationReportOptions {
  /** Which labels, in which order; all that there are, sorted, by default. */
  labels?: readonly Label[];
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
  /** What a figure is that has nothing to divide by; default 0. */
  zeroDivision?: number;
}

export interface ClassificationFigures {
  precision: number;
  recall: number;
  f1: number;
  /** How many rows are truly of the label, or their weight. */
  support: number;
}

export interface ClassificationReport {
  byLabel: ({ label: Label } & ClassificationFigures)[];
  /** Of all counts together; the accuracy, where a row has one label and none is left out. */
  micro: ClassificationFigures;
  macro: ClassificationFigures;
  weighted: ClassificationFigures;
}

/**
 * Precision, recall and F1 of each label, and their averages, out of one pass over the rows.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred n predicted ones
 * @throws AssayerError "invalid-argument" as `confusionMatrix`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html
 * @example classificationReport([0, 1, 1], [0, 1, 0]).macro.f1 // 0.666…
 */
export function classificationReport(
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: ClassificationReportOptions = {},
): ClassificationReport {
  const { zeroDivision = 0 } = options;
  const { labels, counts } = labelCounts("classificationReport", yTrue, yPred, options);
  const divide = (numerator: number, denominator: number) =>
    denominator === 0 ? zeroDivision : numerator / denominator;
  const figures = (each: BinaryCounts): ClassificationFigures => {
    const support = each.truePositives + each.falseNegatives;
    const selected = each.truePositives + each.falsePositives;
    return {
      precision: divide(each.truePositives, selected),
      recall: divide(each.truePositives, support),
      f1: divide(2 * each.truePositives, support + selected),
      support,
    };
  };
  const all = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (const each of counts)
    for (const name of Object.keys(all) as (keyof BinaryCounts)[]) all[name] += each[name];
  const ofLabels = counts.map(figures);
  const support = all.truePositives + all.falseNegatives;
  return {
    byLabel: ofLabels.map((each, at) => ({ label: labels[at] as Label, ...each })),
    micro: figures(all),
    macro: { ...meanOf(ofLabels, () => 1), support },
    weighted: { ...meanOf(ofLabels, (each) => each.support), support },
  };
}

/** Values that are NaN do not count. */
function meanOf(
  figures: readonly ClassificationFigures[],
  weightOf: (figures: ClassificationFigures) => number,
): Omit<ClassificationFigures, "support"> {
  const mean = (name: "precision" | "recall" | "f1") => {
    const present = figures.filter((each) => !Number.isNaN(each[name]));
    const weights = present.map(weightOf);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return present.reduce(
      (sum, each, i) =>
        sum + each[name] * (total === 0 ? 1 / present.length : (weights[i] as number) / total),
      present.length === 0 ? NaN : 0,
    );
  };
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

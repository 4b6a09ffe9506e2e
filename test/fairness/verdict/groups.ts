import type { BinaryCounts } from "../../../kernel-lib/evaluate/metric";
import type { FairnessGroup } from "../../../kernel-lib/fairness/report";
import type { FairnessEvidence } from "../../../kernel-lib/fairness/verdict/judge-fairness";

export function countsOf(tp: number, fp: number, fn: number, tn: number): BinaryCounts {
  return { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn };
}

/** A group of a binary classifier's answers. */
export function group(name: string, counts: BinaryCounts): FairnessGroup {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
  const rows = truePositives + falsePositives + falseNegatives + trueNegatives;
  return {
    name,
    values: { sex: name },
    rows,
    counts,
    rowCounts: counts,
    small: rows < 30,
    figures: {},
    scores: null,
  };
}

/** A group of a regression's, with its mean absolute error and the interval of that. */
export function errorGroup(name: string, rows: number, value: number, half: number): FairnessGroup {
  const figure = {
    value,
    low: value - half,
    high: value + half,
    denominator: rows,
    interval: "normal",
  } as const;
  return {
    ...group(name, countsOf(0, 0, 0, 0)),
    rows,
    counts: null,
    rowCounts: null,
    small: rows < 30,
    figures: { mae: figure },
  };
}

export function evidenceOf(
  groups: FairnessGroup[],
  problem: FairnessEvidence["problem"] = "binary",
): FairnessEvidence {
  return {
    problem,
    confidence: 0.95,
    overall: group("all", countsOf(0, 0, 0, 0)),
    groupings: [{ features: ["sex"], groups, disparities: {} }],
  };
}

import type { BinaryCounts } from "../../evaluate/metric";
import type { DecisionRule, GroupSteps } from "../decision-rule";
import { groupCurves, type GroupCurve, type ScoredRows } from "./group-curves";
import { rateNamed } from "./parity";

/** What a rule is expected to answer: counts are sums of weights, and fractions where it draws. */
export interface GroupOutcome {
  group: string;
  rows: number;
  counts: BinaryCounts;
  selectionRate: number;
  accuracy: number;
  /** Null where there is no positive, or no negative. */
  truePositiveRate: number | null;
  falsePositiveRate: number | null;
}

export interface RuleOutcome {
  overall: GroupOutcome;
  groups: GroupOutcome[];
}

/**
 * The answers that a rule is expected to give on labelled rows, overall and by group; a draw counts with its
 * probability. Groups that the rule does not know get what it has for others.
 *
 * @throws AssayerError "invalid-argument" for arrays of different length, more than two classes, scores that are not
 *   finite, bad weights
 */
export function ruleOutcome(rule: DecisionRule, rows: ScoredRows): RuleOutcome {
  const { groups } = groupCurves("ruleOutcome", rows);
  const steps = new Map(rule.groups.map((each) => [each.group, each]));
  return outcomeOf(
    groups.map((curve) => ({
      curve,
      counts: expectedCounts(curve, steps.get(curve.group) ?? rule.otherwise),
    })),
  );
}

export function outcomeOf(
  parts: readonly { curve: GroupCurve; counts: BinaryCounts }[],
): RuleOutcome {
  const groups = parts.map(({ curve, counts }) => groupOutcome(curve.group, curve.rows, counts));
  const overall = groupOutcome(
    "all",
    groups.reduce((sum, { rows }) => sum + rows, 0),
    sumCounts(groups.map(({ counts }) => counts)),
  );
  return { overall, groups };
}

export function sumCounts(parts: readonly BinaryCounts[]): BinaryCounts {
  const sum = (part: (counts: BinaryCounts) => number) =>
    parts.reduce((total, counts) => total + part(counts), 0);
  return {
    truePositives: sum((counts) => counts.truePositives),
    falsePositives: sum((counts) => counts.falsePositives),
    falseNegatives: sum((counts) => counts.falseNegatives),
    trueNegatives: sum((counts) => counts.trueNegatives),
  };
}

const rates = {
  selectionRate: rateNamed("selectionRate"),
  accuracy: rateNamed("accuracy"),
  truePositiveRate: rateNamed("truePositiveRate"),
  falsePositiveRate: rateNamed("falsePositiveRate"),
};

function groupOutcome(group: string, rows: number, counts: BinaryCounts): GroupOutcome {
  const known = (rate: number) => (Number.isNaN(rate) ? null : rate);
  return {
    group,
    rows,
    counts,
    selectionRate: rates.selectionRate.compute(counts),
    accuracy: rates.accuracy.compute(counts),
    truePositiveRate: known(rates.truePositiveRate.compute(counts)),
    falsePositiveRate: known(rates.falsePositiveRate.compute(counts)),
  };
}

function expectedCounts(curve: GroupCurve, { thresholds, levels }: GroupSteps): BinaryCounts {
  let truePositives = 0;
  let falsePositives = 0;
  let step = thresholds.length;
  for (let i = 1; i <= curve.scores.length; i++) {
    const score = curve.scores[i - 1] as number;
    while (step > 0 && (thresholds[step - 1] as number) >= score) step--;
    const level = levels[step] as number;
    truePositives +=
      level * ((curve.truePositives[i] as number) - (curve.truePositives[i - 1] as number));
    falsePositives +=
      level * ((curve.falsePositives[i] as number) - (curve.falsePositives[i - 1] as number));
  }
  return {
    truePositives,
    falsePositives,
    falseNegatives: curve.positives - truePositives,
    trueNegatives: curve.negatives - falsePositives,
  };
}

import { AssayerError } from "../../errors";
import { requireProbabilities } from "../../evaluate/score-rows";
import type { DecisionRule } from "../decision-rule";
import { requireKey } from "../require-rule";
import { groupCurves, requireClasses, type GroupCurve, type ScoredRows } from "./group-curves";
import { rateNamed } from "./parity";
import { ruleOutcome, type RuleOutcome } from "./rule-outcome";

const costs = ["falseNegativeRate", "falsePositiveRate", "weighted"] as const;

/** What groups are to have alike: mean score missed by positives, mean score of negatives, or both by their shares. */
export type CalibratedCost = (typeof costs)[number];

export interface CalibratedEqualizedOddsOptions extends ScoredRows {
  /** Default `weighted`. */
  cost?: CalibratedCost;
  /** Scores from here on get a yes; above 0 to 1, default 0.5. */
  threshold?: number;
  /** Text that keys the rule's draws; default "assayer". What `optimizeThresholds` says of it holds here. */
  key?: string;
}

export interface CalibratedEqualizedOdds {
  rule: DecisionRule;
  /** By group: the share of requests that are answered by the group's base rate in place of their score. */
  mixRates: Record<string, number>;
  outcome: RuleOutcome;
}

/**
 * Groups whose scores cost less are answered by their base rate now and then, until all cost as much as the worst one
 * does; scores stay calibrated in each group. AIF360 has it for two groups; here every group is raised to the worst.
 *
 * @throws AssayerError "invalid-argument" for bad rows or options, scores outside 0 to 1, or a group without a class
 * @see Pleiss et al. 2017, https://arxiv.org/abs/1709.02012; AIF360 0.6, `CalibratedEqOddsPostprocessing`
 */
export function calibratedEqualizedOdds(
  options: CalibratedEqualizedOddsOptions,
): CalibratedEqualizedOdds {
  const caller = "calibratedEqualizedOdds";
  const { cost = "weighted", threshold = 0.5, key = "assayer" } = options;
  requireKey(caller, key);
  if (!costs.includes(cost))
    throw new AssayerError(
      "invalid-argument",
      `unknown cost: ${cost}; expected one of ${costs.join(", ")}`,
    );
  if (!(threshold > 0 && threshold <= 1))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a threshold above 0, at most 1; got ${threshold}`,
    );
  const { groups, sensitiveFeatures } = groupCurves(caller, options);
  requireProbabilities(caller, Float64Array.from(options.yScore));
  requireClasses(caller, groups, [rateNamed("truePositiveRate"), rateNamed("falsePositiveRate")]);
  const own = groups.map((curve) => {
    const base = curve.positives / (curve.positives + curve.negatives);
    const { ofPositives, ofNegatives } = meanScores(curve);
    return {
      group: curve.group,
      base,
      cost: costOf(cost, base, ofPositives, ofNegatives),
      // Every row scored with the base rate.
      trivial: costOf(cost, base, base, base),
    };
  });
  const worst = Math.max(...own.map((each) => each.cost));
  const mixed = own.map((each) => ({
    ...each,
    rate: each.cost < worst ? bounded((worst - each.cost) / (each.trivial - each.cost)) : 0,
  }));
  // The next double below: a rule's steps are for scores above, these are for scores from the threshold on.
  const limit = threshold * (1 - Number.EPSILON / 2);
  const rule: DecisionRule = {
    kind: "decision-rule",
    format: 1,
    constraint: "calibratedEqualizedOdds",
    objective: "calibration",
    sensitiveFeatures,
    groups: mixed.map(({ group, base, rate }) => {
      const levels = base >= threshold ? [rate, 1] : [0, 1 - rate];
      return rate === 1
        ? { group, thresholds: [], levels: [levels[0] as number] }
        : { group, thresholds: [limit], levels };
    }),
    otherwise: { thresholds: [limit], levels: [0, 1] },
    key,
  };
  return {
    rule,
    mixRates: Object.fromEntries(mixed.map(({ group, rate }) => [group, rate])),
    outcome: ruleOutcome(rule, options),
  };
}

/** A group that costs less although its base rate alone costs no more is answered by its base rate. */
function bounded(rate: number): number {
  return rate >= 0 && rate <= 1 ? rate : 1;
}

function costOf(
  cost: CalibratedCost,
  base: number,
  ofPositives: number,
  ofNegatives: number,
): number {
  if (cost === "falseNegativeRate") return 1 - ofPositives;
  if (cost === "falsePositiveRate") return ofNegatives;
  return ((1 - ofPositives) * base + ofNegatives * (1 - base)) / 2;
}

function meanScores(curve: GroupCurve): { ofPositives: number; ofNegatives: number } {
  let positives = 0;
  let negatives = 0;
  for (const [i, score] of curve.scores.entries()) {
    const [tp, fp] = [curve.truePositives, curve.falsePositives];
    positives += score * ((tp[i + 1] as number) - (tp[i] as number));
    negatives += score * ((fp[i + 1] as number) - (fp[i] as number));
  }
  return { ofPositives: positives / curve.positives, ofNegatives: negatives / curve.negatives };
}

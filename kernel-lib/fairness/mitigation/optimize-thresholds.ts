import { AssayerError } from "../../errors";
import type { DecisionRule } from "../decision-rule";
import { requireKey } from "../require-rule";
import type { ScoredRows } from "./group-curves";
import { mixtureSteps, type Mixture } from "./mixture";
import type { RuleOutcome } from "./rule-outcome";
import {
  pooledThreshold,
  scoreThresholds,
  solveThresholds,
  thresholdProblem,
  type ThresholdGoal,
  type ThresholdProblem,
} from "./threshold-problem";

export interface OptimizeThresholdsOptions extends ScoredRows, ThresholdGoal {
  /** How far apart groups may be in what is to be equal, 0 to 1; equal by default. */
  tolerance?: number;
  /**
   * Text that keys the rule's draws; default "assayer". Two rules of one key draw the same number for a request: whoever
   * loses one draw loses the other. Who knows the key and chooses the request's id chooses the answer, so take a long
   * random key of your own, or give the ids yourself, where people gain by a yes.
   */
  key?: string;
}

export interface OptimizedThresholds {
  rule: DecisionRule;
  /**
   * The objective that the rule is expected to reach on these rows: the mean of the groups' values, weighted by their
   * rows; with `equalizedOdds`, of all rows together. The two differ for balanced accuracy and for rates of one class.
   */
  objective: number;
  /** The largest difference between groups in what is to be equal. */
  difference: number;
  /** What is to be equal, by group and metric. */
  constraintValues: Record<string, Record<string, number>>;
  outcome: RuleOutcome;
  /** What a rule that draws would reach; null for one that may. */
  withDraws: { objective: number; difference: number } | null;
}

/**
 * Thresholds of each group that keep a constraint with the highest objective, for scores of any model: Hardt, Price and
 * Srebro's method, with the constraints and objectives of Fairlearn's `ThresholdOptimizer`.
 *
 * What no threshold reaches alone is reached by a draw between two of them: scores between the two get a yes with the
 * probability that the rule's step says. The draw is a keyed hash of the request's id, so that the same request gets
 * the same answer. With `randomize: false` there is no draw; `difference` then says how far from equal the groups stay,
 * and `withDraws` what a draw would reach. It keeps to the tolerance, and without one to the distance between the
 * thresholds nearest to the drawn rule.
 *
 * A group that was not there gets the threshold that would be best if there were no groups.
 *
 * @throws AssayerError "invalid-argument" for bad rows, weights or options, or a group without a class that the
 *   constraint or the objective needs
 * @see Hardt, Price, Srebro 2016, https://arxiv.org/abs/1610.02413
 * @see https://fairlearn.org/v0.13/api_reference/generated/fairlearn.postprocessing.ThresholdOptimizer.html
 * @example optimizeThresholds({ yTrue, yScore, sensitiveFeatures: { sex }, constraint: "equalOpportunity" }).rule
 */
export function optimizeThresholds(options: OptimizeThresholdsOptions): OptimizedThresholds {
  const caller = "optimizeThresholds";
  const { tolerance, key = "assayer" } = options;
  if (tolerance !== undefined && !(tolerance >= 0 && tolerance <= 1))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a tolerance from 0 to 1; got ${tolerance}`,
    );
  requireKey(caller, key);
  const problem = thresholdProblem(caller, options, options);
  const mixtures = solveThresholds(problem, tolerance);
  const { objective, difference, values, outcome } = scoreThresholds(problem, mixtures);
  const drawn = problem.randomize
    ? null
    : scoreThresholds(problem, solveThresholds({ ...problem, randomize: true }, tolerance));
  return {
    rule: ruleOf(problem, mixtures, key),
    objective,
    difference,
    constraintValues: Object.fromEntries(
      problem.curves.groups.map(({ group }, g) => [group, values[g] as Record<string, number>]),
    ),
    outcome,
    withDraws: drawn && { objective: drawn.objective, difference: drawn.difference },
  };
}

/** The chosen thresholds as a rule. */
export function ruleOf(
  problem: ThresholdProblem,
  mixtures: readonly Mixture[],
  key: string,
): DecisionRule {
  const { groups, pooled, sensitiveFeatures } = problem.curves;
  return {
    kind: "decision-rule",
    format: 1,
    constraint: problem.constraint,
    objective: problem.objective,
    sensitiveFeatures,
    groups: groups.map((curve, g) => ({
      group: curve.group,
      ...mixtureSteps(curve, mixtures[g] as Mixture),
    })),
    otherwise: mixtureSteps(pooled, pooledThreshold(problem)),
    key,
  };
}

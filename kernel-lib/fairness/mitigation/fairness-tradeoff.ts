import { AssayerError } from "../../errors";
import type { DecisionRule } from "../decision-rule";
import { requireKey } from "../require-rule";
import type { ScoredRows } from "./group-curves";
import type { Mixture } from "./mixture";
import { ruleOf } from "./optimize-thresholds";
import type { RuleOutcome } from "./rule-outcome";
import {
  freeThresholds,
  scoreThresholds,
  solveThresholds,
  thresholdProblem,
  type ThresholdGoal,
} from "./threshold-problem";

export interface FairnessTradeoffOptions extends ScoredRows, ThresholdGoal {
  /** Tolerances that are tried, from equal groups to no constraint; default 21. */
  points?: number;
  /** Text that keys the rules' draws; default "assayer". What `optimizeThresholds` says of it holds here. */
  key?: string;
}

/** A rule, and what it gives and costs. */
export interface TradeoffPoint {
  /** The largest difference between groups in what is to be equal. */
  difference: number;
  objective: number;
  rule: DecisionRule;
  outcome: RuleOutcome;
}

export interface FairnessTradeoff {
  constraint: string;
  objective: string;
  /** By rising difference and rising objective: each is the best rule for what it allows. */
  points: TradeoffPoint[];
}

/**
 * What equality costs: rules from groups that are equal (`optimizeThresholds` without tolerance) to thresholds that are
 * best for each group by itself, with the highest objective in between. Whoever decides picks a point and takes its rule.
 *
 * @throws AssayerError as `optimizeThresholds` does
 */
export function fairnessTradeoff(options: FairnessTradeoffOptions): FairnessTradeoff {
  const caller = "fairnessTradeoff";
  const { points = 21, key = "assayer" } = options;
  if (!Number.isInteger(points) || points < 2)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires 2 points or more, a whole number; got ${points}`,
    );
  requireKey(caller, key);
  const problem = thresholdProblem(caller, options, options);
  const scored = (mixtures: Mixture[]) => ({ mixtures, ...scoreThresholds(problem, mixtures) });
  const equal = scored(solveThresholds(problem, undefined));
  const free = scored(freeThresholds(problem));
  const range = free.difference - equal.difference;
  const found = [equal];
  if (range > 0)
    for (let i = 1; i < points - 1; i++)
      found.push(scored(solveThresholds(problem, equal.difference + (range * i) / (points - 1))));
  found.push(free);
  const best = found.filter(
    ({ objective, difference }, i) =>
      !found.some(
        (other, k) =>
          k !== i &&
          other.objective >= objective &&
          other.difference <= difference &&
          (k < i || other.objective > objective || other.difference < difference),
      ),
  );
  return {
    constraint: problem.constraint,
    objective: problem.objective,
    points: best
      .sort((a, b) => a.difference - b.difference)
      .map(({ mixtures, difference, objective, outcome }) => ({
        difference,
        objective,
        rule: ruleOf(problem, mixtures, key),
        outcome,
      })),
  };
}

import { AssayerError } from "../errors";
import type { DecisionRule, GroupSteps } from "./decision-rule";
import { groupCodes } from "./frame/group-codes";
import { requestNumber } from "./request-number";
import { isRandomised, requireRule } from "./require-rule";

export interface DecisionInputs {
  /** n scores, as the model gives them. */
  yScore: ArrayLike<number>;
  /** The values of each sensitive feature that the rule names, n each; or `groups`. */
  sensitiveFeatures?: Readonly<Record<string, ArrayLike<unknown>>>;
  /** n names of groups, as the rule has them. */
  groups?: ArrayLike<string>;
  /** n ids of requests; needed when the rule has randomness. */
  requestId?: ArrayLike<string>;
}

/**
 * The answers of a decision rule. A group that the rule does not know is answered as `rule.otherwise` says.
 *
 * @returns n answers, 1 for positive
 * @throws AssayerError "invalid-argument" when lengths differ, a score is NaN, a sensitive feature is not given, or ids
 *   are needed and missing
 * @example applyRule(rule, { yScore, sensitiveFeatures: { sex }, requestId })
 */
export function applyRule(rule: DecisionRule, inputs: DecisionInputs): Uint8Array {
  const { key } = requireRule("applyRule", rule);
  const { yScore, requestId } = inputs;
  const n = yScore.length;
  const stepsAt = stepsOfRows(rule, inputs);
  const randomised = isRandomised(rule);
  if (randomised && !requestId)
    throw new AssayerError(
      "invalid-argument",
      "applyRule requires requestId for a rule with randomness; got none",
    );
  if (requestId && requestId.length !== n)
    refuse(`${n} values of requestId, as many as scores`, `${requestId.length}`);
  const answers = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const score = yScore[i] as number;
    if (Number.isNaN(score)) refuse("scores that are numbers", `NaN at position ${i}`);
    const level = levelOf(stepsAt(i), score);
    answers[i] = level === 1 ? 1 : 0;
    if (!randomised) continue;
    const id = requestId?.[i];
    if (typeof id !== "string" || id === "") refuse("ids that are texts", `none at position ${i}`);
    else if (level > 0 && level < 1) answers[i] = requestNumber(key, id) < level ? 1 : 0;
  }
  return answers;
}

/** The probability of a positive answer at a score. */
export function levelOf({ thresholds, levels }: GroupSteps, score: number): number {
  let below = 0;
  while (below < thresholds.length && score > (thresholds[below] as number)) below++;
  return levels[below] as number;
}

/** The steps of each row's group. */
function stepsOfRows(rule: DecisionRule, inputs: DecisionInputs): (row: number) => GroupSteps {
  const { groups, sensitiveFeatures = {} } = inputs;
  if (rule.groups.length === 0) return () => rule.otherwise;
  const features = rule.sensitiveFeatures.map((name) => {
    const values = Object.hasOwn(sensitiveFeatures, name) ? sensitiveFeatures[name] : undefined;
    if (!values && !groups) refuse(`sensitive feature ${name}`, "none of that name");
    return [name, values] as const;
  });
  const named = groupCodes(
    "applyRule",
    "sensitiveFeatures",
    groups ? { groups } : (Object.fromEntries(features) as Record<string, ArrayLike<unknown>>),
    inputs.yScore.length,
  );
  const byName = new Map<string, GroupSteps>(rule.groups.map((each) => [each.group, each]));
  const steps = named.groups.map(({ name }) => byName.get(name) ?? rule.otherwise);
  return (row) => steps[named.codes[row] as number] as GroupSteps;
}

function refuse(wanted: string, got: string): never {
  throw new AssayerError("invalid-argument", `applyRule requires ${wanted}; got ${got}`);
}

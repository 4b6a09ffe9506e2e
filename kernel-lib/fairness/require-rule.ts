import { AssayerError } from "../errors";
import type { DecisionRule, GroupSteps } from "./decision-rule";

/**
 * A decision rule that comes from outside, such as a file, as what it claims to be.
 *
 * @throws AssayerError "invalid-argument" naming the first part that does not fit
 */
export function requireRule(caller: string, value: unknown): DecisionRule {
  const rule = (value ?? {}) as Partial<Record<keyof DecisionRule, unknown>>;
  const need = (holds: boolean, what: string): void => {
    if (holds) return;
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a decision rule with ${what}; got another`,
    );
  };
  need(rule.kind === "decision-rule" && rule.format === 1, "kind decision-rule and format 1");
  for (const name of ["constraint", "objective", "key"] as const)
    need(typeof rule[name] === "string", `a text as ${name}`);
  const { sensitiveFeatures, groups, otherwise } = rule;
  need(Array.isArray(sensitiveFeatures) && sensitiveFeatures.every(isText), "sensitive features");
  need(Array.isArray(groups), "a list of groups");
  const named = groups as (Partial<GroupSteps & { group: unknown }> | null)[];
  const names = named.map((each) => each?.group);
  need(names.every(isText) && new Set(names).size === names.length, "groups of different names");
  for (const steps of [...named, otherwise as Partial<GroupSteps> | null]) {
    const { thresholds, levels } = steps ?? {};
    need(
      isNumbers(thresholds) && thresholds.every((each, i) => !(each < Number(thresholds[i - 1]))),
      "finite thresholds in ascending order for each group and otherwise",
    );
    need(
      isNumbers(levels) && levels.every((each) => each >= 0 && each <= 1),
      "levels from 0 to 1 for each group and otherwise",
    );
    need(levels?.length === Number(thresholds?.length) + 1, "one level more than thresholds");
  }
  need(rule.key !== "" || !isRandomised(rule as DecisionRule), "a key, since it has randomness");
  return rule as DecisionRule;
}

/** @throws AssayerError "invalid-argument" for a key that would make a rule no other function takes */
export function requireKey(caller: string, key: unknown): void {
  if (typeof key !== "string" || key === "")
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a text that is not empty as key; got another`,
    );
}

/** Whether answers depend on the request's number, so that each row needs an id. */
export function isRandomised({ groups, otherwise }: DecisionRule): boolean {
  return [...groups, otherwise].some(({ levels }) => levels.some((each) => each > 0 && each < 1));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}

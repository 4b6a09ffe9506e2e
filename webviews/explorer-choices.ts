import type { FairnessGroup } from "assayer";
import { loggedThreshold } from "./logged-threshold";

/** What the user set; kept over a reload. */
export interface ExplorerChoices {
  mode: "one" | "each";
  /** Of all groups; null as logged. */
  one: number | null;
  /** By group; one that is not named is as logged. */
  each: Readonly<Record<string, number>>;
  falsePositive: number;
  falseNegative: number;
}

export const usualExplorer: ExplorerChoices = {
  mode: "one",
  one: null,
  each: {},
  falsePositive: 1,
  falseNegative: 1,
};

export const usualThreshold = 0.5;

type Group = Pick<FairnessGroup, "name" | "counts" | "scores">;

/** What a group's answers are now. */
export function presentThreshold(group: Group): number {
  return loggedThreshold(group) ?? usualThreshold;
}

/** What was set for a group alone, or what it has now. */
export function ownThreshold({ each }: ExplorerChoices, group: Group): number {
  const own = Object.hasOwn(each, group.name) ? each[group.name] : undefined;
  return own ?? presentThreshold(group);
}

/** The same choices with a group's threshold; its name may be any text, `__proto__` too. */
export function withThreshold(
  each: ExplorerChoices["each"],
  name: string,
  threshold: number,
): ExplorerChoices["each"] {
  return { ...each, [name]: threshold };
}

/** Of every group: what was kept may be of groups that another grouping has. */
export function chosenThresholds(
  choices: ExplorerChoices,
  groups: readonly Group[],
): Record<string, number> {
  const { mode, one } = choices;
  return Object.fromEntries(
    groups.map((group) => [
      group.name,
      mode === "one" ? (one ?? presentThreshold(group)) : ownThreshold(choices, group),
    ]),
  );
}

import type { DecisionRule, GroupSteps } from "../decision-rule";

const equals: Record<string, string> = {
  demographicParity: "the same share of every group gets a yes",
  selectionRateParity: "the same share of every group gets a yes",
  truePositiveRateParity: "of those who deserve a yes, the same share of every group gets one",
  equalOpportunity: "of those who deserve a yes, the same share of every group gets one",
  falseNegativeRateParity:
    "of those who deserve a yes, the same share of every group is left without",
  falsePositiveRateParity:
    "of those who do not deserve a yes, the same share of every group gets one",
  trueNegativeRateParity: "of those who deserve a no, the same share of every group gets one",
  equalizedOdds:
    "of those who deserve a yes the same share of every group gets one, and so of those who do not",
  statisticalParityDifference: "about the same share of both sides gets a yes",
  averageOddsDifference: "both sides have about the same rates of right and wrong yeses together",
  equalOpportunityDifference:
    "of those who deserve a yes, about the same share of both sides gets one",
  calibratedEqualizedOdds: "mistakes cost every group the same while scores stay calibrated",
};

/**
 * A rule in plain words: what it keeps equal, what each group's score means, and how draws are made.
 *
 * @returns a sentence for the rule, one for each group, one for groups it does not know, and one for draws if there are
 * @example explainRule(rule)[1] // "female: yes above 0.62; by a draw of 37% above 0.48 up to 0.62; no at 0.48 or below."
 */
export function explainRule(rule: DecisionRule): string[] {
  const { constraint } = rule;
  const goal = Object.hasOwn(equals, constraint)
    ? equals[constraint]
    : `groups are equal in ${inWords(constraint)}`;
  const groups = rule.groups.map((each) => `${each.group}: ${stepsInWords(each)}.`);
  const draws = [...rule.groups, rule.otherwise].some(({ levels }) =>
    levels.some((level) => level > 0 && level < 1),
  );
  return [
    `The aim: ${goal ?? ""}, as nearly as was asked for; within that, the highest ${inWords(rule.objective)}.`,
    ...groups,
    `Any other group: ${stepsInWords(rule.otherwise)}.`,
    ...(draws
      ? ["A draw is made from the request's id: the same request always gets the same answer."]
      : []),
  ];
}

function stepsInWords({ thresholds, levels }: GroupSteps): string {
  const shown = distinctNumbers(thresholds);
  if (thresholds.length === 0) return `${answer(levels[0] as number)} at any score`;
  return levels
    .map((level, k) => {
      const low = shown[k - 1];
      const high = shown[k];
      if (low === undefined) return `${answer(level)} at ${high ?? ""} or below`;
      return high === undefined
        ? `${answer(level)} above ${low}`
        : `${answer(level)} above ${low} up to ${high}`;
    })
    .reverse()
    .join("; ");
}

function answer(level: number): string {
  if (level === 0) return "no";
  if (level === 1) return "yes";
  const percent = 100 * level;
  const rounded =
    percent < 1 || percent > 99 ? Number(percent.toPrecision(2)) : Math.round(percent);
  const shown = rounded === 100 ? "almost 100" : String(rounded);
  return `by a draw of ${shown}%`;
}

/** As few digits as tell them apart, two decimals or so at least. */
function distinctNumbers(values: readonly number[]): string[] {
  for (let digits = 3; digits < 17; digits++) {
    const shown = values.map((value) => String(Number(value.toPrecision(digits))));
    if (new Set(shown).size === values.length) return shown;
  }
  return values.map(String);
}

/** `balancedAccuracy` as `balanced accuracy`. */
function inWords(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

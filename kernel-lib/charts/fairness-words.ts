import type {
  ConstraintName,
  ConstraintResult,
  FairnessConstraint,
  FairnessVerdict,
} from "../fairness/constraint";
import type { Figure } from "../fairness/figure";
import type { FairnessReport } from "../fairness/report";
import { formatValue } from "./format-value";

interface ConstraintWords {
  /** As the field calls it: `equal opportunity`. */
  title: string;
  /** What it asks, for someone who never met the term. */
  question: string;
  /** What it means when it fails, and when it is the right thing to ask. */
  meaning: string;
}

const words: Record<ConstraintName, ConstraintWords> = {
  demographicParity: {
    title: "demographic parity",
    question: "Does the model say yes equally often in every group?",
    meaning:
      "It compares how many of a group get the positive answer, whatever the truth is. Ask for it where groups should share a good in equal parts; where groups truly differ in the outcome, a model that is always right fails it.",
  },
  equalOpportunity: {
    title: "equal opportunity",
    question: "Of those who deserve a yes, does every group get it equally often?",
    meaning:
      "It looks only at people whose true answer is positive, and compares how many of them the model finds. A group whose deserving members are passed over more often fails it. It needs positives in every group.",
  },
  equalizedOdds: {
    title: "equalized odds",
    question: "Does the model make its mistakes equally often in every group?",
    meaning:
      "Two rates must be alike in all groups: how many of the deserving get a yes, and how many of the others get one by mistake. It is equal opportunity, and the same for wrong yeses; the larger of the two gaps counts.",
  },
  predictiveParity: {
    title: "predictive parity",
    question: "When the model says yes, is it right equally often in every group?",
    meaning:
      "It looks at those who got the positive answer, and compares how many of them deserved it. Where it fails, a yes means less for one group than for another.",
  },
  falsePositiveRateParity: {
    title: "false positive rate parity",
    question: "Of those who should get a no, does every group get a wrong yes equally often?",
    meaning:
      "It looks only at people whose true answer is negative. Ask for it where a wrong yes does harm, such as a false accusation.",
  },
  accuracyParity: {
    title: "accuracy parity",
    question: "Is the model right equally often in every group?",
    meaning:
      "It compares the share of right answers. It does not tell which way the wrong ones go: a group may get too many yeses and another too many noes, and both be as accurate.",
  },
  boundedGroupLoss: {
    title: "bounded group loss",
    question: "Is the model good enough for every group?",
    meaning:
      "It does not compare groups with each other: the error of each must stay below the limit, so that no group is served badly, however the others fare.",
  },
};

/** A constraint in the field's term and in plain words. */
export function constraintWords(name: ConstraintName): ConstraintWords {
  return Object.hasOwn(words, name)
    ? words[name]
    : { title: formatValue(name), question: "", meaning: "" };
}

const verdictTexts: Record<FairnessVerdict, string> = {
  pass: "pass",
  fail: "fail",
  insufficient: "not enough evidence",
};

/** What was found of a constraint, as a word. */
export function fairnessVerdictText(verdict: FairnessVerdict): string {
  return Object.hasOwn(verdictTexts, verdict) ? verdictTexts[verdict] : formatValue(verdict);
}

const reportTexts: Record<FairnessReport["verdict"], string> = {
  stable: "pass",
  watch: "nothing required",
  alarm: "fail",
  undecided: "not enough evidence",
};

/** What was found in all, as a word. */
export function fairnessReportText(verdict: FairnessReport["verdict"]): string {
  return Object.hasOwn(reportTexts, verdict) ? reportTexts[verdict] : formatValue(verdict);
}

const reportMeanings: Record<FairnessReport["verdict"], string> = {
  stable: "Every requirement below is met, with the uncertainty of the data counted in.",
  watch: "Nothing was required: the figures below tell how groups fare, and give no verdict.",
  alarm:
    "At least one requirement below is not met, by more than chance explains. That tells what happens, not why.",
  undecided:
    "What was seen allows both: that the model treats the groups alike, and that it does not. More labelled rows would tell.",
};

/** What the verdict in all means, for someone who sees one for the first time. */
export function fairnessReportMeaning(verdict: FairnessReport["verdict"]): string {
  return Object.hasOwn(reportMeanings, verdict) ? reportMeanings[verdict] : "";
}

/** What a constraint asks as a number: `difference at most 0.1`, `lowest ÷ highest at least 0.8`. */
export function limitText({ constraint, maxDifference, minRatio }: FairnessConstraint): string {
  if (constraint === "boundedGroupLoss")
    return maxDifference === undefined
      ? "loss within the limit"
      : `loss at most ${formatValue(maxDifference)}`;
  const parts = [
    ...(maxDifference === undefined && minRatio !== undefined
      ? []
      : [`difference at most ${formatValue(maxDifference ?? 0.1)}`]),
    ...(minRatio === undefined ? [] : [`lowest ÷ highest at least ${formatValue(minRatio)}`]),
  ];
  return parts.join(", ");
}

/** A figure with its interval: `0.42 (0.36 to 0.48)`; a dash where it cannot be told. */
export function figureText({ value, low, high }: Figure): string {
  if (value === null) return "–";
  const interval = low === null || high === null ? "" : ` (${short(low)} to ${short(high)})`;
  return `${short(value)}${interval}`;
}

/** Three significant digits, trailing zeros away. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1).replaceAll("-", "−");
  return String(Number(size >= 1000 ? value.toFixed(0) : value.toPrecision(3))).replace("-", "−");
}

/** What divides a figure, in words: `positives`. */
export function denominatorText(denominator: string): string {
  return denominator.replaceAll("-", " ");
}

/** Features of a grouping as a title: `sex × age`. */
export function groupingText(features: readonly string[]): string {
  return features.length === 0
    ? "all"
    : features.map((feature) => formatValue(feature)).join(" × ");
}

/** The name of a group as a label: a text that is empty is seen too. */
export function groupText(name: string): string {
  return name === "" ? '""' : formatValue(name);
}

/** What settles a constraint that cannot be judged yet; empty where nothing is to be said. */
export function rowsNeededText({ verdict, rowsNeeded }: ConstraintResult): string {
  if (verdict !== "insufficient") return "";
  if (rowsNeeded === null) return "No number of further rows like these would settle it.";
  return `About ${rowsNeeded.toLocaleString("en-US")} further labelled rows, spread as these are, would settle it.`;
}

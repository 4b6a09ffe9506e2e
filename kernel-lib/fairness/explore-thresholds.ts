import { AssayerError } from "../errors";
import { countMetrics } from "../evaluate/count-metrics";
import type { BinaryCounts } from "../evaluate/metric";
import type { GroupScores } from "./report";

/** How many positives and negatives of a group score above each threshold: `GroupScores` without its calibration. */
export interface ScoreCounts extends Pick<GroupScores, "positives" | "negatives"> {
  /** Ascending. */
  thresholds: ArrayLike<number>;
  positivesAbove: ArrayLike<number>;
  negativesAbove: ArrayLike<number>;
}

export interface ThresholdChoice {
  /** Threshold of the groups that `thresholds` does not name; default the present one. */
  threshold?: number;
  /** By group. */
  thresholds?: Readonly<Record<string, number>>;
  /** What is in force, for all groups or by group; default 0.5. */
  present?: number | Readonly<Record<string, number>>;
  /** Cost of each answer, 0 where left out, in any unit: `{ falseNegatives: 5, falsePositives: 1 }`. */
  costs?: Partial<BinaryCounts>;
}

/** What a choice of thresholds comes to. Null where there is nothing to divide by. */
export interface ThresholdFigures {
  counts: BinaryCounts;
  selectionRate: number | null;
  truePositiveRate: number | null;
  falsePositiveRate: number | null;
  precision: number | null;
  accuracy: number | null;
  /** Share of the people whose answer is another than at the present threshold. */
  changed: number | null;
  /** Null when no costs are given. */
  cost: number | null;
}

export interface ThresholdOutcome {
  overall: ThresholdFigures;
  groups: (ThresholdFigures & { group: string; threshold: number })[];
  /** Highest minus lowest of the groups that have one; null where fewer than two have. */
  demographicParityDifference: number | null;
  equalOpportunityDifference: number | null;
  /** The larger of the differences of true and of false positive rates; null unless both can be told. */
  equalizedOddsDifference: number | null;
}

const rateNames = [
  "selectionRate",
  "truePositiveRate",
  "falsePositiveRate",
  "precision",
  "accuracy",
] as const;
type RateName = (typeof rateNames)[number];

/**
 * What would be if thresholds were others: rates, fairness, cost and people affected, of counts alone. A person is
 * selected when the score is above the threshold. Exact wherever the counts name the highest score that is not above
 * the threshold; between the places of thinned counts, the figures are those of the place below.
 *
 * @throws AssayerError "invalid-argument" for no groups, a threshold that is no number, or one of an unknown group
 * @example exploreThresholds(groups, { threshold: 0.5, thresholds: { female: 0.4 }, costs: { falseNegatives: 5 } })
 */
export function exploreThresholds(
  groups: readonly { group: string; scores: ScoreCounts }[],
  choice: ThresholdChoice,
): ThresholdOutcome {
  const chosen = groups.map(({ group, scores }) => {
    const present = presentOf(choice, group);
    const threshold = ownOf(choice.thresholds, group) ?? choice.threshold ?? present;
    if (Number.isNaN(threshold)) refuse("thresholds that are numbers", `NaN for ${group}`);
    const counts = countsAbove(scores, threshold);
    return { group, threshold, counts, changed: distance(counts, countsAbove(scores, present)) };
  });
  const names = groups.map(({ group }) => group);
  if (names.length === 0) refuse("one group or more", "none");
  const { present, thresholds } = choice;
  for (const name of Object.keys({
    ...(typeof present === "object" ? present : {}),
    ...thresholds,
  }))
    if (!names.includes(name))
      throw new AssayerError(
        "invalid-argument",
        `unknown group: ${name}; expected one of ${names.join("; ")}`,
      );
  const figures = chosen.map(({ group, threshold, counts, changed }) => ({
    group,
    threshold,
    ...figuresOf(counts, changed, choice.costs),
  }));
  const spread = (rate: RateName) => spreadOf(figures.map((each) => each[rate]));
  const [truePositive, falsePositive] = [spread("truePositiveRate"), spread("falsePositiveRate")];
  return {
    overall: figuresOf(
      sumOf(chosen.map(({ counts }) => counts)),
      chosen.reduce((sum, { changed }) => sum + changed, 0),
      choice.costs,
    ),
    groups: figures,
    demographicParityDifference: spread("selectionRate"),
    equalOpportunityDifference: truePositive,
    equalizedOddsDifference:
      truePositive === null || falsePositive === null
        ? null
        : Math.max(truePositive, falsePositive),
  };
}

function presentOf({ present = 0.5 }: ThresholdChoice, group: string): number {
  const own = typeof present === "number" ? present : (ownOf(present, group) ?? 0.5);
  return Number.isNaN(own)
    ? refuse("present thresholds that are numbers", `NaN for ${group}`)
    : own;
}

/** A group may have the name of what every object has, such as "constructor". */
function ownOf(
  byGroup: Readonly<Record<string, number>> | undefined,
  group: string,
): number | undefined {
  return byGroup && Object.hasOwn(byGroup, group) ? byGroup[group] : undefined;
}

function countsAbove(scores: ScoreCounts, threshold: number): BinaryCounts {
  const { thresholds, positives, negatives, positivesAbove, negativesAbove } = scores;
  // The number of places at or below the threshold.
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((thresholds[middle] as number) <= threshold) low = middle + 1;
    else high = middle;
  }
  const truePositives = low === 0 ? positives : (positivesAbove[low - 1] as number);
  const falsePositives = low === 0 ? negatives : (negativesAbove[low - 1] as number);
  return {
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: negatives - falsePositives,
  };
}

function figuresOf(
  counts: BinaryCounts,
  changed: number,
  costs: ThresholdChoice["costs"],
): ThresholdFigures {
  const rates = rateNames.map((name) => {
    const compute = countMetrics.find((each) => each.name === name)?.compute;
    return [name, finite(compute?.(counts) ?? NaN)] as const;
  });
  return {
    counts,
    ...(Object.fromEntries(rates) as Record<RateName, number | null>),
    changed: finite(changed / answers.reduce((sum, answer) => sum + counts[answer], 0)),
    cost: costs
      ? answers.reduce((sum, answer) => sum + counts[answer] * (costs[answer] ?? 0), 0)
      : null,
  };
}

const answers = ["truePositives", "falsePositives", "falseNegatives", "trueNegatives"] as const;

/** A threshold that moves one way changes answers one way, of positives and of negatives alike. */
function distance(a: BinaryCounts, b: BinaryCounts): number {
  return (
    Math.abs(a.truePositives - b.truePositives) + Math.abs(a.falsePositives - b.falsePositives)
  );
}

function sumOf(all: readonly BinaryCounts[]): BinaryCounts {
  const sum = (answer: keyof BinaryCounts) => all.reduce((total, each) => total + each[answer], 0);
  return {
    truePositives: sum("truePositives"),
    falsePositives: sum("falsePositives"),
    falseNegatives: sum("falseNegatives"),
    trueNegatives: sum("trueNegatives"),
  };
}

function spreadOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < 2 ? null : Math.max(...known) - Math.min(...known);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function refuse(wanted: string, got: string): never {
  throw new AssayerError("invalid-argument", `exploreThresholds requires ${wanted}; got ${got}`);
}

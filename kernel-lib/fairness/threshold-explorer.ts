import { AssayerError } from "../errors";
import type { Labels } from "../evaluate/metric";
import { scoreRows, type ScoreOptions } from "../evaluate/score-rows";
import { thresholdCounts, type ThresholdCounts } from "../evaluate/threshold-counts";
import { calibrationBins, type LabelledScores } from "./calibration-bins";
import {
  exploreThresholds,
  type ScoreCounts,
  type ThresholdChoice,
  type ThresholdOutcome,
} from "./explore-thresholds";
import { groupCodes } from "./frame/group-codes";
import type { GroupScores } from "./report";
import { thinScores } from "./thin-scores";

export interface ThresholdExplorerInputs extends ScoreOptions {
  /** n labels of two classes. */
  yTrue: Labels;
  /** n finite scores for the positive class. */
  yScore: ArrayLike<number>;
  /** n names of groups, or values that name one; none is the group `(missing)`. */
  groups: ArrayLike<unknown>;
}

export interface ThinOptions {
  /** Thresholds kept of each group, at most; 200 or more, default 400. */
  places?: number;
  /** Bins of the calibration, default 10. */
  bins?: number;
  /** Of the calibration's intervals, default 0.95. */
  confidence?: number;
}

interface Group {
  group: string;
  rows: LabelledScores;
  scores: ScoreCounts;
}

/**
 * What would be if the thresholds of a classifier were others. Scores are sorted once; a question then takes
 * microseconds, however many rows there are.
 *
 * @throws AssayerError "invalid-argument" for lengths that differ, a third class, scores that are not finite, more than
 *   1,000 groups, or weights that are negative or all 0
 * @example
 * const explorer = new ThresholdExplorer({ yTrue, yScore, groups: sex });
 * explorer.at({ threshold: 0.5, thresholds: { female: 0.4 } }).equalOpportunityDifference;
 */
export class ThresholdExplorer {
  private readonly groups: readonly Group[];
  private readonly all: LabelledScores;

  constructor({ yTrue, yScore, groups, ...options }: ThresholdExplorerInputs) {
    this.all = scoreRows("ThresholdExplorer", yTrue, yScore, options);
    const named = groupCodes("ThresholdExplorer", "groups", { groups }, yTrue.length);
    this.groups = splitRows(this.all, named.codes, named.groups.length).map((rows, i) => ({
      group: named.groups[i]?.name ?? "",
      rows,
      scores: scoreCounts(rows),
    }));
  }

  /** The figures at other thresholds; exact. What `exploreThresholds` throws. */
  at(choice: ThresholdChoice): ThresholdOutcome {
    return exploreThresholds(this.groups, choice);
  }

  /**
   * Counts at a few hundred thresholds of all rows and of each group: what charts and `exploreThresholds` need without
   * the rows. Exact at each threshold it names, and at every hundredth from 0 to 1. The first threshold is the lowest
   * score, below which all rows are selected, the last is the highest, above which none is.
   */
  thin({ places = 400, bins = 10, confidence = 0.95 }: ThinOptions = {}): {
    overall: GroupScores;
    groups: { group: string; scores: GroupScores }[];
  } {
    if (!(Number.isSafeInteger(places) && places >= 200))
      throw new AssayerError("invalid-argument", `thin requires 200 places or more; got ${places}`);
    const range = rangeOf(this.all.scores);
    const thin = (rows: LabelledScores, counts: ScoreCounts): GroupScores => ({
      ...thinScores(counts, places),
      calibration: calibrationBins(rows, range, { bins, confidence }),
    });
    return {
      overall: thin(this.all, scoreCounts(this.all)),
      groups: this.groups.map(({ group, rows, scores }) => ({ group, scores: thin(rows, scores) })),
    };
  }
}

function splitRows(all: LabelledScores, groupOf: Uint32Array, groups: number): LabelledScores[] {
  const sizes = new Uint32Array(groups);
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i] as number;
    sizes[group] = (sizes[group] as number) + 1;
  }
  const parts = Array.from(sizes, (size) => ({
    codes: new Uint8Array(size),
    scores: new Float64Array(size),
    weights: all.weights && new Float64Array(size),
  }));
  sizes.fill(0);
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i] as number;
    const part = parts[group] as LabelledScores;
    const place = sizes[group] as number;
    sizes[group] = place + 1;
    part.codes[place] = all.codes[i] as number;
    part.scores[place] = all.scores[i] as number;
    if (part.weights && all.weights) part.weights[place] = all.weights[i] as number;
  }
  return parts;
}

/** From counts at or above falling scores to counts above rising ones. */
function scoreCounts({ codes, scores, weights }: LabelledScores): ScoreCounts {
  const counts = thresholdCounts(codes, scores, weights);
  const last = counts.thresholds.length - 1;
  const rising = (key: keyof ThresholdCounts): Float64Array => {
    const above = new Float64Array(last + 1);
    for (let i = 0; i < last; i++) above[i] = counts[key][last - i - 1] as number;
    return above;
  };
  return {
    thresholds: counts.thresholds.toReversed(),
    positivesAbove: rising("truePositives"),
    negativesAbove: rising("falsePositives"),
    positives: counts.truePositives[last] ?? 0,
    negatives: counts.falsePositives[last] ?? 0,
  };
}

/** 0 to 1, unless a score is beyond. */
function rangeOf(scores: Float64Array): [number, number] {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const score of scores) {
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  return lowest >= 0 && highest <= 1 ? [0, 1] : [lowest, highest];
}

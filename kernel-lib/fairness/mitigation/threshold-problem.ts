import { AssayerError } from "../../errors";
import type { BinaryCounts, CountMetric } from "../../evaluate/metric";
import { equalOdds, relaxedOdds, type Gains } from "./equalized-odds";
import { gridCurve, mixtureAt, unitGrid } from "./grid-curve";
import {
  countsAt,
  countsOf,
  groupCurves,
  requireClasses,
  type GroupCurve,
  type GroupCurves,
  type ScoredRows,
} from "./group-curves";
import { metricPoints, upperHull } from "./metric-hull";
import type { Mixture } from "./mixture";
import {
  objectiveMetric,
  parityMetrics,
  type ParityConstraint,
  type ParityObjective,
} from "./parity";
import { pureThresholds } from "./pure-thresholds";
import { relaxedParity } from "./relaxed-parity";
import { outcomeOf, sumCounts, type RuleOutcome } from "./rule-outcome";

/** A finer grid tells nothing more, and takes long. */
const mostGridPoints = 1e6;

/** What is to be equal, what is to be high, and how finely it is searched. */
export interface ThresholdGoal {
  /** Default `demographicParity`. */
  constraint?: ParityConstraint;
  /** Default `accuracy`. With `equalizedOdds`, `accuracy` or `balancedAccuracy`. */
  objective?: ParityObjective;
  /** Steps from 0 to 1 of the rate that is to be equal, default 1000. */
  gridSize?: number;
  /** Whether a rule may say yes to the lower scores; default false. */
  flip?: boolean;
  /** False for one threshold a group and no draw. Default true. */
  randomize?: boolean;
}

/** Thresholds of groups, before any is chosen. */
export interface ThresholdProblem extends Required<ThresholdGoal> {
  curves: GroupCurves;
  parity: CountMetric[];
  metric: CountMetric;
}

/** How well chosen thresholds do. */
export interface ThresholdScore {
  objective: number;
  difference: number;
  /** The rates that are to be equal, by name, one for each group. */
  values: Record<string, number>[];
  outcome: RuleOutcome;
}

/** @throws AssayerError "invalid-argument", also for a group without a class that the constraint or objective needs */
export function thresholdProblem(
  caller: string,
  rows: ScoredRows,
  {
    constraint = "demographicParity",
    objective = "accuracy",
    gridSize = 1000,
    flip = false,
    randomize = true,
  }: ThresholdGoal,
): ThresholdProblem {
  const parity = parityMetrics(constraint);
  const metric = objectiveMetric(constraint, objective);
  if (gridSize > mostGridPoints)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a gridSize of at most ${mostGridPoints}; got ${gridSize}`,
    );
  if (!Number.isInteger(gridSize) || gridSize < 1)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires a gridSize of 1 or more, a whole number; got ${gridSize}`,
    );
  const curves = groupCurves(caller, rows);
  const own = constraint === "equalizedOdds" ? parity : [...parity, metric];
  requireClasses(caller, curves.groups, own);
  requireClasses(caller, [curves.pooled], [metric]);
  return { constraint, objective, gridSize, flip, randomize, curves, parity, metric };
}

/** Thresholds that keep the groups within the tolerance, or equal, with the highest objective. */
export function solveThresholds(
  problem: ThresholdProblem,
  tolerance: number | undefined,
): Mixture[] {
  const drawn = () => drawnThresholds(problem, tolerance);
  if (problem.randomize) return drawn();
  const { curves, parity, flip } = problem;
  const targets = tolerance === undefined ? scoreThresholds(problem, drawn()).values : [];
  return pureThresholds(
    curves.groups,
    parity,
    (g, threshold, flipped) => gain(problem, curves.groups[g] as GroupCurve, threshold, flipped),
    curves.groups.map((_, g) => parity.map(({ name }) => targets[g]?.[name] ?? 0)),
    { tolerance, flip },
  );
}

function drawnThresholds(problem: ThresholdProblem, tolerance = 0): Mixture[] {
  const { curves, parity, metric, gridSize, flip } = problem;
  const { groups, pooled } = curves;
  if (problem.constraint === "equalizedOdds") {
    const relaxed = tolerance > 0 ? relaxedOdds(groups, gainsOf(problem), tolerance, flip) : null;
    return (
      relaxed ??
      equalOdds(
        groups,
        (x, y) => metric.compute(countsOf(pooled, pooled.positives * y, pooled.negatives * x)),
        gridSize,
        flip,
      )
    );
  }
  const grid = unitGrid(gridSize);
  const [equal] = parity as [CountMetric];
  const found = groups.map((curve) =>
    gridCurve(upperHull(metricPoints(curve, equal, metric, flip)), grid),
  );
  const heights = found.map(({ y }, g) => {
    const share = shareOf(problem, groups[g] as GroupCurve);
    return y.map((height) => height * share);
  });
  const places =
    tolerance > 0 ? relaxedParity(grid, heights, tolerance) : found.map(() => highest(heights));
  return found.map((curve, g) => mixtureAt(curve, places[g] as number));
}

/** The first place with the highest sum. */
function highest(heights: readonly Float64Array[]): number {
  const sums = (heights[0] as Float64Array).map((_, i) =>
    heights.reduce((sum, own) => sum + (own[i] as number), 0),
  );
  return sums.reduce((best, sum, i) => (sum > (sums[best] as number) ? i : best), 0);
}

/** The thresholds that are best for each group when nothing has to be equal. */
export function freeThresholds(problem: ThresholdProblem): Mixture[] {
  return problem.curves.groups.map((curve) => bestThreshold(problem, curve));
}

/** One threshold for everybody, as if there were no groups. */
export function pooledThreshold(problem: ThresholdProblem): Mixture {
  return bestThreshold(problem, problem.curves.pooled);
}

function bestThreshold(problem: ThresholdProblem, curve: GroupCurve): Mixture {
  let best = { weight: 1, threshold: 0, flip: false };
  let most = -Infinity;
  for (const flip of problem.flip ? [false, true] : [false])
    for (let threshold = 0; threshold < curve.thresholds.length; threshold++) {
      const own = gain(problem, curve, threshold, flip);
      if (own > most) {
        most = own;
        best = { weight: 1, threshold, flip };
      }
    }
  return [best];
}

/** What a group's threshold adds to the objective, but for a constant. */
function gain(
  problem: ThresholdProblem,
  curve: GroupCurve,
  threshold: number,
  flip: boolean,
): number {
  const counts = countsAt(curve, threshold, flip);
  if (problem.constraint !== "equalizedOdds")
    return shareOf(problem, curve) * problem.metric.compute(counts);
  const { truePositive, falsePositive } = gainsOf(problem);
  return counts.truePositives * truePositive + counts.falsePositives * falsePositive;
}

function gainsOf({ objective, curves: { pooled } }: ThresholdProblem): Gains {
  const { positives, negatives } = pooled;
  return objective === "accuracy"
    ? { truePositive: 1 / (positives + negatives), falsePositive: -1 / (positives + negatives) }
    : { truePositive: 1 / (2 * positives), falsePositive: -1 / (2 * negatives) };
}

function shareOf({ curves: { pooled } }: ThresholdProblem, curve: GroupCurve): number {
  return (curve.positives + curve.negatives) / (pooled.positives + pooled.negatives);
}

/** Exact: the curves hold every row. */
export function scoreThresholds(
  problem: ThresholdProblem,
  mixtures: readonly Mixture[],
): ThresholdScore {
  const { curves, parity, metric, constraint } = problem;
  const parts = curves.groups.map((curve, g) => ({
    curve,
    counts: mixtureCounts(curve, mixtures[g] as Mixture),
  }));
  const values = parts.map(({ counts }) =>
    Object.fromEntries(parity.map(({ name, compute }) => [name, compute(counts)])),
  );
  const objective =
    constraint === "equalizedOdds"
      ? metric.compute(sumCounts(parts.map(({ counts }) => counts)))
      : parts.reduce(
          (sum, { curve, counts }) => sum + shareOf(problem, curve) * metric.compute(counts),
          0,
        );
  const difference = Math.max(
    ...parity.map(({ name }) => {
      const rates = values.map((own) => own[name] as number);
      return Math.max(...rates) - Math.min(...rates);
    }),
  );
  return { objective, difference, values, outcome: outcomeOf(parts) };
}

function mixtureCounts(curve: GroupCurve, mixture: Mixture): BinaryCounts {
  let truePositives = 0;
  let falsePositives = 0;
  for (const { weight, threshold, flip } of mixture) {
    const counts = countsAt(curve, threshold, flip);
    truePositives += weight * counts.truePositives;
    falsePositives += weight * counts.falsePositives;
  }
  return countsOf(curve, truePositives, falsePositives);
}

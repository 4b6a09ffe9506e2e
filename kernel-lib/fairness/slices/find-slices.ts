import { AssayerError } from "../../errors";
import { normalQuantile } from "../../stats/normal-quantile";
import { wilsonInterval } from "../../stats/wilson-interval";
import type { Figure } from "../figure";
import type { FairnessSlice } from "../report";
import { conditionWords } from "./condition-words";
import { featureBins, featureValues, type FeatureBins } from "./feature-bins";
import { LossCube } from "./loss-cube";
import {
  meanOf,
  readLosses,
  varianceOf,
  without,
  worseTail,
  type Losses,
  type LossSums,
} from "./loss-sums";
import { addRows, emptyRowSet, rowsOf, sumsOf, type RowSet } from "./row-set";
import { anyRow, searchCube, type Candidate } from "./search-cube";

export interface FindSlicesOptions {
  /** Most conditions of a slice, 1 to 3; default 3. */
  maxConditions?: number;
  /** Fewest rows of a slice; default 30. */
  minRows?: number;
  /** Most slices to list; default 20. */
  maxSlices?: number;
  /** Chance to list any slice where there is none; default 0.05. */
  alpha?: number;
  /** Most ranges of a number, 2 to 16; default 8. */
  bins?: number;
  /** Most categories of a feature, the largest, 1 to 50; default 10. */
  categories?: number;
  /** Of the intervals of the mean loss; default 0.95. */
  confidence?: number;
  /** Asked between sets of features: true ends the search with what was found so far. */
  shouldStop?: () => boolean;
}

/** Three features together are looked at among so many: those that told most alone and in pairs. */
const mostFeaturesOfThree = 20;
/** The z of few ones may be below what their exact test deserves. */
const binarySlack = 0.85;

/**
 * The slices of up to three conditions where a model is significantly worse than on all other rows. Every slice of the
 * binned features is looked at; the p-value of each is corrected for all that could be asked (Bonferroni, with an equal
 * part of `alpha` for each number of conditions), so that the chance to list any where there is none is at most `alpha`,
 * however the list is cut. A slice is listed when it is clearly worse than each slice that asks for one thing less, and
 * not explained by slices that rank above it: by effect times the root of the rows.
 *
 * @param data.features columns of n values; numbers with more than two values are cut into ranges, all else is categories
 * @param data.loss n finite numbers, such as 1 for a wrong answer and 0 for a right one, or absolute errors
 * @returns p-values by Fisher's exact test where losses are 0 and 1, else by Welch's t-test, one-sided
 * @throws AssayerError "invalid-argument" for columns of another length, a loss that is not finite, options out of range
 * @see Chung, Kraska, Polyzotis, Tae and Whang 2019, "Slice Finder: automated data slicing for model validation"
 */
export function findSlices(
  { features, loss }: { features: Record<string, ArrayLike<unknown>>; loss: ArrayLike<number> },
  options: FindSlicesOptions = {},
): FairnessSlice[] {
  const { minRows = 30, maxSlices = 20, alpha = 0.05, confidence = 0.95 } = options;
  const { maxConditions = 3, bins = 8, categories = 10 } = options;
  requireWhole("maxConditions", maxConditions, 1, 3);
  requireWhole("minRows", minRows, 2, Infinity);
  requireWhole("maxSlices", maxSlices, 0, Infinity);
  requireWhole("bins", bins, 2, 16);
  requireWhole("categories", categories, 1, 50);
  requireShare("alpha", alpha);
  requireShare("confidence", confidence);
  const losses = readLosses("findSlices", loss);
  const binned = Object.entries(features)
    .map(([name, column]) => featureValues("findSlices", name, column, losses.values.length))
    .map((feature) => featureBins(feature, { bins, categories, minRows }))
    .filter(({ literals }) => literals.length > 0);
  const levels = Math.min(maxConditions, binned.length);
  const tests = testsOf(binned, levels).map((count) => count * levels);
  const candidates = search(losses, binned, tests, { ...options, minRows, alpha });
  return chosen(losses, candidates, { tests, alpha, minRows, maxSlices }).map((candidate) =>
    sliceOf(losses, candidate, tests, confidence),
  );
}

/** How many slices of 1, 2 and 3 conditions could be asked for. */
function testsOf(features: readonly FeatureBins[], levels: number): number[] {
  const counts = new Array<number>(levels + 1).fill(0);
  counts[0] = 1;
  for (const { literals } of features)
    for (let level = levels; level > 0; level--)
      counts[level] = (counts[level] ?? 0) + (counts[level - 1] ?? 0) * literals.length;
  return counts;
}

function search(
  losses: Losses,
  features: readonly FeatureBins[],
  tests: readonly number[],
  { minRows, alpha, shouldStop }: { minRows: number; alpha: number; shouldStop?: () => boolean },
): Candidate[] {
  const any = anyRow(losses.values.length);
  const leastOfParent = normalQuantile(
    1 - alpha / Math.max(1, (tests[1] ?? 1) / (tests.length - 1)),
  );
  const farthest = new Map<FeatureBins, number>();
  const found: Candidate[] = [];
  const among = (chosen: readonly FeatureBins[], size: number): void => {
    const slack = losses.binary ? binarySlack : 1;
    const least = normalQuantile(1 - alpha / (tests[size] ?? 1)) * slack;
    for (const set of subsets(chosen, size)) {
      if (shouldStop?.() === true) return;
      const three = [set[0] ?? any, set[1] ?? any, set[2] ?? any] as const;
      const cube = new LossCube(losses, ...three);
      const result = searchCube(cube, three, losses, { minRows, least, leastOfParent });
      found.push(...result.candidates);
      for (const feature of set)
        farthest.set(feature, Math.max(farthest.get(feature) ?? 0, result.farthest));
    }
  };
  const levels = tests.length - 1;
  if (levels >= 1) among(features, 1);
  if (levels >= 2) among(features, 2);
  if (levels >= 3) {
    const most = Array.from(features)
      .sort((a, b) => (farthest.get(b) ?? 0) - (farthest.get(a) ?? 0))
      .slice(0, mostFeaturesOfThree);
    among(
      features.filter((feature) => most.includes(feature)),
      3,
    );
  }
  return found.sort((a, b) => b.score - a.score);
}

function* subsets<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i < items.length; i++)
      for (const rest of subsets(items, size - 1, i + 1)) yield [items[i] as T, ...rest];
}

/** The candidates that are significant by their exact test, and that no better ones explain. */
function chosen(
  losses: Losses,
  candidates: readonly Candidate[],
  limits: { tests: readonly number[]; alpha: number; minRows: number; maxSlices: number },
): Candidate[] {
  const rows = losses.values.length;
  const listed: { candidate: Candidate; set: RowSet }[] = [];
  const told = emptyRowSet(rows);
  for (const candidate of candidates) {
    if (listed.length >= limits.maxSlices) break;
    const tests = limits.tests[candidate.literals.length] ?? 1;
    const isWorse = (a: LossSums, b: LossSums) =>
      a.rows >= limits.minRows && worseTail(a, b, losses.binary) * tests < limits.alpha;
    if (!isWorse(candidate.sums, without(losses.all, candidate.sums))) continue;
    const set = rowsOf(candidate, rows);
    const isNews = () => {
      const untold = sumsOf(losses, set, told, false);
      const elsewhere = without(without(losses.all, untold), sumsOf(losses, told, told, true));
      return isWorse(untold, elsewhere);
    };
    const isWorseStill = () =>
      listed.every(({ set: other }) =>
        isWorse(sumsOf(losses, other, set, true), sumsOf(losses, other, set, false)),
      );
    if (listed.length > 0 && !isNews() && !isWorseStill()) continue;
    listed.push({ candidate, set });
    addRows(told, set);
  }
  return listed.map(({ candidate }) => candidate);
}

function sliceOf(
  losses: Losses,
  { literals, sums, effectSize }: Candidate,
  tests: readonly number[],
  confidence: number,
): FairnessSlice {
  const conditions = literals.map(({ literal }) => literal.condition);
  const others = without(losses.all, sums);
  const pValue = worseTail(sums, others, losses.binary);
  return {
    conditions,
    name: conditions.map(conditionWords).join(" and "),
    rows: sums.rows,
    loss: lossFigure(losses, sums, confidence),
    otherLoss: meanOf(others) + losses.shift,
    effectSize,
    pValue,
    adjustedPValue: Math.min(1, pValue * (tests[literals.length] ?? 1)),
  };
}

function lossFigure(losses: Losses, sums: LossSums, confidence: number): Figure {
  const z = normalQuantile((1 + confidence) / 2);
  const value = meanOf(sums) + losses.shift;
  const half = z * Math.sqrt(varianceOf(sums) / sums.rows);
  const [low, high] = losses.binary
    ? wilsonInterval(value, sums.rows, z)
    : [value - half, value + half];
  return {
    value,
    low,
    high,
    denominator: sums.rows,
    interval: losses.binary ? "wilson" : "normal",
  };
}

function requireWhole(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const range = high === Infinity ? `of ${low} or more` : `from ${low} to ${high}`;
  throw new AssayerError(
    "invalid-argument",
    `findSlices requires a whole ${name} ${range}; got ${value}`,
  );
}

function requireShare(name: string, value: number): void {
  if (!(value > 0 && value < 1))
    throw new AssayerError(
      "invalid-argument",
      `findSlices requires ${name} between 0 and 1; got ${value}`,
    );
}

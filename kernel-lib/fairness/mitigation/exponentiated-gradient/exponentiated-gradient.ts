import { AssayerError } from "../../../errors";
import { finiteNumbers, requirePairs } from "../../../evaluate/check";
import { requestNumber } from "../../request-number";
import { BestResponses, type Predictor, type Trainer } from "./best-responses";
import { momentsOf, type Moments, type ReductionBounds, type ReductionConstraint } from "./moments";

/** Rows are yours: a list of whatever your trainer reads. */
export interface ReductionOptions<Row> extends ReductionBounds {
  rows: readonly Row[];
  /** n labels, 0 and 1; numbers for `boundedGroupLoss`. */
  yTrue: ArrayLike<number>;
  sensitiveFeatures: Readonly<Record<string, ArrayLike<unknown>>>;
  /** Trains a model on labels and weights of the rows. Called some dozens of times. */
  fit: Trainer<Row>;
  /** Default `demographicParity`. */
  constraint?: ReductionConstraint;
}

export interface ExponentiatedGradientOptions<Row> extends ReductionOptions<Row> {
  /** How hard the constraint is kept: multipliers sum to at most 1 / eps; default 0.01. */
  eps?: number;
  /** Default 50. */
  maxIterations?: number;
  /** Stops when neither side can gain more; by default half the standard error of the first model's errors. */
  nu?: number;
  /** First step's length; default 2. */
  eta0?: number;
  /** Whether each step also solves for the best draw between the models so far; default true. */
  runLinprog?: boolean;
}

/** One of several models answers, drawn by its weight. */
export class RandomizedClassifier<Row> {
  constructor(
    readonly predictors: readonly Predictor<Row>[],
    /** They sum to 1. */
    readonly weights: readonly number[],
  ) {}

  /** The mean answer of each row: for labels 0 and 1 the probability of a yes. */
  async probabilities(rows: readonly Row[]): Promise<Float64Array> {
    const result = new Float64Array(rows.length);
    for (const [i, predict] of this.predictors.entries()) {
      const weight = this.weights[i] as number;
      const answers = await predict(rows);
      for (let row = 0; row < result.length; row++)
        result[row] = (result[row] as number) + weight * (answers[row] as number);
    }
    return result;
  }

  /**
   * The answer of the model that each row draws by a keyed hash of its request's id: the same id gets the same answer.
   *
   * @param key text that keys the draws
   */
  async answers(
    rows: readonly Row[],
    requestId: ArrayLike<string>,
    key = "assayer",
  ): Promise<Float64Array> {
    if (requestId.length !== rows.length)
      throw new AssayerError(
        "invalid-argument",
        `answers requires a requestId for each row; got ${requestId.length} of ${rows.length} rows`,
      );
    const all: ArrayLike<number>[] = [];
    for (const predict of this.predictors) all.push(await predict(rows));
    return Float64Array.from(rows, (_, row) => {
      let rest = requestNumber(key, requestId[row] as string);
      let drawn = 0;
      while (drawn < all.length - 1 && rest >= (this.weights[drawn] as number))
        rest -= this.weights[drawn++] as number;
      return (all[drawn] as ArrayLike<number>)[row] as number;
    });
  }
}

export interface ExponentiatedGradient<Row> {
  classifier: RandomizedClassifier<Row>;
  /** Expected error on the rows: share of wrong answers, or their cost, or the mean loss. */
  error: number;
  /** Expected violation of each part of the constraint, by name; those above the bound break it. */
  violations: Record<string, number>;
  /** How far the error is from the best one at most, and the violation from the bound, twice. */
  gap: number;
  iterations: number;
}

const fewestIterations = 5;
const precision = 1e-8;

/**
 * A draw between models that together keep a constraint, trained by any learner that heeds weights: the reductions
 * approach. Two players take turns: multipliers rise where a group's rate is off, and a model is trained against them.
 *
 * @throws AssayerError "invalid-argument" for bad rows or options, or a trainer that answers with other things
 * @see Agarwal, Beygelzimer, Dudík, Langford, Wallach 2018, https://arxiv.org/abs/1803.02453, algorithm 1
 * @see Fairlearn 0.15, `ExponentiatedGradient`, whose steps these are
 */
export async function exponentiatedGradient<Row>(
  options: ExponentiatedGradientOptions<Row>,
): Promise<ExponentiatedGradient<Row>> {
  const caller = "exponentiatedGradient";
  const { eps = 0.01, maxIterations = 50, eta0 = 2, runLinprog = true } = options;
  if (!(eps > 0 && eta0 > 0 && Number.isInteger(maxIterations) && maxIterations >= 1))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires eps and eta0 above 0 and maxIterations of 1 or more; got ${eps}, ${eta0} and ${maxIterations}`,
    );
  const { yTrue, moments } = reduction(caller, options);
  const limit = 1 / eps;
  const players = new BestResponses(caller, options.rows, yTrue, moments, options.fit, limit);
  const parts = moments.names.length;
  const theta = new Float64Array(parts);
  const sum = new Float64Array(parts);
  const chosen: number[] = [];
  const points: { weights: number[]; gap: number }[] = [];
  let eta = eta0 / limit;
  let nu = options.nu;
  let lowest = Infinity;
  let checkedAt = 5;
  let checkedGap = Infinity;
  for (let t = 0; t < maxIterations; t++) {
    const multipliers = multipliersOf(theta, limit);
    for (const [k, multiplier] of multipliers.entries()) sum[k] = (sum[k] as number) + multiplier;
    const at = await players.best(multipliers);
    chosen[at] = (chosen[at] ?? 0) + 1;
    const { predict, violations } = players.found[at] as (typeof players.found)[number];
    nu ??= 0.5 * standardError(await predict(options.rows), yTrue);
    const weights = players.found.map((_, i) => (chosen[i] ?? 0) / (t + 1));
    const mean = sum.map((total) => total / (t + 1));
    const gap = await players.gap(weights, mean, nu);
    lowest = Math.min(lowest, gap);
    const solved = t > 0 && runLinprog ? await players.saddlePoint(nu) : { weights, gap: Infinity };
    points.push(gap < solved.gap ? { weights, gap } : solved);
    if (Math.min(gap, solved.gap) < nu && t >= fewestIterations) break;
    if (t >= checkedAt * 1.6) {
      if (lowest > checkedGap * 0.8) eta *= 0.8;
      checkedAt = t;
      checkedGap = lowest;
    }
    for (const [k, violation] of violations.entries())
      theta[k] = (theta[k] as number) + eta * (violation - moments.bound);
  }
  const least = Math.min(...points.map(({ gap }) => gap));
  const best = points.findLast(({ gap }) => gap <= least + precision) as (typeof points)[number];
  const drawn = players.drawn(best.weights);
  const used = [...best.weights.entries()].filter(([, weight]) => weight > 0);
  return {
    classifier: new RandomizedClassifier(
      used.map(([i]) => (players.found[i] as (typeof players.found)[number]).predict),
      used.map(([, weight]) => weight),
    ),
    error: drawn.error,
    violations: Object.fromEntries(
      moments.names.map((name, k) => [name, drawn.violations[k] as number]),
    ),
    gap: best.gap,
    iterations: points.length,
  };
}

/** Checked labels, and the constraint on them. */
export function reduction<Row>(
  caller: string,
  options: ReductionOptions<Row>,
): { yTrue: Float64Array; moments: Moments } {
  requirePairs(caller, options.rows, options.yTrue);
  const yTrue = finiteNumbers(caller, "yTrue", options.yTrue);
  const constraint = options.constraint ?? "demographicParity";
  return {
    yTrue,
    moments: momentsOf(caller, constraint, yTrue, options.sensitiveFeatures, options),
  };
}

function multipliersOf(theta: Float64Array, limit: number): Float64Array {
  // Divided by the largest power, which would be infinite after many steps.
  const top = Math.max(0, ...theta);
  const powers = theta.map((each) => Math.exp(each - top));
  const total = powers.reduce((sum, power) => sum + power, Math.exp(-top));
  return powers.map((power) => (limit * power) / total);
}

/** Of the absolute errors' mean. */
function standardError(answers: ArrayLike<number>, yTrue: Float64Array): number {
  const n = yTrue.length;
  const errors = yTrue.map((label, i) => Math.abs((answers[i] as number) - label));
  const mean = errors.reduce((sum, each) => sum + each, 0) / n;
  const squares = errors.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n);
}

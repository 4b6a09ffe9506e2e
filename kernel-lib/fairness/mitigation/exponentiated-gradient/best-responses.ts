import { AssayerError } from "../../../errors";
import { linearProgram } from "../linear-program";
import type { Moments } from "./moments";

/** A trained model's answers: 0 or 1 for each row, or numbers for `boundedGroupLoss`. */
export type Predictor<Row> = (
  rows: readonly Row[],
) => ArrayLike<number> | Promise<ArrayLike<number>>;

/** Trains a model on labels that may differ from the real ones, with a weight for each row. */
export type Trainer<Row> = (
  rows: readonly Row[],
  labels: Float64Array,
  weights: Float64Array,
) => Predictor<Row> | Promise<Predictor<Row>>;

/** Models that were best for some multipliers, with their errors and violations. */
export interface Response<Row> {
  predict: Predictor<Row>;
  error: number;
  violations: Float64Array;
}

/** A draw between models, and how far it is from the best there is: between its best and worst case. */
export interface SaddlePoint {
  /** One weight for each response there was; they sum to 1. */
  weights: number[];
  gap: number;
}

const precision = 1e-8;

/** The two players of Agarwal et al. 2018: models on one side, multipliers of the constraint's parts on the other. */
export class BestResponses<Row> {
  readonly found: Response<Row>[] = [];
  #solved: { count: number; point: SaddlePoint } | undefined;

  constructor(
    private readonly caller: string,
    private readonly rows: readonly Row[],
    private readonly yTrue: Float64Array,
    private readonly moments: Moments,
    private readonly train: Trainer<Row>,
    /** The largest sum of multipliers. */
    private readonly limit: number,
  ) {}

  /** The position of the model that is best under these multipliers: a new one unless an old one is as good. */
  async best(multipliers: Float64Array): Promise<number> {
    const response = await this.respond(multipliers);
    const valueOf = ({ error, violations }: Response<Row>) => error + dot(violations, multipliers);
    let best = -1;
    let value = Infinity;
    for (const [i, each] of this.found.entries()) {
      const own = valueOf(each);
      if (own < value) [best, value] = [i, own];
    }
    if (!(valueOf(response) < value - precision)) return best;
    this.found.push(response);
    return this.found.length - 1;
  }

  /** The model that is trained under these multipliers. */
  async respond(multipliers: Float64Array): Promise<Response<Row>> {
    const { moments, yTrue } = this;
    const signed = moments.signedWeights(multipliers);
    const labels = moments.classification ? signed.map((weight) => Number(weight > 0)) : yTrue;
    const size = signed.reduce((sum, weight) => sum + Math.abs(weight), 0);
    const weights = signed.map((weight) => (Math.abs(weight) * yTrue.length) / size);
    const first = labels[0] as number;
    const isConstant = moments.classification && labels.every((label) => label === first);
    const predict: Predictor<Row> = isConstant
      ? (rows) => new Float64Array(rows.length).fill(first)
      : await this.train(this.rows, labels, weights);
    const answers = await predict(this.rows);
    this.#require(answers);
    return {
      predict,
      error: moments.error(answers),
      violations: moments.violations(answers),
    };
  }

  #require(answers: ArrayLike<number>): void {
    if (answers.length !== this.yTrue.length)
      throw new AssayerError(
        "invalid-argument",
        `${this.caller} requires a predictor that gives one answer a row; got ${answers.length} of ${this.yTrue.length} rows`,
      );
    for (let i = 0; i < answers.length; i++) {
      const answer = answers[i] as number;
      if (this.moments.classification ? answer !== 0 && answer !== 1 : !Number.isFinite(answer))
        throw new AssayerError(
          "invalid-argument",
          `${this.caller} requires a predictor that answers ${this.moments.classification ? "0 or 1" : "finite numbers"}; got ${answer} at position ${i}`,
        );
    }
  }

  /** How much either player could still gain. */
  async gap(
    weights: readonly number[],
    multipliers: Float64Array,
    enough: number,
  ): Promise<number> {
    const { moments } = this;
    const drawn = this.drawn(weights);
    const projected = moments.project(multipliers);
    const lagrangian = (error: number, violations: Float64Array) => {
      let sum = error;
      for (const [i, violation] of violations.entries())
        sum += (projected[i] as number) * (violation - moments.bound);
      return sum;
    };
    const own = lagrangian(drawn.error, drawn.violations);
    const worst = Math.max(...drawn.violations) - moments.bound;
    const high = drawn.error + (worst > 0 ? this.limit * worst : 0);
    let low = own;
    for (const times of [1, 2, 5, 10]) {
      const at = await this.best(multipliers.map((multiplier) => times * multiplier));
      const { error, violations } = this.found[at] as Response<Row>;
      low = Math.min(low, lagrangian(error, violations));
      if (Math.max(own - low, high - own) > enough + precision) break;
    }
    return Math.max(own - low, high - own);
  }

  /** Error and violations of a draw. */
  drawn(weights: readonly number[]): { error: number; violations: Float64Array } {
    const violations = new Float64Array(this.moments.names.length);
    let error = 0;
    for (const [i, weight] of weights.entries()) {
      const each = this.found[i] as Response<Row>;
      error += weight * each.error;
      for (const [k, violation] of each.violations.entries())
        violations[k] = (violations[k] as number) + weight * violation;
    }
    return { error, violations };
  }

  /** The best draw between the models found so far: a linear program. */
  async saddlePoint(enough: number): Promise<SaddlePoint> {
    const { found, moments, limit } = this;
    const count = found.length;
    if (this.#solved?.count === count) return this.#solved.point;
    const solution = linearProgram({
      cost: [...found.map(({ error }) => error), limit],
      rows: [
        ...moments.names.map((_, k) => ({
          factors: [
            ...found.map(({ violations }) => (violations[k] as number) - moments.bound),
            -1,
          ],
          limit: 0,
        })),
        { factors: [...found.map(() => 1), 0], limit: 1, equal: true },
      ],
    });
    if (solution === null) return { weights: [], gap: Infinity };
    const weights = [...solution.x.subarray(0, count)];
    const multipliers = solution.multipliers.slice(0, moments.names.length);
    const point = { weights, gap: await this.gap(weights, multipliers, enough) };
    this.#solved = { count, point };
    return point;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

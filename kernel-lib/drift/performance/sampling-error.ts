import { fallingAveragePrecision } from "../../evaluate/average-precision";
import { takeRows } from "./take-rows";
import { argsort } from "../../stats/argsort";
import type { MersenneTwister } from "../../stats/mersenne-twister";
import type { Outcomes } from "./confusion";

/** Variance of a metric's value for one row, and the share of rows that it is about; both of the reference. */
export interface RowVariance {
  variance: number;
  share: number;
}

/** Standard error of a metric of so many rows. */
export type SamplingError = (rows: number) => number;

/**
 * Standard error of the mean over classes of what each class's rows tell, as NannyML 0.13.1 has it.
 *
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/estimation_of_standard_error.html
 */
export function errorOfMean(classes: readonly RowVariance[], factor = 1): SamplingError {
  return (rows) =>
    (Math.sqrt(classes.reduce((sum, { variance, share }) => sum + variance / (rows * share), 0)) /
      classes.length) *
    factor;
}

/** Of rows that are right or wrong: `right` of `relevant`, in a table of `rows`. */
export function shareVariance(right: number, relevant: number, rows: number): RowVariance {
  const share = right / relevant;
  return { variance: share * (1 - share), share: relevant / rows };
}

/**
 * Of F1: true positives among all rows that are not true negatives. For a binary classifier each counts by what F1's
 * denominator makes of it; for several classes NannyML leaves that factor out.
 */
export function f1Variance({ tp, fp, fn }: Outcomes, rows: number, binary: boolean): RowVariance {
  const relevant = tp + fp + fn;
  const { variance, share } = shareVariance(tp, relevant, rows);
  const factor = binary ? relevant / (tp + (fp + fn) / 2) : 1;
  return { variance: variance * factor ** 2, share };
}

/**
 * Of ROC AUC: for each positive, the share of negatives that it outranks. NannyML takes the smaller class as the
 * positive one, and leaves a positive out that has the lowest score of all; so does this.
 */
export function rocAucVariance(yTrue: Float64Array, yScore: Float64Array): RowVariance {
  const n = yTrue.length;
  let ones = 0;
  for (const label of yTrue) ones += label;
  const flipped = ones / n > 0.5;
  const order = argsort(flipped ? yScore.map((score) => 1 - score) : yScore);
  const positive = flipped ? 0 : 1;
  const positives = flipped ? n - ones : ones;
  const outranked: number[] = [];
  for (let rank = 1; rank < n; rank++)
    if (yTrue[Number(order[rank])] === positive)
      outranked.push((rank - outranked.length) / (n - positives));
  return { variance: variance(outranked), share: positives / n };
}

/**
 * Of average precision: its variance over 50 samples with replacement, each of half the rows (50,000 at most).
 * NannyML draws them with NumPy's global state, so that its answer is another one each time; `random` begun with a seed
 * gives what NannyML gives after `numpy.random.seed(seed)`.
 */
export function averagePrecisionVariance(
  yTrue: Float64Array,
  yScore: Float64Array,
  random: MersenneTwister,
): { variance: number; rows: number } {
  const n = yTrue.length;
  const rows = Math.min(Math.floor(n / 2), 50_000);
  // By falling score, so that each sample is one walk; a row's place is where its draws are counted.
  const order = argsort(yScore).reverse();
  const scores = takeRows(yScore, order);
  const labels = takeRows(yTrue, order);
  const place = new Uint32Array(n);
  for (let i = 0; i < n; i++) place[order[i] as number] = i;
  const values: number[] = [];
  const drawn = new Uint32Array(n);
  for (let sample = 0; sample < 50; sample++) {
    drawn.fill(0);
    for (let i = 0; i < rows; i++) {
      const at = place[random.integer(n - 1)] as number;
      drawn[at] = (drawn[at] as number) + 1;
    }
    values.push(fallingAveragePrecision(labels, scores, drawn));
  }
  return { variance: variance(values), rows };
}

/** Of the population. */
function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

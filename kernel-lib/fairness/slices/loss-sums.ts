import { AssayerError } from "../../errors";
import { normalTail } from "../../stats/gamma-tail";
import { logHypergeometric } from "../../stats/hypergeometric";
import { studentTails } from "../../stats/beta-share";

/** What tests need of the losses of some rows: how many, their sum, and the sum of their squares. */
export interface LossSums {
  rows: number;
  sum: number;
  squares: number;
}

/** Losses, shifted so that their mean is 0, which keeps the digits of their squares; those of 0 and 1 are kept. */
export interface Losses {
  values: Float64Array;
  /** All are 0 or 1. */
  binary: boolean;
  /** What was taken off each. */
  shift: number;
  all: LossSums;
}

/** @throws AssayerError "invalid-argument" for a loss that is no finite number */
export function readLosses(caller: string, loss: ArrayLike<number>): Losses {
  const values = Float64Array.from(loss);
  let binary = true;
  let sum = 0;
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value))
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires finite losses; got ${value} at row ${i}`,
      );
    if (value !== 0 && value !== 1) binary = false;
    sum += value;
  }
  const shift = binary || values.length === 0 ? 0 : sum / values.length;
  const all = { rows: values.length, sum: 0, squares: 0 };
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] ?? 0) - shift;
    values[i] = value;
    all.sum += value;
    all.squares += value * value;
  }
  return { values, binary, shift, all };
}

export function meanOf({ rows, sum }: LossSums): number {
  return sum / rows;
}

/** With n − 1. */
export function varianceOf({ rows, sum, squares }: LossSums): number {
  return rows < 2 ? 0 : Math.max(0, squares - (sum * sum) / rows) / (rows - 1);
}

export function without(all: LossSums, part: LossSums): LossSums {
  return {
    rows: all.rows - part.rows,
    sum: all.sum - part.sum,
    squares: all.squares - part.squares,
  };
}

/** Welch's t of the difference of two means, above 0 where the first is the larger. */
export function welchT(a: LossSums, b: LossSums): number {
  const error = varianceOf(a) / a.rows + varianceOf(b) / b.rows;
  return (meanOf(a) - meanOf(b)) / Math.sqrt(error);
}

/**
 * Standard errors between two means, fast and near enough to choose by: Welch's t, or the pooled z of losses of 0 and 1.
 */
export function apartBy(a: LossSums, b: LossSums, binary: boolean): number {
  if (!binary) return welchT(a, b);
  const share = (a.sum + b.sum) / (a.rows + b.rows);
  return (meanOf(a) - meanOf(b)) / Math.sqrt(share * (1 - share) * (1 / a.rows + 1 / b.rows));
}

/**
 * The chance of losses this much higher in the first rows than in the second if there were no difference: Fisher's
 * exact test of losses of 0 and 1, else Welch's t-test, each one-sided.
 */
export function worseTail(a: LossSums, b: LossSums, binary: boolean): number {
  if (a.rows === 0 || b.rows === 0) return 1;
  if (binary) return fisherTail(a, b);
  if (a.rows < 2 || b.rows < 2) return 1;
  const t = welchT(a, b);
  if (Number.isNaN(t)) return 1;
  const [ofA, ofB] = [varianceOf(a) / a.rows, varianceOf(b) / b.rows];
  const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.rows - 1) + ofB ** 2 / (b.rows - 1));
  if (!Number.isFinite(freedom)) return normalTail(t);
  const tails = studentTails(t, freedom) / 2;
  return t > 0 ? tails : 1 - tails;
}

/** The chance of as many ones or more among the first rows, given the ones of both. */
function fisherTail(a: LossSums, b: LossSums): number {
  const ones = a.sum + b.sum;
  const zeros = a.rows + b.rows - ones;
  if (ones === 0 || zeros === 0) return 1;
  const most = Math.min(ones, a.rows);
  const mean = (a.rows * ones) / (a.rows + b.rows);
  // From below the mean the sum would start small: the other tail is exact enough there.
  const [from, to, step] = a.sum > mean ? [a.sum, most, 1] : [a.sum - 1, 0, -1];
  let sum = 0;
  for (let x = from; step * x <= step * to; x += step) {
    const term = Math.exp(logHypergeometric(x, ones, zeros, a.rows));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, step === 1 ? sum : 1 - sum);
}

/**
 * How far two means are apart, in the root of the mean of both variances; where both are 0, of the variance of all.
 *
 * @see Chung, Kraska, Polyzotis, Tae and Whang 2019, "Slice Finder: automated data slicing for model validation"
 */
export function effectSizeOf(a: LossSums, b: LossSums): number {
  const difference = meanOf(a) - meanOf(b);
  if (difference === 0) return 0;
  const variance = (varianceOf(a) + varianceOf(b)) / 2;
  const all = { rows: a.rows + b.rows, sum: a.sum + b.sum, squares: a.squares + b.squares };
  return difference / Math.sqrt(variance > 0 ? variance : varianceOf(all));
}

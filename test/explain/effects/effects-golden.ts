import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PredictRows } from "../../../kernel-lib/explain/explanation";
import { predictWith } from "../any-model/random-model";

const file = join(__dirname, "..", "..", "parity", "golden", "explain-effects.json");

/** What `test/parity/explain-effects.py` wrote. */
export const golden = JSON.parse(readFileSync(file, "utf8")) as {
  columns: string[];
  rows: number[][];
  target: number[];
  weights: number[];
  dependence: { column: number; grid: number[]; average: number[] }[];
  individual: { grid: number[]; lines: number[][] };
  importance: { orders: number[][]; importances: number[][]; mean: number[]; deviation: number[] };
  ale: { column: number; grid: number[]; effect: number[]; size: number[] }[];
  lime: {
    row: number;
    runs: number;
    mean: number[];
    deviation: number[];
    score: number[];
    score_deviation: number[];
  }[];
};

export const data = { rows: Float64Array.from(golden.rows.flat()), count: golden.rows.length };

/** The formula of `test/parity/explain-effects.py`. */
export const predict: PredictRows = predictWith(([age = 0, sex = 0, bmi = 0, bp = 0, s5 = 0]) => [
  60 +
    4 * bmi +
    30 * Math.tanh((bp - 95) / 10) * (sex - 1) +
    20 * s5 +
    0.01 * (age - 50) ** 2 -
    0.2 * bmi * s5,
]);

export function meanSquaredError(predictions: Float64Array): number {
  return (
    golden.target.reduce((sum, target, i) => sum + (target - (predictions[i] ?? NaN)) ** 2, 0) /
    golden.target.length
  );
}

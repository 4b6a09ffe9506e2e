import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";
import type { BoosterModel } from "../../../kernel-lib/onnx/boosters/booster-model";
import { openSession } from "../../../kernel-lib/onnx/session";

export interface BoosterCase {
  name: string;
  /** Text of the booster's own file. */
  model: string;
  rows: (number | null)[][];
  /** What the booster itself gives, and what it gives before its link. */
  predictions: number[][];
  margins: number[][];
}

export function goldenCases(file: string): BoosterCase[] {
  const path = join(__dirname, "../../parity/golden", file);
  return (JSON.parse(readFileSync(path, "utf8")) as { cases: BoosterCase[] }).cases;
}

/** Nine digits tell a float32. */
export function rowsOf({ rows }: BoosterCase): number[][] {
  return rows.map((row) => row.map((value) => Math.fround(value ?? NaN)));
}

export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  assert.equal(left.length, right.length);
  return Array.from(left, (value, index) => Math.abs(value - (right[index] ?? NaN))).reduce(
    (most, difference) => (difference <= most ? most : difference),
    0,
  );
}

/** Margins of the ensemble in double, and of the ONNX file in ONNX Runtime its labels and predictions. */
export async function answersOf(
  { ensemble, onnx }: BoosterModel,
  rows: number[][],
): Promise<{ margins: Float64Array; labels: unknown[] | null; predictions: number[] }> {
  const session = await openSession(onnx);
  const outputs = await session.predict(rows);
  await session.close();
  const named = new Map(outputs.map(({ name, data }) => [name, data]));
  return {
    margins: predictEnsemble(ensemble, Float64Array.from(rows.flat()), rows.length),
    labels: named.get("label") ?? null,
    predictions: (named.get("prediction") ?? named.get("probabilities") ?? []).map(Number),
  };
}

/** Where one number is the chance of the second class, those of both. */
export function bothClasses(predictions: number[][], labels: unknown[] | null): number[] {
  return labels !== null && predictions[0]?.length === 1
    ? predictions.flatMap(([second = NaN]) => [1 - second, second])
    : predictions.flat();
}

export function goldenCase(file: string, name: string): BoosterCase {
  const found = goldenCases(file).find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

/** The largest number that sums of leaves, or predictions, come to. */
export function scaleOf({ margins, predictions }: BoosterCase): number {
  return Math.max(1, ...[...margins, ...predictions].flat().map(Math.abs));
}

/** A text with a part cut out, a digit changed or a character in another's place, seeded. */
export function* mutations(text: string, count: number): Generator<string> {
  let state = 7;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const spare = '0123456789-.,[]{}"=\n eN';
  for (let index = 0; index < count; index++) {
    const at = below(text.length);
    if (index % 4 === 0) yield text.slice(0, at);
    else if (index % 4 === 1) yield text.slice(0, at) + text.slice(at + 1 + below(50));
    else yield text.slice(0, at) + spare.charAt(below(spare.length)) + text.slice(at + 1);
  }
}

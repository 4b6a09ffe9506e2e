import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, kernelShap } from "../../../kernel-lib/index";
import { coalitionPairs } from "../../../kernel-lib/explain/any-model/kernel-coalitions";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { predictWith, randomModel, randomRows } from "./random-model";

const file = join(__dirname, "..", "..", "parity", "golden", "kernel-features.json");
/** What `test/parity/kernel-features.py` wrote. */
const golden = JSON.parse(readFileSync(file, "utf8")) as {
  background: number[][];
  rows: number[][];
  all: number[][];
  features: Record<string, number[][]>;
  weighted: { background: number[][]; weights: number[]; values: number[][] };
};
const predict = predictWith(([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0]) => [
  2 * a + Math.tanh(3 * b * c) - d * e * f + 0.3 * g + 0.05 * h,
]);
const matrix = (rows: number[][]) => ({ rows: Float64Array.from(rows.flat()), count: rows.length });
const data = matrix(golden.rows);
const background = matrix(golden.background);

function closeTo(found: Float64Array, wanted: number[][]): void {
  wanted.flat().forEach((each, i) => {
    assert.ok(Math.abs(each - (found[i] ?? NaN)) < 1e-9, `${i}: ${found[i]} is not ${each}`);
  });
}

test("kernelShap equals shap 0.51.0 KernelExplainer where all coalitions are taken, weighted too, 1e-9", async () => {
  closeTo((await kernelShap(data, { predict, background })).shapValues, golden.all);
  const { background: rows, weights, values } = golden.weighted;
  const weighted = { ...matrix(rows), weights };
  closeTo((await kernelShap(data, { predict, background: weighted })).shapValues, values);
});

test("kernelShap of few columns equals shap's l1_reg='num_features(k)', 1e-9", async () => {
  for (const [count, values] of Object.entries(golden.features)) {
    const found = await kernelShap(data, { predict, background, numFeatures: Number(count) });
    closeTo(found.shapValues, values);
  }
  await assert.rejects(
    kernelShap(data, { predict, background, numFeatures: 0 }),
    new AssayerError("invalid-argument", "kernelShap requires numFeatures of 1 or more; got 0"),
  );
});

test("coalitions are laid out as shap lays them out: whole sizes with their kernel weights, the rest in pairs", () => {
  // shap's default for 30 columns enumerates coalitions of one column, and all but one; of 10,000 it does those of two.
  assert.equal(coalitionPairs(30, 2 * 30 + 2048).enumerated, 30);
  const pairs = coalitionPairs(30, 10_000);
  assert.equal(pairs.enumerated, 30 + 435);
  const total = Array.from({ length: 29 }, (_, i) => 29 / ((i + 1) * (29 - i))).reduce(
    (a, b) => a + b,
    0,
  );
  const [ones = NaN, twos = NaN] = [pairs.weight[0], pairs.weight[30]];
  // A pair weighs twice a coalition: (p − 1) / (binomial(p, s) s (p − s)), of weights that sum to 1.
  assert.ok(Math.abs(ones - (2 * 29) / (30 * 29) / total) < 1e-12);
  assert.ok(Math.abs(twos - (2 * 29) / (435 * 2 * 28) / total) < 1e-12);
  assert.ok(Math.abs(pairs.weightLeft - (1 - 30 * ones - 435 * twos)) < 1e-12);
  pairs.draw(500, seededRandom(1));
  assert.equal(pairs.on.length, 965);
  const drawn = pairs.on.slice(465).map((coalition) => coalition.join(""));
  assert.equal(new Set(drawn).size, 500);
  const sizes = pairs.on
    .slice(465)
    .map((coalition) => coalition.reduce((sum, each) => sum + each, 0));
  assert.ok(sizes.every((size) => size >= 3 && size <= 27));
  // All 2 ** 6 − 2 coalitions of six columns in pairs, each once.
  const all = coalitionPairs(6, 100);
  assert.deepEqual([all.on.length, all.weightLeft], [31, 0]);
  const both = all.on.flatMap((coalition) => [
    coalition.join(""),
    coalition.map((each) => 1 - each).join(""),
  ]);
  assert.equal(new Set(both).size, 62);
});

/** Products of two columns: half the difference of a coalition and its complement is a sum over columns. */
const width = 16;
const pairsModel = (row: ArrayLike<number>) => {
  let sum = 0;
  for (let f = 0; f < width; f++)
    sum += (f - 5) * (row[f] ?? NaN) + 3 * (row[f] ?? NaN) * (row[(f + 3) % width] ?? NaN);
  return sum;
};

/** Shapley values of that by their definition, which has a game of one player or two for each term. */
function pairsValues(row: Float64Array, rows: Float64Array, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, each) => sum + each, 0);
  const mean = (value: (at: number) => number) =>
    weights.reduce((sum, weight, b) => sum + (weight * value(b * width)) / total, 0);
  const values = new Array<number>(width).fill(0);
  for (let f = 0; f < width; f++) {
    const g = (f + 3) % width;
    const [x, y] = [Number(row[f]), Number(row[g])];
    const [a, b] = [mean((at) => Number(rows[at + f])), mean((at) => Number(rows[at + g]))];
    const none = mean((at) => Number(rows[at + f]) * Number(rows[at + g]));
    values[f] = Number(values[f]) + (f - 5) * (x - a) + (3 * (x * b - none + x * y - a * y)) / 2;
    values[g] = Number(values[g]) + (3 * (a * y - none + x * y - x * b)) / 2;
  }
  return values;
}

test("kernelShap is exact for pairs of columns, over more background than a block has, in float64 and float32, 1e-9", async () => {
  const random = seededRandom(5);
  const numbers = (count: number) =>
    Float64Array.from({ length: count * width }, () => Math.fround(2 * random() - 1));
  const count = 5000;
  const row = numbers(1);
  const rows = numbers(count);
  // Every hundredth differs from the explained row in three columns alone: its answers are remembered.
  for (let b = 0; b < count; b += 100) rows.set(row.subarray(3), b * width + 3);
  const weights = Array.from({ length: count }, (_, b) => b % 4);
  const asked = { float64: 0, float32: 0, largest: 0 };
  const answer = (block: Float64Array | Float32Array, n: number) => {
    asked[block instanceof Float32Array ? "float32" : "float64"] += n;
    asked.largest = Math.max(asked.largest, n);
    return Promise.resolve(
      Float64Array.from({ length: n }, (_, i) =>
        pairsModel(block.subarray(i * width, (i + 1) * width)),
      ),
    );
  };
  const options = {
    predict: answer,
    background: { rows, count, weights },
    maxEvaluations: 2 * width * count,
  };
  const wanted = [pairsValues(row, rows, weights)];
  const plain = await kernelShap({ rows: row, count: 1 }, options);
  closeTo(plain.shapValues, wanted);
  assert.equal(asked.float32, 0);
  assert.equal(asked.float64, 1 + count + Number(plain.evaluations[0]));
  assert.equal(asked.largest, 4096);
  asked.float64 = 0;
  const rounded = await kernelShap({ rows: row, count: 1 }, { ...options, predictFloat32: answer });
  assert.deepEqual(rounded, plain);
  // The row and the background are asked for as they are.
  assert.equal(asked.float64, 1 + count);
  assert.equal(asked.float32, plain.evaluations[0]);
  // 17 pairs of coalitions of the rows that differ in all columns; three columns make no more than six questions.
  const remembered = count / 100;
  const most = 34 * (count - remembered) + 6 * remembered;
  assert.ok(Number(plain.evaluations[0]) <= most, `${plain.evaluations[0]} is over ${most}`);
});

test("a tolerance of 0, which needs no fit before the last, gives what the least tolerance gives", async () => {
  const model = randomModel(14, 6, 2);
  const few = randomRows(2, 14, 7);
  const options = { predict: predictWith(model), background: randomRows(3, 14, 8) };
  const found = await kernelShap(few, { ...options, tolerance: 0 });
  assert.deepEqual(found, await kernelShap(few, { ...options, tolerance: Number.MIN_VALUE }));
  assert.ok(found.standardError.every((each) => each > 0));
});

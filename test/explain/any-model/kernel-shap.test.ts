import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, kernelShap } from "../../../kernel-lib/index";
import { coalitionPairs } from "../../../kernel-lib/explain/any-model/kernel-coalitions";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { predictWith } from "./random-model";

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

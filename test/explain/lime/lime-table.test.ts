import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, limeTable, type LimeOptions } from "../../../kernel-lib/index";
import { predictWith } from "../any-model/random-model";
import { data, golden, predict } from "../effects/effects-golden";

const own: LimeOptions = {
  predict,
  data,
  columns: golden.columns,
  categorical: [1],
  samples: 2000,
  featureSelection: "none",
};

test("limeTable agrees with 40 runs of lime 0.2.0.1 within sampling error, with quartiles and without", async () => {
  for (const [i, peer] of golden.lime.entries()) {
    const row = data.rows.slice(5 * peer.row, 5 * peer.row + 5);
    const runs = 40;
    const means = new Map<string, { sum: number; squares: number; errors: number }>();
    let [score, local] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      const [found] = await limeTable(row, { ...own, seed, discretize: i === 0 });
      score += (found?.score ?? NaN) / runs;
      local += (found?.localPrediction ?? NaN) / runs;
      for (const { column, weight, standardError } of found?.weights ?? []) {
        const { sum, squares, errors } = means.get(column) ?? { sum: 0, squares: 0, errors: 0 };
        means.set(column, {
          sum: sum + weight / runs,
          squares: squares + weight ** 2,
          errors: errors + standardError ** 2 / runs,
        });
      }
    }
    golden.columns.forEach((column, f) => {
      const { sum = NaN, squares = NaN, errors = NaN } = means.get(column) ?? {};
      const error = Math.sqrt(2 / runs) * (peer.deviation[f] ?? NaN);
      assert.ok(
        Math.abs(sum - (peer.mean[f] ?? NaN)) < 4 * error,
        `${column}: ${sum} is not ${peer.mean[f]}`,
      );
      // Our standard error is the spread that repeated runs have, ours and lime's.
      const spread = Math.sqrt((squares - runs * sum ** 2) / (runs - 1));
      const ratio = Math.sqrt(errors) / spread;
      assert.ok(ratio > 0.6 && ratio < 1.6, `${column}: ${ratio}`);
    });
    const [wantedScore = NaN, wantedLocal = NaN] = peer.score;
    const [scoreError = NaN, localError = NaN] = peer.score_deviation;
    assert.ok(Math.abs(score - wantedScore) < 4 * Math.sqrt(2 / runs) * scoreError, `${score}`);
    assert.ok(Math.abs(local - wantedLocal) < 4 * Math.sqrt(2 / runs) * localError, `${local}`);
  }
});

test("limeTable gives a linear model's slopes back, by standard deviations, and selects the columns that matter", async () => {
  const linear = predictWith(([a = 0, , b = 0, c = 0]) => [2 * b + c, a]);
  const row = data.rows.slice(0, 5);
  for (const featureSelection of ["forward-selection", "highest-weights"] as const) {
    const [first, second] = await limeTable(row, {
      ...own,
      predict: linear,
      categorical: [],
      discretize: false,
      numFeatures: 2,
      featureSelection,
    });
    assert.deepEqual(first?.weights.map(({ column }) => column).sort(), ["bmi", "bp"]);
    assert.equal(second?.weights[0]?.column, "age");
    assert.ok(first);
    const values = golden.rows.map(([, , bmi = 0]) => bmi);
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const deviation = Math.sqrt(
      values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length,
    );
    const weight = first.weights.find(({ column }) => column === "bmi")?.weight ?? NaN;
    assert.ok(Math.abs(weight / (2 * deviation) - 1) < 0.01, String(weight));
    assert.ok(first.score > 0.999);
    assert.equal(first.prediction, 2 * (row[2] ?? NaN) + (row[3] ?? NaN));
  }
});

test("limeTable names what holds of the row, is the same for a seed, and keeps to numFeatures", async () => {
  const row = data.rows.slice(0, 5);
  const labels = { sex: ["", "female", "male"] };
  const run = async (seed: number) => (await limeTable(row, { ...own, labels, seed }))[0];
  const found = await run(1);
  assert.deepEqual(await run(1), found);
  assert.notDeepEqual(await run(2), found);
  const conditions = Object.fromEntries(
    (found?.weights ?? []).map((each) => [each.column, each.condition]),
  );
  assert.equal(conditions.sex, "sex = male");
  assert.match(conditions.age ?? "", /^\d+ < age( <= \d+)?$/);
  const [few] = await limeTable(row, { ...own, numFeatures: 2, featureSelection: "auto" });
  assert.equal(few?.weights.length, 2);
  const sizes = few.weights.map(({ weight }) => Math.abs(weight));
  assert.ok((sizes[0] ?? 0) >= (sizes[1] ?? 0));
});

test("limeTable says what it requires", async () => {
  const row = data.rows.slice(0, 5);
  const refused = async (change: Partial<LimeOptions>, message: string, given = row) => {
    await assert.rejects(
      limeTable(given, { ...own, ...change }),
      new AssayerError("invalid-argument", message),
    );
  };
  await refused({}, "limeTable requires a row of 5 values, as the data's; got 4", row.slice(1));
  await refused({ columns: ["a"] }, "limeTable requires a name for each of 5 columns; got 1");
  await refused({ samples: 3 }, "limeTable requires 10 samples or more; got 3");
  await refused({ numFeatures: 0 }, "limeTable requires numFeatures of 1 or more; got 0");
  await refused({ kernelWidth: 0 }, "limeTable requires a kernelWidth above 0; got 0");
  await refused({ categorical: [5] }, "unknown column: 5; expected one of 0 to 4");
  await refused(
    {},
    "limeTable requires values that are finite; got NaN",
    Float64Array.of(1, NaN, 2, 3, 4),
  );
});

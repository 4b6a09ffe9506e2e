import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accumulatedLocalEffects,
  AssayerError,
  individualConditionalExpectation,
  partialDependence,
  permutationImportance,
} from "../../../kernel-lib/index";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { predictWith } from "../any-model/random-model";
import { data, golden, meanSquaredError, predict } from "./effects-golden";

function closeTo(
  found: ArrayLike<number> | undefined,
  wanted: readonly number[],
  tolerance = 1e-9,
) {
  assert.equal(found?.length, wanted.length);
  wanted.forEach((each, i) => {
    assert.ok(Math.abs(each - (found[i] ?? NaN)) <= tolerance, `${i}: ${found[i]} is not ${each}`);
  });
}

test("partialDependence equals scikit-learn 1.9.1 partial_dependence(method='brute'), grid and average, 1e-9", async () => {
  const options = [
    {},
    { gridResolution: 10, percentiles: [0, 1] as const },
    {},
    { gridResolution: 7, weights: golden.weights },
  ];
  for (const [i, { column, grid, average }] of golden.dependence.entries()) {
    const { weights, ...own } = { weights: undefined, ...options[i] };
    const rows = weights ? { ...data, weights } : data;
    const found = await partialDependence(rows, { predict, column, ...own });
    closeTo(found.grid, grid);
    closeTo(found.outputs[0]?.values, average);
  }
});

test("individualConditionalExpectation equals scikit-learn's kind='individual', and centred lines start at 0", async () => {
  const first = { rows: data.rows.slice(0, 25), count: 5 };
  const { grid, lines } = golden.individual;
  const options = { predict, column: 2, gridResolution: 4 };
  const found = await individualConditionalExpectation(first, options);
  closeTo(found.grid, grid);
  lines.forEach((line, row) => {
    closeTo(found.outputs[0]?.lines[row], line);
  });
  const centred = await individualConditionalExpectation(first, { ...options, centred: true });
  lines.forEach((line, row) => {
    closeTo(
      centred.outputs[0]?.lines[row],
      line.map((value) => value - (line[0] ?? NaN)),
    );
  });
});

test("partialDependence's 95 % intervals cover the mean in 93 to 97 of 100 samples", async () => {
  const random = seededRandom(3);
  let covered = 0;
  for (let sample = 0; sample < 1000; sample++) {
    const rows = { rows: Float64Array.from({ length: 60 }, random), count: 30 };
    const { outputs } = await partialDependence(rows, {
      predict: predictWith(([a = 0, b = 0]) => [a + b ** 2]),
      column: 0,
      grid: [2],
    });
    // E b² of b uniform from 0 to 1 is a third.
    const [lower = NaN, upper = NaN] = [outputs[0]?.lower[0], outputs[0]?.upper[0]];
    if (lower <= 2 + 1 / 3 && 2 + 1 / 3 <= upper) covered++;
  }
  assert.ok(covered > 930 && covered < 970, String(covered));
});

test("partialDependence of several outputs has a curve for each, and leaves a missing value out of the grid", async () => {
  const found = await partialDependence(
    { rows: Float64Array.of(1, NaN, 3), count: 3 },
    { predict: predictWith(([x = 0]) => [x, -2 * x]), column: 0 },
  );
  assert.deepEqual([...found.grid], [1, 3]);
  assert.deepEqual(
    found.outputs.map(({ values }) => [...values]),
    [
      [1, 3],
      [-2, -6],
    ],
  );
});

test("accumulatedLocalEffects equals PyALE 1.2.0 on its own intervals, 1e-9", async () => {
  for (const { column, grid, effect, size } of golden.ale) {
    const found = await accumulatedLocalEffects(data, { predict, column, grid });
    closeTo(found.outputs[0]?.values, effect);
    assert.deepEqual([0, ...found.counts], size);
  }
});

test("accumulatedLocalEffects is the column's own part of a sum, whatever goes together with it", async () => {
  const random = seededRandom(5);
  const rows = Array.from({ length: 400 }, () => {
    const x = random();
    return [x, x + 0.05 * random(), random()];
  });
  const correlated = { rows: Float64Array.from(rows.flat()), count: 400 };
  const { grid, outputs, counts } = await accumulatedLocalEffects(correlated, {
    predict: predictWith(([x = 0, y = 0, z = 0]) => [x ** 2 + 5 * y + z]),
    column: 0,
    bins: 10,
  });
  assert.equal(grid.length, 11);
  assert.deepEqual([...counts], new Array(10).fill(40));
  const { values = new Float64Array(), lower = values, upper = values } = outputs[0] ?? {};
  grid.forEach((x, i) => {
    const rise = (values[i] ?? NaN) - (values[0] ?? NaN);
    assert.ok(Math.abs(rise - (x ** 2 - (grid[0] ?? NaN) ** 2)) < 1e-12);
    // Differences between two borders are the same in all rows of an interval.
    assert.ok(Math.abs((upper[i] ?? NaN) - (lower[i] ?? NaN)) < 1e-9);
  });
});

test("accumulatedLocalEffects' 95 % intervals cover the effects in 92 to 98 of 100 samples", async () => {
  const random = seededRandom(9);
  let [covered, total] = [0, 0];
  for (let sample = 0; sample < 300; sample++) {
    const rows = { rows: Float64Array.from({ length: 400 }, random), count: 200 };
    const { outputs, grid, counts } = await accumulatedLocalEffects(rows, {
      predict: predictWith(([x = 0, y = 0]) => [x * (1 + 4 * y ** 2)]),
      column: 0,
      grid: [0, 0.2, 0.4, 0.6, 0.8, 1],
    });
    const centre = counts.reduce((sum, count, i) => sum + (count / 200) * (0.2 * i + 0.1), 0);
    grid.forEach((x, i) => {
      // The mean slope is 1 + 4 / 3; the effect is 0 in the mean of the rows.
      const truth = (7 / 3) * (x - centre);
      total++;
      if ((outputs[0]?.lower[i] ?? NaN) <= truth && truth <= (outputs[0]?.upper[i] ?? NaN))
        covered++;
    });
  }
  assert.ok(covered / total > 0.92 && covered / total < 0.98, String(covered / total));
});

test("permutationImportance equals scikit-learn 1.9.1 permutation_importance with its orders, 1e-9", async () => {
  const { orders, importances } = golden.importance;
  const found = await permutationImportance(data, {
    predict,
    score: meanSquaredError,
    greaterIsBetter: false,
    permutations: orders,
    columns: golden.columns,
  });
  assert.deepEqual(
    found.importance.map(({ column }) => column),
    golden.columns,
  );
  importances.forEach((losses, f) => {
    closeTo(found.repeats[f], losses);
  });
});

test("permutationImportance agrees with 200 repeats of scikit-learn's within sampling error", async () => {
  const { mean, deviation } = golden.importance;
  const { importance } = await permutationImportance(data, {
    predict,
    score: (predictions) => -meanSquaredError(predictions),
    repeats: 200,
    seed: 2,
  });
  importance.forEach(({ value, lower, upper }, f) => {
    const error = Math.sqrt(2 / 200) * (deviation[f] ?? NaN);
    assert.ok(Math.abs(value - (mean[f] ?? NaN)) < 4 * error + 1e-9);
    const half = (1.972 * (deviation[f] ?? NaN)) / Math.sqrt(200);
    assert.ok(Math.abs((upper - lower) / 2 - half) < 0.25 * half + 1e-9);
  });
});

test("effects say what they require", async () => {
  const refused = async (work: Promise<unknown>, message: string) => {
    await assert.rejects(work, new AssayerError("invalid-argument", message));
  };
  const column = 0;
  await refused(
    partialDependence(data, { predict, column: 5 }),
    "unknown column: 5; expected one of 0 to 4",
  );
  await refused(
    partialDependence(data, { predict, column, percentiles: [0.9, 0.1] }),
    "partialDependence requires two percentiles from 0 to 1 in rising order; got 0.9 and 0.1",
  );
  await refused(
    partialDependence(data, { predict, column, gridResolution: 1 }),
    "partialDependence requires a gridResolution of 2 or more; got 1",
  );
  await refused(
    partialDependence(data, { predict, column, gridResolution: 5, percentiles: [0.5, 0.501] }),
    "partialDependence requires percentiles that lie apart; got two of the same value",
  );
  await refused(
    partialDependence({ rows: Float64Array.of(NaN), count: 1 }, { predict, column }),
    "partialDependence requires a column with a finite value; got none",
  );
  await refused(
    accumulatedLocalEffects({ rows: Float64Array.of(1, 1), count: 2 }, { predict, column }),
    "accumulatedLocalEffects requires a column, or a grid, with 2 values or more; got 1",
  );
  await refused(
    accumulatedLocalEffects(data, { predict, column, bins: 0 }),
    "accumulatedLocalEffects requires 1 bin or more; got 0",
  );
  const score = meanSquaredError;
  await refused(
    permutationImportance(data, { predict, score, repeats: 0 }),
    "permutationImportance requires 1 repeat or more; got 0",
  );
  await refused(
    permutationImportance(data, { predict, score, permutations: [[1, 0]] }),
    "permutationImportance requires orders of 120 rows; got 2",
  );
  await refused(
    permutationImportance(data, { predict, score: () => NaN }),
    "permutationImportance requires a score that is a finite number; got NaN",
  );
  await refused(
    permutationImportance(data, { predict, score, columns: ["a"] }),
    "permutationImportance requires a name for each of 5 columns; got 1",
  );
});

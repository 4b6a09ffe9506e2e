import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssayerError,
  exactShap,
  kernelShap,
  permutationShap,
  samplingShap,
} from "../../../kernel-lib/index";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { bruteForce, predictWith, randomModel, randomRows, type RowFunction } from "./random-model";

const methods = { exactShap, kernelShap, permutationShap, samplingShap };
const sampling = { kernelShap, permutationShap, samplingShap };

const at = (values: ArrayLike<number>, i: number) => values[i] ?? NaN;

function closeTo(found: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  assert.equal(found.length, wanted.length);
  wanted.forEach((each, i) => {
    assert.ok(Math.abs(each - at(found, i)) <= tolerance, `${i}: ${at(found, i)} is not ${each}`);
  });
}

test("exactShap equals brute-force Shapley values of a weighted background, two outputs, columns of several features", async () => {
  const model = randomModel(9, 3, 2);
  const data = randomRows(2, 9, 1);
  const background = { ...randomRows(5, 9, 2), weights: [1, 2, 0, 1, 3] };
  const origin = Int32Array.of(0, 1, 1, 2, 3, 4, 5, 5, 6);
  const { shapValues, baseValue, converged, standardError } = await exactShap(data, {
    predict: predictWith(model),
    background,
    origin,
  });
  const wanted = [0, 1].flatMap((r) =>
    bruteForce(model, data.rows.subarray(9 * r, 9 * r + 9), background, { origin }).flat(),
  );
  closeTo(shapValues, wanted, 1e-12);
  assert.equal(baseValue.length, 2);
  assert.deepEqual(converged, [true, true]);
  assert.ok(standardError.every((each) => each === 0));
});

test("exactShap and kernelShap explain log-odds of the mean probability with the link logit", async () => {
  const margin = randomModel(6, 9);
  const model: RowFunction = (row) => margin(row).map((each) => 1 / (1 + Math.exp(-each)));
  const data = randomRows(1, 6, 4);
  const background = randomRows(5, 6, 5);
  const wanted = bruteForce(model, data.rows, background, { link: (p) => Math.log(p / (1 - p)) });
  for (const shap of [exactShap, kernelShap]) {
    const found = await shap(data, { predict: predictWith(model), background, link: "logit" });
    closeTo(found.shapValues, wanted.flat(), 1e-12);
    closeTo(found.predictions, margin(data.rows), 1e-12);
  }
  await assert.rejects(
    exactShap(data, { predict: predictWith(margin), background, link: "logit" }),
    {
      code: "invalid-argument",
      message: /^exactShap requires probabilities between 0 and 1 for the link logit; got -?\d/,
    },
  );
});

test("kernelShap that can take all coalitions is exact", async () => {
  const model = randomModel(10, 3);
  const data = randomRows(2, 10, 1);
  const background = randomRows(4, 10, 2);
  const options = { predict: predictWith(model), background };
  const { shapValues } = await exactShap(data, options);
  const kernel = await kernelShap(data, options);
  closeTo(kernel.shapValues, [...shapValues], 1e-12);
  assert.ok(kernel.standardError.every((each) => each === 0));
});

test("values of every method add up to the prediction, whatever the budget", async () => {
  const model = randomModel(20, 11, 2);
  const data = randomRows(3, 20, 1);
  const background = randomRows(6, 20, 2);
  for (const [name, shap] of Object.entries(sampling))
    for (const maxEvaluations of [240, 2000]) {
      const { shapValues, baseValue, predictions } = await shap(data, {
        predict: predictWith(model),
        background,
        maxEvaluations,
      });
      for (let i = 0; i < 6; i++) {
        const sum = shapValues.subarray(20 * i, 20 * i + 20).reduce((a, b) => a + b, 0);
        const error = Math.abs(sum + at(baseValue, i % 2) - at(predictions, i));
        assert.ok(error < 1e-9, `${name}: ${error}`);
      }
    }
});

test("a column that the model does not read gets 0, and columns that it reads alike the same", async () => {
  const model: RowFunction = (row) => [Math.tanh(at(row, 0) * at(row, 1) + 2 * at(row, 3))];
  const data = { rows: Float64Array.of(0.7, 0.7, 3, -0.2), count: 1 };
  const background = { rows: Float64Array.of(-1, -1, 2, 0.5, 0.1, 0.1, -1, 0), count: 2 };
  for (const [name, shap] of Object.entries(methods)) {
    const { shapValues, standardError } = await shap(data, {
      predict: predictWith(model),
      background,
      tolerance: 0.001,
    });
    const error = 4 * Math.max(...standardError) + 1e-12;
    assert.ok(Math.abs(at(shapValues, 2)) <= error, name);
    assert.ok(Math.abs(at(shapValues, 0) - at(shapValues, 1)) <= error, name);
  }
});

test("values of a weighted sum of models are the weighted sums of their values", async () => {
  const [f, g] = [randomModel(7, 1), randomModel(7, 2)];
  const data = randomRows(1, 7, 3);
  const background = randomRows(5, 7, 4);
  const of = async (model: RowFunction) =>
    (await exactShap(data, { predict: predictWith(model), background })).shapValues;
  const both = await of((row) => [2 * at(f(row), 0) - 3 * at(g(row), 0)]);
  const [ofF, ofG] = [await of(f), await of(g)];
  closeTo(
    both,
    Array.from(ofF, (each, i) => 2 * each - 3 * at(ofG, i)),
    1e-12,
  );
});

test("permutationShap is exact for columns that interact in pairs", async () => {
  const random = seededRandom(8);
  const pairs = Array.from({ length: 64 }, () => random() - 0.5);
  const model: RowFunction = (row) => [
    pairs.reduce((sum, weight, i) => sum + weight * at(row, i >> 3) * at(row, i & 7), 0),
  ];
  const data = randomRows(1, 8, 1);
  const background = randomRows(30, 8, 2);
  const options = { predict: predictWith(model), background };
  const exact = await exactShap(data, options);
  const { shapValues, evaluations, converged } = await permutationShap(data, options);
  closeTo(shapValues, [...exact.shapValues], 1e-12);
  assert.deepEqual([[...evaluations], converged], [[2 * 14 * 30], [true]]);
});

test("95 % intervals of sampled values cover the exact ones in 93 to 97 of 100 cases", async () => {
  const covered: Record<string, number> = { kernelShap: 0, permutationShap: 0, samplingShap: 0 };
  const seeds = 12;
  for (let which = 0; which < 10; which++) {
    const model = randomModel(10, which);
    const data = randomRows(1, 10, 100 + which);
    const background = randomRows(12, 10, 200 + which);
    const exact = await exactShap(data, { predict: predictWith(model), background });
    for (const [name, shap] of Object.entries(sampling))
      for (let seed = 0; seed < seeds; seed++) {
        const { shapValues, standardError } = await shap(data, {
          predict: predictWith(model),
          background,
          seed,
          tolerance: 0,
          maxEvaluations: 4800,
        });
        for (let i = 0; i < 10; i++)
          if (
            Math.abs(at(shapValues, i) - at(exact.shapValues, i)) <=
            1.96 * at(standardError, i) + 1e-12
          )
            covered[name] = (covered[name] ?? 0) + 1;
      }
  }
  for (const [name, count] of Object.entries(covered)) {
    const share = count / (100 * seeds);
    assert.ok(share > 0.93 && share < 0.97, `${name}: ${share}`);
  }
});

test("sampling stops at the tolerance, and says where it is not reached", async () => {
  const model = randomModel(16, 5);
  const data = randomRows(1, 16, 1);
  const background = randomRows(3, 16, 2);
  for (const [name, shap] of Object.entries(sampling)) {
    const run = async (tolerance: number, maxEvaluations: number) => {
      const predict = predictWith(model);
      const found = await shap(data, { predict, background, tolerance, maxEvaluations });
      // The background and the row itself are asked for once.
      assert.equal(at(found.evaluations, 0), predict.rows - 4, name);
      return found;
    };
    const rough = await run(0.05, 1e5);
    const fine = await run(0.01, 1e5);
    const short = await run(1e-9, 1500);
    assert.deepEqual(
      [rough.converged, fine.converged, short.converged],
      [[true], [true], [false]],
      name,
    );
    assert.ok(at(rough.evaluations, 0) < at(fine.evaluations, 0), name);
    assert.ok(at(short.evaluations, 0) <= 1500, name);
    assert.ok(Math.max(...fine.standardError) < Math.max(...rough.standardError), name);
  }
});

test("sampling stops when the time is over, with values that add up", async () => {
  const model = randomModel(16, 5);
  const data = randomRows(4, 16, 1);
  for (const [name, shap] of Object.entries(sampling)) {
    let clock = 0;
    const { evaluations, shapValues, predictions, baseValue } = await shap(data, {
      predict: (rows, count) => {
        clock += count;
        return predictWith(model)(rows, count);
      },
      background: randomRows(3, 16, 2),
      tolerance: 0,
      maxEvaluations: 1e6,
      maxSeconds: 40,
      now: () => clock,
    });
    assert.ok(clock > 20_000 && clock < 55_000, `${name}: ${clock}`);
    assert.ok(evaluations.every((each) => each > 0));
    const sum = shapValues.subarray(0, 16).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum + at(baseValue, 0) - at(predictions, 0)) < 1e-9);
  }
});

test("values equal to the background's are not predicted again", async () => {
  const model = randomModel(12, 5);
  const data = randomRows(1, 12, 1);
  const background = randomRows(4, 12, 2);
  // Each row of the background differs from the explained one in three columns of its own.
  for (let i = 0; i < 48; i++)
    if (Math.floor((i % 12) / 3) !== Math.floor(i / 12)) background.rows[i] = at(data.rows, i % 12);
  const wanted = bruteForce(model, data.rows, background).flat();
  const exact = await exactShap(data, { predict: predictWith(model), background });
  closeTo(exact.shapValues, wanted, 1e-12);
  assert.deepEqual([...exact.evaluations], [4 * 6]);
  const kernel = await kernelShap(data, { predict: predictWith(model), background, tolerance: 0 });
  assert.deepEqual([...kernel.evaluations], [4 * 6]);
  const permutation = await permutationShap(data, { predict: predictWith(model), background });
  closeTo(permutation.shapValues, wanted, 0.2);
});

test("a row explained among others has the values it has alone, and the seed decides", async () => {
  const model = randomModel(10, 5);
  const data = randomRows(3, 10, 1);
  const first = { rows: data.rows.slice(0, 10), count: 1 };
  for (const shap of Object.values(sampling)) {
    const run = async (rows: typeof data, seed: number) =>
      shap(rows, {
        predict: predictWith(model),
        background: randomRows(3, 10, 2),
        seed,
        maxEvaluations: 600,
      });
    const [all, alone, other] = [await run(data, 1), await run(first, 1), await run(first, 2)];
    assert.deepEqual(all.shapValues.slice(0, 10), alone.shapValues);
    assert.notDeepEqual(other.shapValues, alone.shapValues);
  }
});

test("a row like all of the background has no values to share", async () => {
  const row = [1, 2, 3];
  for (const shap of Object.values(methods)) {
    const found = await shap(
      { rows: Float64Array.from(row), count: 1 },
      {
        predict: predictWith(() => [7]),
        background: { rows: Float64Array.from([...row, ...row]), count: 2 },
      },
    );
    assert.deepEqual([...found.shapValues], [0, 0, 0]);
    assert.deepEqual([[...found.baseValue], [...found.evaluations]], [[7], [0]]);
  }
});

test("progress is told, and an aborted explanation ends", async () => {
  const model = randomModel(4, 5);
  const options = { predict: predictWith(model), background: randomRows(3, 4, 2) };
  const told: [string, number][] = [];
  await exactShap(randomRows(2, 4, 1), {
    ...options,
    onProgress: (message, fraction) => told.push([message, fraction]),
  });
  assert.deepEqual(told, [
    ["row 1 of 2", 0],
    ["row 2 of 2", 0.5],
    ["row 2 of 2", 1],
  ]);
  for (const shap of Object.values(methods))
    await assert.rejects(shap(randomRows(2, 4, 1), { ...options, signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
});

test("explainers of any model say what they require", async () => {
  const predict = predictWith(() => [1]);
  const data = randomRows(1, 3, 1);
  const background = randomRows(2, 3, 2);
  const refused = async (work: Promise<unknown>, message: string) => {
    await assert.rejects(work, new AssayerError("invalid-argument", message));
  };
  await refused(
    exactShap(randomRows(1, 16, 1), { predict, background: randomRows(2, 16, 2) }),
    "exactShap requires 15 columns or fewer; got 16 (permutationShap takes any number)",
  );
  for (const [name, shap] of Object.entries(methods)) {
    await refused(
      shap(data, { predict, background: { rows: new Float64Array(), count: 0 } }),
      `${name} requires 1 background row or more, each of as many numbers; got 0 numbers for 0 rows`,
    );
    await refused(
      shap(randomRows(1, 2, 1), { predict, background }),
      `${name} requires rows of 3 values, as the background's; got 2`,
    );
    await refused(
      shap(data, { predict, background: { ...background, weights: [1] } }),
      `${name} requires a weight for each of 2 background rows, 0 or more, not all 0; got 1 that sum to 1`,
    );
    await refused(
      shap(data, { predict, background, origin: Int32Array.of(0, 1) }),
      `${name} requires the column of each of 3 features, from 0 on; got 2 of which 0 are below 0`,
    );
    await refused(
      shap(data, { predict: predictWith(() => [NaN]), background }),
      `${name} requires a model whose answers are finite; got NaN`,
    );
    await refused(
      shap(data, { predict: () => Promise.resolve(new Float64Array(3)), background }),
      `${name} requires a model that gives 1 or more numbers for each row; got 3 for 2 rows`,
    );
    await refused(
      shap(data, { predict, background, tolerance: -1 }),
      `${name} requires a tolerance of 0 or more; got -1`,
    );
    await refused(
      shap(data, { predict, background, maxSeconds: 2 }),
      `${name} requires a clock, now, for maxSeconds; got none`,
    );
  }
  await refused(
    kernelShap(data, { predict, background, maxEvaluations: 11 }),
    "kernelShap requires maxEvaluations of 12 or more: 2 for each of 3 columns and 2 background rows; got 11",
  );
});

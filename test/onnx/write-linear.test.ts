import assert from "node:assert/strict";
import { test } from "node:test";
import { openSession } from "../../kernel-lib/onnx/session";
import { linearClassifier, linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { mean, rows, standardDeviation } from "./wages";

test("linearRegressor computes the dot product, one target or several", async () => {
  const one = await openSession(linearRegressor([0.5, -2], { intercept: 1 }));
  assert.deepEqual(one.inputs, [{ name: "input", datatype: "FP32", shape: [-1, 2] }]);
  assert.deepEqual(await one.predict([[2, 3]]), [
    { name: "prediction", datatype: "FP32", shape: [1, 1], data: [-4] },
  ]);
  const two = await openSession(
    linearRegressor(
      [
        [1, 0],
        [0, 1],
      ],
      { intercept: [10, 20] },
    ),
  );
  assert.deepEqual(
    (
      await two.predict([
        [1, 2],
        [3, 4],
      ])
    )[0]?.data,
    [11, 22, 13, 24],
  );
  await one.close();
  await two.close();
});

test("a standardization is applied before the coefficients", async () => {
  const coefficients = [1, -2, 3, -4, 5, -6, 7];
  const session = await openSession(
    linearRegressor(coefficients, { intercept: 9, standardization: { mean, standardDeviation } }),
  );
  const [prediction] = await session.predict(rows);
  rows.forEach((row, i) => {
    const expected = row.reduce(
      (sum, value, c) =>
        sum + ((coefficients[c] ?? 0) * (value - (mean[c] ?? 0))) / (standardDeviation[c] ?? 1),
      9,
    );
    assert.ok(Math.abs(Number(prediction?.data[i]) - expected) < 1e-5);
  });
  await session.close();
});

test("linearClassifier gives softmax probabilities and the first class of equal scores", async () => {
  for (const classes of [2, 3]) {
    const coefficients = Array.from({ length: classes }, (_, k) => [k]);
    const session = await openSession(linearClassifier(coefficients));
    const [label, probabilities] = await session.predict([[0], [2], [-2]]);
    assert.deepEqual(label?.data, [0, classes - 1, 0]);
    const total = coefficients.reduce((sum, [k = 0]) => sum + Math.exp(2 * k), 0);
    coefficients.forEach(([k = 0]) => {
      const probability = Number(probabilities?.data[classes + k]);
      assert.ok(Math.abs(probability - Math.exp(2 * k) / total) < 1e-6);
    });
    await session.close();
  }
});

test("class names come back as BYTES, whole numbers as INT64", async () => {
  const named = await openSession(linearClassifier([[1], [-1]], { classes: ["yes", "no"] }));
  assert.deepEqual((await named.predict([[1], [-1]]))[0], {
    name: "label",
    datatype: "BYTES",
    shape: [2],
    data: ["yes", "no"],
  });
  const numbered = await openSession(linearClassifier([[1], [-1]], { classes: [40, -7] }));
  assert.deepEqual((await numbered.predict([[1], [-1]]))[0]?.data, [40, -7]);
  await named.close();
  await numbered.close();
});

test("the writers refuse lengths that do not fit and numbers that are not finite in float32", () => {
  const cases: [() => Uint8Array, string][] = [
    [
      () => linearRegressor([]),
      "linearRegressor requires rows of coefficients of one length ≥ 1; got lengths 0",
    ],
    [
      () => linearRegressor([1], { intercept: [1, 2] }),
      "linearRegressor requires 1 intercepts; got 2",
    ],
    [() => linearRegressor([1e39]), "linearRegressor requires finite float32 numbers; got 1e+39"],
    [
      () => linearRegressor([1], { intercept: NaN }),
      "linearRegressor requires finite float32 numbers; got NaN",
    ],
    [
      () => linearRegressor([1], { standardization: { mean: [1], standardDeviation: [0] } }),
      "linearRegressor requires standard deviations above 0; got 0",
    ],
    [
      () => linearClassifier([[1]]),
      "linearClassifier requires coefficients of at least two classes and a label each; got 1 rows and 1 labels",
    ],
    [
      () => linearClassifier([[1], [2]], { classes: [1, 2.5] }),
      "linearClassifier requires classes that are all whole numbers or all strings; got 1, 2.5",
    ],
  ];
  for (const [call, message] of cases) assert.throws(call, { code: "invalid-argument", message });
});

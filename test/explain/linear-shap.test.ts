import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, linearShap } from "../../kernel-lib/index";

test("linearShap values of a row sum to its output minus the base value", () => {
  const model = { coefficients: [2, -5, 0.25], intercept: 1, mean: [1, 0.5, -2] };
  const rows = [
    [3, 1, 0],
    [0, 0, 0],
    [-1, 2.5, 8],
  ];
  const { shapValues, baseValue } = linearShap(rows, model);
  rows.forEach((row, r) => {
    const output = row.reduce(
      (sum, value, c) => sum + value * (model.coefficients[c] ?? 0),
      model.intercept,
    );
    const sum = shapValues.slice(r * 3, r * 3 + 3).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - (output - baseValue)) < 1e-12);
  });
});

test("linearShap gives brute-force Shapley values of independent features", () => {
  const model = { coefficients: [2, -5], intercept: 1, mean: [1, 0.5] };
  const row = [3, 1];
  const value = (known: readonly boolean[]) =>
    model.coefficients.reduce(
      (sum, each, c) => sum + each * ((known[c] === true ? row[c] : model.mean[c]) ?? 0),
      model.intercept,
    );
  const first =
    (value([true, false]) - value([false, false]) + (value([true, true]) - value([false, true]))) /
    2;
  assert.ok(Math.abs((linearShap([row], model).shapValues[0] ?? NaN) - first) < 1e-12);
});

test("a row of another length is refused", () => {
  assert.throws(
    () => linearShap([[1]], { coefficients: [1, 2], intercept: 0, mean: [0, 0] }),
    new AssayerError("invalid-argument", "linearShap requires rows of 2 values; got 1"),
  );
});

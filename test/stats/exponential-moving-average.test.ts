import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, exponentialMovingAverage } from "../../kernel-lib/index";
import { assertClose, column, golden } from "./golden";

const series = column("wage").map((wage, i) => (i % 7 === 3 ? NaN : wage));

for (const { weight, values } of golden.averages)
  test(`exponentialMovingAverage equals pandas ${golden.versions.pandas} ewm(alpha=${1 - weight}, adjust=True, ignore_na=True) within 1e-12`, () => {
    const averages = exponentialMovingAverage(series, weight);
    const places = Object.entries(values);
    assert.ok(places.length > 20);
    for (const [i, expected] of places) assertClose(averages[Number(i)], expected, 1e-12);
  });

test("exponentialMovingAverage leaves values that are not finite in place, and out of the others", () => {
  assert.deepEqual(Array.from(exponentialMovingAverage([NaN, 0, Infinity, 3], 0.5)), [
    NaN,
    0,
    Infinity,
    2,
  ]);
});

test("exponentialMovingAverage of weight 0 is the values, of weight 1 their mean so far", () => {
  assert.deepEqual(Array.from(exponentialMovingAverage([4, 2, 9], 0)), [4, 2, 9]);
  assert.deepEqual(Array.from(exponentialMovingAverage([4, 2, 9], 1)), [4, 3, 5]);
});

test("exponentialMovingAverage keeps a constant as it is, and the array it was given", () => {
  const values = new Float64Array(1000).fill(0.1);
  assert.deepEqual(exponentialMovingAverage(values, 0.97), values);
  const given = [1, 5];
  exponentialMovingAverage(given, 0.5);
  assert.deepEqual(given, [1, 5]);
});

test("exponentialMovingAverage refuses a weight outside 0 to 1", () => {
  for (const weight of [-0.1, 1.01, NaN])
    assert.throws(
      () => exponentialMovingAverage([1], weight),
      new AssayerError(
        "invalid-argument",
        `exponentialMovingAverage requires a weight from 0 to 1; got ${weight}`,
      ),
    );
});

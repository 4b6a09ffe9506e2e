import assert from "node:assert/strict";
import { test } from "node:test";
import { axisTicks } from "../../kernel-lib/charts/axis-ticks";

const linear = (low: number, high: number) => axisTicks(low, high, { scale: "linear" });
const log = (low: number, high: number) => axisTicks(low, high, { scale: "log" });

test("axisTicks are multiples of 1, 2 or 5 within the values", () => {
  assert.deepEqual(linear(0, 10), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(linear(0.1, 0.3), [0.1, 0.15, 0.2, 0.25, 0.3]);
  assert.deepEqual(linear(-7, 41), [0, 10, 20, 30, 40]);
  assert.deepEqual(linear(1e-9, 4e-9), [1e-9, 2e-9, 3e-9, 4e-9]);
});

test("axisTicks of a log scale are powers of ten, and multiples where it spans few", () => {
  assert.deepEqual(log(1e-5, 0.1), [1e-5, 1e-4, 0.001, 0.01, 0.1]);
  assert.deepEqual(log(1e-12, 1), [1e-12, 1e-9, 1e-6, 0.001, 1]);
  assert.deepEqual(log(2, 9), [2, 4, 6, 8]);
});

test("axisTicks of one value are that value, and of values without round ones the two ends", () => {
  assert.deepEqual(linear(0.3, 0.3), [0.3]);
  const ends = [0.1234567, 0.12345670000000003] as const;
  assert.ok(linear(...ends).length >= 2);
  for (const [low, high] of [
    [-1e300, 1e300],
    [5e-324, 1e-323],
    [1, 1 + Number.EPSILON],
  ] as const) {
    const ticks = linear(low, high);
    assert.ok(
      ticks.length >= 2 && ticks.length <= 12 && ticks.every(Number.isFinite),
      ticks.join(" "),
    );
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  float32AtLeast,
  float32AtMost,
  halfToNumber,
  numberToHalf,
} from "../../kernel-lib/onnx/float32";

test("float32AtLeast keeps a number that is a float32", () => {
  for (const value of [0, 0.5, -0.25, 1e10, -(2 ** -149), Infinity, -Infinity]) {
    assert.equal(float32AtLeast(value), value);
  }
});

test("float32AtLeast is the next float32 above a double, also around zero and the largest float32", () => {
  assert.equal(float32AtLeast(0.1), 0.10000000149011612);
  assert.equal(float32AtLeast(-0.1), -0.09999999403953552);
  assert.equal(float32AtLeast(1e-60), 2 ** -149);
  assert.equal(float32AtLeast(-1e-60), -0);
  assert.equal(float32AtLeast(3.5e38), Infinity);
});

test("comparing a float32 with float32AtLeast or float32AtMost gives what comparing with the double gives", () => {
  let seed = 1;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 20_000; i++) {
    const threshold = (random() - 0.5) * 10 ** Math.floor(random() * 12 - 6);
    const near = Math.fround(threshold);
    const step = Math.abs(near) * 2 ** -23;
    for (const x of [near, Math.fround(near + step), Math.fround(near - step)]) {
      assert.equal(x < float32AtLeast(threshold), x < threshold);
      assert.equal(x <= float32AtMost(threshold), x <= threshold);
    }
  }
});

test("every half survives the way to a number and back", () => {
  for (let half = 0; half < 0x10000; half++) {
    const number = halfToNumber(half);
    if (!Number.isNaN(number)) assert.equal(numberToHalf(number), half);
  }
});

test("numberToHalf rounds to nearest, ties to even, and overflows to infinity", () => {
  assert.equal(halfToNumber(numberToHalf(1 + 2 ** -11)), 1);
  assert.equal(halfToNumber(numberToHalf(1 + 3 * 2 ** -11)), 1 + 2 ** -9);
  assert.equal(halfToNumber(numberToHalf(1.9999)), 2);
  assert.equal(halfToNumber(numberToHalf(65520)), Infinity);
  assert.equal(halfToNumber(numberToHalf(-1e9)), -Infinity);
  assert.equal(halfToNumber(numberToHalf(NaN)), NaN);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

test("seededRandom gives the same numbers for the same seed, others for another", () => {
  assert.deepEqual(draw(7, 5), draw(7, 5));
  assert.notDeepEqual(draw(7, 5), draw(8, 5));
});

test("seededRandom spreads evenly over 0 to 1", () => {
  const tenths = new Array<number>(10).fill(0);
  for (const value of draw(1, 100_000)) {
    const tenth = Math.floor(value * 10);
    tenths[tenth] = (tenths[tenth] ?? NaN) + 1;
  }
  // The 0.999 quantile of chi-squared with 9 degrees of freedom.
  const chiSquared = tenths.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquared < 27.88, String(chiSquared));
});

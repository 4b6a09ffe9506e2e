import assert from "node:assert/strict";
import { test } from "node:test";
import { totalVariationTest } from "../../kernel-lib/index";
import { drawHypergeometric, logHypergeometric } from "../../kernel-lib/stats/hypergeometric";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

/** White balls, black balls, draws. */
const urns = [
  [5, 10, 6],
  [40, 25, 30],
  [300, 2, 150],
  [20_000, 60_000, 3000],
] as const;

test("the chances of logHypergeometric are those of counting, and add up to 1", () => {
  // C(5, 2) · C(10, 4) / C(15, 6)
  assert.ok(Math.abs(Math.exp(logHypergeometric(2, 5, 10, 6)) - (10 * 210) / 5005) < 1e-14);
  assert.equal(logHypergeometric(6, 5, 10, 6), -Infinity);
  for (const [white, black, drawn] of urns) {
    let sum = 0;
    for (let x = 0; x <= drawn; x++) sum += Math.exp(logHypergeometric(x, white, black, drawn));
    assert.ok(Math.abs(sum - 1) < 1e-10, `${sum}`);
  }
});

test("drawHypergeometric has the distribution's mean and variance, within five standard errors", () => {
  const random = seededRandom(3);
  const draws = 20_000;
  for (const [white, black, drawn] of urns) {
    const all = white + black;
    const mean = (drawn * white) / all;
    const variance = (mean * (black / all) * (all - drawn)) / (all - 1);
    const values = Array.from({ length: draws }, () =>
      drawHypergeometric(random, white, black, drawn),
    );
    assert.ok(values.every((x) => x >= Math.max(0, drawn - black) && x <= Math.min(white, drawn)));
    const sampleMean = values.reduce((sum, x) => sum + x, 0) / draws;
    const sampleVariance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws;
    assert.ok(Math.abs(sampleMean - mean) < 5 * Math.sqrt(variance / draws));
    assert.ok(Math.abs(sampleVariance / variance - 1) < 5 * Math.sqrt(3 / draws));
  }
});

test("totalVariationTest of two categories comes near the exact chance of a split at least as far apart", () => {
  // 12 of 30 against 25 of 40: all splits of 37 and 33 values, by their chances.
  const gap = (x: number) => Math.abs(x / 30 - (37 - x) / 40);
  let exact = 0;
  for (let x = 0; x <= 30; x++)
    if (gap(x) >= gap(12) - 1e-12) exact += Math.exp(logHypergeometric(x, 37, 33, 30));
  const { pValue } = totalVariationTest([12, 18], [25, 15], { permutations: 20_000, seed: 1 });
  assert.ok(Math.abs(pValue - exact) < 5 * Math.sqrt((exact * (1 - exact)) / 20_000));
});

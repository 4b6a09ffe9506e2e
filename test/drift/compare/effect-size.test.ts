import assert from "node:assert/strict";
import { test } from "node:test";
import {
  detectableAssociation,
  detectableAuc,
  detectableGap,
  detectableMeanShift,
  normalLimit,
} from "../../../kernel-lib/drift/compare/minimum-detectable";
import {
  aucEffect,
  effectSize,
  effectStrength,
  shareEffect,
} from "../../../kernel-lib/drift/compare/effect-size";
import { categoricalSide, numericalSide } from "../../../kernel-lib/drift/compare/feature-side";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { kolmogorovSmirnov } from "../../../kernel-lib/stats/kolmogorov-smirnov";

function near(actual: number, expected: number, tolerance: number) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
}

function normal(n: number, seed: number, mean = 0, deviation = 1): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from(
    { length: n },
    () =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

test("the smallest detectable shift of two means is that of the textbook", () => {
  near(normalLimit(0.025), 1.959963984540054, 1e-9);
  // Cohen 1988, table 2.4.1: 64 rows a side show d = 0.5 at a level of 0.05 with a power of 0.8; by t, hence 63 here.
  near(detectableMeanShift(63, 63, 0.05), 0.5, 0.001);
});

test("the smallest detectable association is that of the non-central chi-square distribution", () => {
  // scipy 1.17.1: brentq over ncx2.sf(chi2.isf(0.05, df), df, x) - 0.8 gives these; Sankaran is within 2 %.
  for (const [categories, noncentrality] of [
    [2, 7.8489],
    [4, 10.9026],
    [11, 16.2411],
  ] as const)
    near(
      2 * 500 * detectableAssociation(500, 500, categories, 0.05) ** 2,
      noncentrality,
      0.02 * noncentrality,
    );
});

test("the Kolmogorov–Smirnov test shows the smallest detectable gap with a power of 0.8 or more", () => {
  const n = 400;
  const gap = detectableGap(n, n, 0.05) ?? NaN;
  const shift = 2 * normalLimit((1 - gap) / 2);
  let shown = 0;
  for (let seed = 0; seed < 400; seed++) {
    const { pValue } = kolmogorovSmirnov(normal(n, 2 * seed), normal(n, 2 * seed + 1, shift));
    if (pValue <= 0.05) shown++;
  }
  assert.ok(shown / 400 >= 0.8, String(shown / 400));
});

test("a move of the mean is Cohen's d, a change of the shape a Kolmogorov–Smirnov distance", () => {
  const effect = (current: Float64Array) =>
    effectSize(numericalSide(normal(20_000, 1)), numericalSide(current), 0.05);
  const moved = effect(normal(20_000, 2, -0.6));
  assert.equal(moved.name, "Cohen's d");
  near(moved.value, -0.6, 0.03);
  assert.equal(moved.magnitude, "medium");
  const wider = effect(normal(20_000, 3, 0, 3));
  assert.equal(wider.name, "Kolmogorov–Smirnov distance");
  assert.equal(wider.magnitude, "medium");
  assert.equal(effect(normal(20_000, 4)).magnitude, "negligible");
  const constant = effectSize(
    numericalSide(Float64Array.of(1, 1)),
    numericalSide(Float64Array.of(2, 2)),
    0.05,
  );
  assert.deepEqual([constant.value, constant.magnitude], [1, "large"]);
});

test("the effect of categories does not depend on how many rows a side has, nor grows by chance", () => {
  const side = (counts: Record<string, number>) =>
    categoricalSide(new Map(Object.entries(counts)), 0);
  const few = effectSize(side({ a: 500, b: 500 }), side({ a: 300, b: 700 }), 0.05);
  const many = effectSize(side({ a: 500, b: 500 }), side({ a: 30_000, b: 70_000 }), 0.05);
  // sqrt(chi2 / N) of the table [[500, 500], [300, 700]], by scipy 1.17.1's contingency.association.
  near(few.value, 0.20412414523193154, 0.005);
  near(many.value, few.value, 0.005);
  assert.equal(few.magnitude, "small");
  const random = seededRandom(1);
  const spread = (n: number) => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < n; i++) {
      const key = String(Math.floor(random() * 300));
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return side(counts);
  };
  assert.ok(effectSize(spread(1000), spread(1000), 0.05).value < 0.15);
});

test("the effect of categories is the same to the last bit in whatever order they are counted", () => {
  const random = seededRandom(4);
  const entries = Array.from({ length: 200 }, (_, i) => [`c${i}`, 1 + random() * 1000] as const);
  const other = entries.map(([name]) => [name, 1 + random() * 1000] as const);
  const values = [entries, entries.toReversed(), entries.toSorted((a, b) => a[1] - b[1])].map(
    (order) =>
      effectSize(categoricalSide(new Map(order), 0), categoricalSide(new Map(other), 0), 0.05)
        .value,
  );
  assert.ok((values[0] ?? 0) > 0.1);
  assert.deepEqual(new Set(values).size, 1);
});

test("effects of all measures have one scale of strength", () => {
  assert.equal(effectStrength(shareEffect({ share: 0, rows: 9 }, { share: 0, rows: 9 }, 0.05)), 0);
  near(effectStrength(aucEffect(0.75, 50, 50, 0.05)), 0.5, 1e-12);
  assert.equal(aucEffect(0.55, 50, 50, 0.05).magnitude, "negligible");
  assert.equal(aucEffect(0.6, 50, 50, 0.05).magnitude, "small");
  const missing = shareEffect({ share: 0.01, rows: 100 }, { share: 0.3, rows: 100 }, 0.05);
  assert.equal(missing.magnitude, "large");
});

test("so few rows that chance separates them show no gap and no area under the curve", () => {
  // 2 of the 6 orders of two and two values separate the sides, and 2 of the 252 of five and five.
  assert.equal(detectableGap(2, 2, 0.05), null);
  assert.equal(detectableAuc(2, 2, 0.05), null);
  assert.equal(detectableGap(5, 5, 0.05), 1);
  assert.equal(detectableGap(5, 5, 0.005), null);
  assert.equal(detectableGap(2000, 1, 0.05), 1);
});

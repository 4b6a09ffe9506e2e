import assert from "node:assert/strict";
import { test } from "node:test";
import { chunkSize, sortChunk } from "../../../kernel-lib/drift/profile/chunk-sorter";
import { QuantileSketch } from "../../../kernel-lib/drift/profile/quantile-sketch";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { distanceTo, profileOf } from "./exact";
import { shapes } from "./shapes";

// Rounding of weights that are no whole numbers.
const rounding = 1e-9;

for (const [name, shape] of Object.entries(shapes)) {
  test(`sortChunk sorts ${name} as Float64Array.prototype.sort does`, () => {
    for (const n of [0, 1, 2, 100, chunkSize]) {
      const values = shape(n, 7);
      const chunk = values.slice();
      sortChunk(chunk);
      assert.deepEqual(chunk, values.sort());
    }
  });

  test(`the shares of a sketch of ${name} stay within its bound, and the bound under 0.0015`, () => {
    for (const [n, seed] of [
      [1000, 1],
      [20_000, 2],
      [300_001, 3],
    ] as const) {
      const values = shape(n, seed);
      const sketch = profileOf(values).quantiles;
      assert.equal(sketch.count, n);
      const distance = distanceTo(sketch, values);
      assert.ok(distance <= sketch.rankError + rounding, `${distance} <= ${sketch.rankError}`);
      assert.ok(sketch.rankError < 0.0015, String(sketch.rankError));
    }
  });

  test(`a sketch of ${name} that was thinned to be kept stays within its bound`, () => {
    const values = shape(200_000, 5);
    const sketch = profileOf(values).quantiles;
    const kept = sketch.thinned(800);
    const distance = distanceTo(kept, values);
    assert.ok(distance <= kept.rankError + rounding, `${distance} <= ${kept.rankError}`);
    assert.ok(kept.rankError <= sketch.rankError + 1 / 1600 + rounding);
  });

  test(`eight sketches of ${name} merge to one of the whole, in any order`, () => {
    const values = shape(160_000, 11);
    // Parts of different sizes.
    const ends = [0, 100, 9000, 25_384, 50_000, 70_001, 90_000, 130_000, 160_000];
    const parts = ends.slice(1).map((end, i) => profileOf(values.subarray(ends[i], end)).quantiles);
    const pairwise = parts.reduce((a, b) => QuantileSketch.merged([a, b]));
    const backwards = parts.toReversed().reduce((a, b) => QuantileSketch.merged([a, b]));
    for (const merged of [QuantileSketch.merged(parts), pairwise, backwards]) {
      assert.equal(merged.count, values.length);
      const distance = distanceTo(merged, values);
      assert.ok(distance <= merged.rankError + rounding, `${distance} <= ${merged.rankError}`);
      assert.ok(merged.rankError < 0.0025, String(merged.rankError));
    }
  });
}

test("a sketch counts up to 512 distinct values exactly, and no more", () => {
  const many = Float64Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 512);
  const exact = profileOf(many).quantiles;
  assert.equal(exact.rankError, 0);
  assert.equal(exact.exactCounts?.get(3), many.filter((value) => value === 3).length);
  assert.equal(distanceTo(exact, many), 0);
  const more = QuantileSketch.merged([exact, profileOf([1000]).quantiles]);
  assert.equal(more.exactCounts, null);
  assert.equal(more.count, 100_001);
  assert.ok(distanceTo(more, [...many, 1000]) <= more.rankError + rounding);
  assert.ok(more.rankError <= 1 / 4096 + rounding);
});

test("a merge of exact sketches with the same values is exact", () => {
  const half = profileOf([1, 2, 2, 3]).quantiles;
  const merged = QuantileSketch.merged([half, half]);
  assert.deepEqual([...(merged.exactCounts ?? [])].sort(), [
    [1, 2],
    [2, 4],
    [3, 2],
  ]);
  assert.deepEqual([...(half.exactCounts ?? [])].length, 3, "the parts stay as they are");
  assert.equal(half.exactCounts?.get(2), 2);
});

test("a hundred sketches that were kept and read merge within a bound of 0.003", () => {
  const random = seededRandom(3);
  const all: number[] = [];
  const parts = Array.from({ length: 100 }, (_, day) => {
    const values = Float64Array.from({ length: 3000 + 37 * day }, () => random() ** 2 + day / 100);
    all.push(...values);
    return QuantileSketch.of(profileOf(values).quantiles.thinned(800).parts());
  });
  for (const merged of [
    QuantileSketch.merged(parts),
    parts.reduce((a, b) => QuantileSketch.merged([a, b])),
  ]) {
    const distance = distanceTo(merged, all);
    assert.ok(distance <= merged.rankError + rounding, `${distance} <= ${merged.rankError}`);
    assert.ok(merged.rankError < 0.003, String(merged.rankError));
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { CategoricalBuilder, labelOf } from "../../../kernel-lib/drift/profile/categorical-profile";
import { DistinctSketch } from "../../../kernel-lib/drift/profile/distinct-sketch";
import { HeavyHitters } from "../../../kernel-lib/drift/profile/heavy-hitters";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { profileOf } from "./exact";

// Four standard errors of HyperLogLog with 4,096 registers: 1.04 / 64 = 1.6 % each.
const fourErrors = 0.065;

test("DistinctSketch tells how many distinct numbers there are within 6.5 % (four standard errors)", () => {
  const random = seededRandom(1);
  const kinds: Record<string, (i: number) => number> = {
    integers: (i) => i,
    "negative integers": (i) => -i,
    "multiples of 1000": (i) => 1000 * i,
    fractions: (i) => i / 7,
    random: () => random(),
    "tiny differences": (i) => 1 + i * Number.EPSILON,
  };
  for (const [kind, value] of Object.entries(kinds))
    for (const n of [600, 3000, 10_000, 100_000, 1_000_000]) {
      const sketch = new DistinctSketch();
      sketch.addNumbers(Float64Array.from({ length: n }, (_, i) => value(i)));
      const estimate = sketch.estimate();
      assert.ok(Math.abs(estimate / n - 1) < fourErrors, `${kind}: ${estimate} of ${n}`);
    }
});

test("DistinctSketch tells how many distinct texts there are, and of two the union", () => {
  const [first, second, both] = [new DistinctSketch(), new DistinctSketch(), new DistinctSketch()];
  for (let i = 0; i < 60_000; i++) {
    if (i < 40_000) first.addText(`user-${i}`);
    if (i >= 20_000) second.addText(`user-${i}`);
    both.addText(`user-${i}`);
  }
  assert.ok(Math.abs(both.estimate() / 60_000 - 1) < fourErrors, String(both.estimate()));
  assert.deepEqual(first.merged(second).registers, both.registers);
});

test("a profile of numbers counts few distinct values exactly and many within 6.5 %", () => {
  assert.equal(profileOf([3, 1, 3, NaN, -0, 0, Infinity]).distinct, 3);
  const many = Float64Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 20_000);
  const distinct = profileOf(many).distinct;
  assert.ok(Math.abs(distinct / 20_000 - 1) < fourErrors, String(distinct));
});

test("a profile never tells of more distinct values than there are values", () => {
  for (let size = 3000; size < 3100; size++) {
    const values = Float64Array.from({ length: size }, (_, i) => i);
    assert.ok(profileOf(values).distinct <= size, String(size));
    const texts = new CategoricalBuilder("x", "text");
    for (const value of values) texts.add(`value ${value}`);
    assert.ok(texts.profile().distinct <= size, String(size));
  }
});

/** Categories whose frequencies fall as 1/rank, in a seeded order. */
function zipf(values: number, categories: number, seed: number): Map<string, number> {
  const random = seededRandom(seed);
  const counts = new Map<string, number>();
  for (let i = 0; i < values; i++) {
    const name = `c${Math.floor(categories ** random())}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function assertBounds(hitters: HeavyHitters, truth: ReadonlyMap<string, number>): void {
  for (const [category, count] of truth) {
    const counted = hitters.counts.get(category) ?? 0;
    assert.ok(counted <= count && count <= counted + hitters.error, `${category}: ${counted}`);
  }
  const total = [...truth.values()].reduce((sum, count) => sum + count, 0);
  assert.equal(hitters.total, total);
  assert.ok(hitters.error <= (2 * total) / 1001, `${hitters.error} of ${total}`);
}

test("HeavyHitters counts up to 1,000 categories exactly", () => {
  const truth = zipf(50_000, 900, 1);
  const hitters = HeavyHitters.empty();
  for (const [category, count] of truth) hitters.add(category, count);
  assert.equal(hitters.error, 0);
  assert.equal(hitters.others, 0);
  assert.deepEqual(new Map(hitters.sorted()), truth);
});

test("HeavyHitters keeps the frequent of 50,000 categories within its stated error, however they come", () => {
  const random = seededRandom(9);
  const truth = zipf(300_000, 50_000, 2);
  const stream = [...truth].flatMap(([category, count]) => Array<string>(count).fill(category));
  for (let i = stream.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [stream[i], stream[j]] = [stream[j] as string, stream[i] as string];
  }
  const oneByOne = HeavyHitters.empty();
  for (const category of stream) oneByOne.add(category);
  assertBounds(oneByOne, truth);
  const atOnce = HeavyHitters.ofCounts(truth);
  assertBounds(atOnce, truth);
  assert.equal(atOnce.counts.get("c1"), truth.get("c1"), "at once, what is listed is exact");
  const parts = Array.from({ length: 8 }, (_, part) => {
    const hitters = HeavyHitters.empty();
    for (let i = part; i < stream.length; i += 8) hitters.add(stream[i] as string);
    return hitters;
  });
  assertBounds(
    parts.reduce((a, b) => a.merged(b)),
    truth,
  );
  assertBounds(
    parts.toReversed().reduce((a, b) => a.merged(b)),
    truth,
  );
});

test("a profile of categories tells how many there are, one by one, at once and merged", () => {
  const truth = zipf(100_000, 30_000, 4);
  const oneByOne = new CategoricalBuilder("x", "text");
  for (const [category, count] of truth) for (let i = 0; i < count; i++) oneByOne.add(category);
  const atOnce = new CategoricalBuilder("x", "text");
  atOnce.addCounts(truth);
  const merged = oneByOne.profile().merged([atOnce.profile()]);
  for (const distinct of [oneByOne.profile().distinct, atOnce.profile().distinct, merged.distinct])
    assert.ok(Math.abs(distinct / truth.size - 1) < fourErrors, `${distinct} of ${truth.size}`);
});

test("long categories are kept by their beginning and a hash", () => {
  const long = "x".repeat(500);
  assert.equal(labelOf("short"), "short");
  assert.equal(labelOf(long).length, 119);
  assert.notEqual(labelOf(`${long}a`), labelOf(`${long}b`));
  assert.equal(labelOf(`${long}a`), labelOf(`${long}a`));
});

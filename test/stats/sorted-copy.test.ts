import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssayerError,
  binEdges,
  histogram,
  kolmogorovSmirnov,
  quantile,
  sortedCopy,
  wasserstein,
} from "../../kernel-lib/index";
import { ascending } from "../../kernel-lib/stats/ascending";
import { largestGap } from "../../kernel-lib/stats/largest-gap";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

const random = seededRandom(4);
const sizes = [0, 1, 2, 4095, 4096, 50_000];
const kinds: Record<string, () => number> = {
  "doubles of all magnitudes": () => (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300),
  "whole numbers": () => Math.floor(random() * 1000) - 500,
  "three values": () => [-1, 0, 7][Math.floor(random() * 3)] ?? 0,
  "one value": () => 2.5,
  "doubles of a narrow range": () => 1000 + random() / 10,
  "doubles of a range so narrow that they differ in the low word alone": () => 1 + random() / 1e7,
  "milliseconds of a month": () => 1.7e12 + Math.floor(random() * 2.6e9),
  "doubles that crowd in one place": () => (random() < 0.3 ? 5 + random() / 1e6 : random() * 1e4),
  "zeros of both signs": () => [-0, 0, -1, 1][Math.floor(random() * 4)] ?? 0,
  "the smallest and largest doubles": () =>
    (random() < 0.5 ? -1 : 1) * (random() < 0.5 ? Number.MIN_VALUE : Number.MAX_VALUE),
};

for (const [kind, next] of Object.entries(kinds))
  test(`sortedCopy orders as the sort of numbers does: ${kind}`, () => {
    for (const size of sizes) {
      const values = Float64Array.from({ length: size }, next);
      const before = values.slice();
      assert.deepEqual(sortedCopy(values), values.slice().sort());
      assert.deepEqual(values, before, "the values stay as they are");
    }
  });

test("sortedCopy leaves out what is not a finite number, below and above the size where its method changes", () => {
  assert.deepEqual(
    Array.from(sortedCopy([3, NaN, null, -Infinity, 1, undefined, Infinity])),
    [1, 3],
  );
  const many = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? NaN : -i));
  const sorted = sortedCopy(many);
  assert.equal(sorted.length, 6666);
  assert.equal(sorted[0], -9998);
  assert.equal(sorted.at(-1), -1);
});

test("sortedCopy gives the bits that the sort of numbers gives, whatever is missing among a million", () => {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (const [size, missing] of [
    [1_000_000, 0],
    [300_000, 0.4],
    [5000, 1],
    [20_000, 0.999],
  ] as const) {
    const values = Float64Array.from({ length: size }, () =>
      random() < missing ? ([NaN, Infinity, -Infinity][Math.floor(random() * 3)] ?? NaN) : normal(),
    );
    const sorted = sortedCopy(values);
    assert.deepEqual(bits(sorted), bits(values.filter(Number.isFinite).sort()));
  }
});

function bits(values: Float64Array): BigInt64Array {
  return new BigInt64Array(values.buffer);
}

test("sortedCopy puts −0 beside 0, and samples with either are the same", () => {
  assert.deepEqual(Array.from(sortedCopy([0, -1, -0, 1])), [-1, -0, 0, 1]);
  assert.equal(kolmogorovSmirnov([0, 0, 1], [-0, 0, 1]).statistic, 0);
});

test("a sample in order is taken as it is, any other is sorted and cleaned", () => {
  const sorted = Float64Array.of(1, 2, 2, 3);
  assert.equal(ascending("wasserstein", "reference", sorted), sorted);
  for (const values of [
    [3, 1, 2, 2],
    [1, 2, NaN, 2, 3],
    [1, 2, 2, 3, Infinity],
    [-Infinity, 1, 2, 2, 3],
  ])
    assert.deepEqual(ascending("wasserstein", "reference", Float64Array.from(values)), sorted);
  assert.throws(() => ascending("wasserstein", "current", Float64Array.of(NaN)), {
    code: "empty-sample",
    message: "wasserstein requires a finite value in the current; got none of 1",
  });
});

test("largestGap equals the largest difference counted value by value, with and without ties", () => {
  for (const [n, m, values] of [
    [3000, 2000, 50],
    [3000, 3000, 1e9],
    [700, 4000, 900],
    [1, 500, 20],
    [5000, 5000, 1],
  ] as const) {
    const x = sortedCopy(Float64Array.from({ length: n }, () => Math.floor(random() * values)));
    const y = sortedCopy(
      Float64Array.from({ length: m }, () => Math.floor(random() * values * 1.02)),
    );
    const upTo = (sorted: Float64Array, value: number) =>
      sorted.filter((each) => each <= value).length;
    const slow = [...new Set([...x, ...y])].reduce(
      (largest, value) => Math.max(largest, Math.abs(upTo(x, value) * m - upTo(y, value) * n)),
      0,
    );
    assert.equal(largestGap(x, y), slow);
  }
});

test("wasserstein of sides of different size is the area between the distributions, by hand", () => {
  // Shares of 0, 1 and 3 against 0 and 2: |1/3 − 1/2| up to 1, |2/3 − 1/2| up to 2, |2/3 − 1| up to 3.
  assert.ok(Math.abs(wasserstein([3, 0, 1], [2, 0]) - 2 / 3) < 1e-15);
});

test("quantile, binEdges and histogram refuse what makes no sense", () => {
  const refused = (
    work: () => unknown,
    code: "invalid-argument" | "empty-sample",
    message: string,
  ) => {
    assert.throws(work, new AssayerError(code, message));
  };
  refused(
    () => quantile([1], 1.5),
    "invalid-argument",
    "quantile requires a share from 0 to 1; got 1.5",
  );
  refused(
    () => quantile([], 0.5),
    "empty-sample",
    "quantile requires a finite value in the sample; got none of 0",
  );
  refused(
    () => binEdges([1], 0),
    "invalid-argument",
    "binEdges requires a whole number of bins, 1 or more; got 0",
  );
  refused(
    () => binEdges([1], "foo" as "auto"),
    "invalid-argument",
    "unknown rule for bins: foo; expected one of auto, doane, fd, rice, scott, sqrt, sturges",
  );
  refused(
    () => histogram([1], [1]),
    "invalid-argument",
    "histogram requires 2 or more edges; got 1",
  );
  refused(
    () => histogram([1], [2, 1]),
    "invalid-argument",
    "histogram requires ascending edges; got one that falls",
  );
});

test("histogram counts nothing of an empty sample, and leaves out what lies beyond the edges", () => {
  assert.deepEqual(Array.from(histogram([NaN], [0, 1])), [0]);
  assert.deepEqual(Array.from(histogram([-1, 0, 1, 2, 3], [0, 1, 2])), [1, 2]);
});

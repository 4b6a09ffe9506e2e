import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, exactShap, summariseBackground } from "../../../kernel-lib/index";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { predictWith, randomModel, randomRows } from "./random-model";

test("summariseBackground finds clusters that lie apart, with values that the data has, weighted by their rows", () => {
  const random = seededRandom(2);
  const sizes = [5, 20, 40];
  const rows = sizes.flatMap((size, cluster) =>
    Array.from({ length: size }, () => [100 * cluster + Math.round(4 * random()), cluster]),
  );
  const found = summariseBackground({ rows: Float64Array.from(rows.flat()), count: 65 }, 3);
  const order = [0, 1, 2].sort((a, b) => (found.weights[a] ?? 0) - (found.weights[b] ?? 0));
  assert.deepEqual(
    order.map((c) => found.weights[c]),
    sizes,
  );
  order.forEach((c, cluster) => {
    const own = rows.filter(([, each]) => each === cluster).map(([value = NaN]) => value);
    const mean = own.reduce((sum, each) => sum + each, 0) / own.length;
    const nearest = Math.min(...own.map((value) => Math.abs(value - mean)));
    assert.equal(found.rows[2 * c + 1], cluster);
    assert.ok(own.includes(found.rows[2 * c] ?? NaN));
    assert.ok(Math.abs(Math.abs((found.rows[2 * c] ?? NaN) - mean) - nearest) < 1e-12);
  });
});

test("summariseBackground has no more rows than are distinct, counts weights, and fills missing values", () => {
  const data = { rows: Float64Array.of(1, 1, 5, NaN, 5), count: 5, weights: [1, 1, 2, 0, 3] };
  const found = summariseBackground(data, 4);
  const rows = [...found.rows].map((value, i) => [value, found.weights[i] ?? NaN]);
  // The missing value, the mean of the others, lies nearer to 5 and has no weight.
  assert.deepEqual(
    rows.sort(([a = 0], [b = 0]) => a - b),
    [
      [1, 2],
      [5, 5],
    ],
  );
});

test("values against a summary come near those against all rows", async () => {
  const predict = predictWith(randomModel(6, 4));
  const background = randomRows(300, 6, 1);
  const data = randomRows(5, 6, 2);
  const all = await exactShap(data, { predict, background });
  const few = await exactShap(data, { predict, background: summariseBackground(background, 60) });
  const distance = (x: Float64Array, y: Float64Array) =>
    Math.sqrt(x.reduce((sum, each, i) => sum + (each - (y[i] ?? NaN)) ** 2, 0));
  const size = distance(all.shapValues, new Float64Array(30));
  assert.ok(distance(all.shapValues, few.shapValues) < 0.15 * size);
  assert.ok(few.evaluations.every((each, i) => each < (all.evaluations[i] ?? 0) / 4));
});

test("summariseBackground refuses a count below 1 and no rows", () => {
  const refused = (work: () => unknown, message: string) => {
    assert.throws(
      work,
      new AssayerError("invalid-argument", `summariseBackground requires ${message}`),
    );
  };
  refused(() => summariseBackground(randomRows(2, 2, 1), 0), "1 row or more; got 0");
  refused(
    () => summariseBackground({ rows: new Float64Array(), count: 0 }, 1),
    "1 row or more, each of as many numbers; got 0 numbers for 0 rows",
  );
});

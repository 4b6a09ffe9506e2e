import assert from "node:assert/strict";
import { test } from "node:test";
import { FeatureBins } from "../../../kernel-lib/drift/boosted-trees/bins";
import { growBoostedTrees } from "../../../kernel-lib/drift/boosted-trees/boosted-trees";
import { AssayerError } from "../../../kernel-lib/errors";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";

const rows = 2000;
const numbers = (name: string, make: (row: number) => number) => ({
  name,
  kind: "number" as const,
  values: Float64Array.from({ length: rows }, (_, row) => make(row)),
});

function fitted(
  columns: Parameters<typeof FeatureBins.of>[0],
  target: Float64Array,
  options: Partial<Parameters<typeof growBoostedTrees>[2]> = {},
) {
  const bins = FeatureBins.of(columns);
  const trees = growBoostedTrees(bins.apply(columns), target, {
    loss: "squared-error",
    ...options,
  });
  return (given: typeof columns) => trees.predict(bins.apply(given));
}

function meanSquare(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0) / a.length;
}

test("one tree of two leaves splits where the squared error falls most, and a leaf is its mean", () => {
  const columns = [numbers("noise", (row) => row % 7), numbers("step", (row) => row)];
  const target = Float64Array.from({ length: rows }, (_, row) => (row < 600 ? 1 : 5));
  const predict = fitted(columns, target, { trees: 1, leaves: 2, learningRate: 1 });
  const at = (value: number) =>
    predict([numbers("noise", () => 3), numbers("step", () => value)])[0] ?? NaN;
  // A bin of 2000 rows in 255 holds 8 of them: the bound is at most so far from the step.
  assert.ok(Math.abs(at(590) - 1) < 0.05 && Math.abs(at(610) - 5) < 0.05, `${at(590)} ${at(610)}`);
  assert.ok(Math.abs(at(-1e9) - at(590)) < 1e-12 && Math.abs(at(1e9) - at(610)) < 1e-12);
});

test("boosting learns what features mean together, and does not learn noise by heart", () => {
  const random = seededRandom(1);
  const columns = ["a", "b", "c"].map((name) => numbers(name, () => random()));
  const [a, b] = columns;
  const truth = Float64Array.from(
    { length: rows },
    (_, row) => Math.sign((a?.values[row] ?? 0) - 0.5) * Math.sign((b?.values[row] ?? 0) - 0.5),
  );
  const noisy = truth.map((value) => value + (random() - 0.5) * 2);
  const predicted = fitted(columns, noisy)(columns);
  assert.ok(meanSquare(predicted, truth) < 0.12, String(meanSquare(predicted, truth)));
  const halves = fitted(
    columns,
    truth.map((value) => Number(value > 0)),
    { loss: "log-loss" },
  );
  const wrong = halves(columns).filter((share, row) => share > 0.5 !== (truth[row] ?? 0) > 0);
  assert.ok(wrong.length < rows * 0.01, String(wrong.length));
});

test("what is missing goes to the side where it gains more, and what is missing later with the more", () => {
  const holes = numbers("a", (row) => (row % 4 === 0 ? NaN : row % 2));
  const target = Float64Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 7 : row % 2));
  const predicted = fitted([holes], target, { trees: 200 })([holes]);
  assert.ok(meanSquare(predicted, target) < 1e-6);
  const whole = numbers("a", (row) => Number(row < 1500));
  const predict = fitted([whole], whole.values, { trees: 200 });
  assert.ok(Math.abs((predict([numbers("a", () => NaN)])[0] ?? NaN) - 1) < 1e-3);
});

test("categories split into sets, also many and without an order; unknown ones have an answer", () => {
  const names = Array.from({ length: 300 }, (_, i) => `c${i}`);
  const codes = Int32Array.from({ length: rows * 20 }, (_, row) =>
    row % 41 === 0 ? -1 : row % 100,
  );
  const column = { name: "c", kind: "category" as const, codes, categories: names };
  const target = Float64Array.from(codes, (code) => (code * 37) % 10);
  const predict = fitted([column], target, { trees: 200 });
  assert.ok(meanSquare(predict([column]), target) < 0.01);
  // The other table names its categories in another order, and one that was never seen.
  const other = {
    ...column,
    codes: Int32Array.of(0, 1, 2),
    categories: ["c5", "c3", "never"],
  };
  const [five = NaN, three = NaN, never = NaN] = predict([other]);
  assert.ok(Math.abs(five - 5) < 0.3 && Math.abs(three - 1) < 0.3, `${five} ${three}`);
  assert.ok(Number.isFinite(never));
});

test("the same rows give the same trees, and rows that are not learnt from do not matter", () => {
  const random = seededRandom(3);
  const columns = [numbers("a", () => random()), numbers("b", () => random())];
  const target = Float64Array.from({ length: rows }, () => random());
  const learnt = Uint32Array.from({ length: 1000 }, (_, i) => i);
  const changed = target.map((value, row) => (row < 1000 ? value : 99));
  const first = fitted(columns, target, { rows: learnt, trees: 20 })(columns);
  assert.deepEqual(fitted(columns, changed, { rows: learnt, trees: 20 })(columns), first);
  assert.notDeepEqual(fitted(columns, target, { trees: 20 })(columns), first);
});

test("too few rows, or features that do not vary, give the mean", () => {
  const constant = [numbers("a", () => 1)];
  const target = Float64Array.from({ length: rows }, (_, row) => row % 2);
  assert.ok(fitted(constant, target)(constant).every((value) => value === 0.5));
  const few = Uint32Array.from({ length: 30 }, (_, i) => i);
  const varied = [numbers("a", (row) => row)];
  assert.ok(fitted(varied, target, { rows: few })(varied).every((value) => value === 0.5));
});

test("bad input is named", () => {
  const columns = [numbers("a", (row) => row)];
  const refused = (work: () => unknown, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(
    () => fitted(columns, new Float64Array(3)),
    "growBoostedTrees requires a target for each of 2000 rows, and rows to learn from; got 3 and 3",
  );
  refused(
    () => fitted(columns, new Float64Array(rows).fill(NaN)),
    "growBoostedTrees requires a target of finite numbers; got another value in row 0",
  );
  refused(
    () => fitted(columns, new Float64Array(rows).fill(2), { loss: "log-loss" }),
    "growBoostedTrees requires a target of 0 and 1; got another value in row 0",
  );
  refused(
    () => FeatureBins.of(columns).apply([numbers("b", () => 1)]),
    "FeatureBins.apply requires the features a, of one length; got b",
  );
});

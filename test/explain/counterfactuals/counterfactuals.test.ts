import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssayerError,
  counterfactuals,
  type CounterfactualColumn,
  type CounterfactualOptions,
} from "../../../kernel-lib/index";
import {
  nextFloat32,
  roundest,
  spreadOf,
} from "../../../kernel-lib/explain/counterfactuals/candidates";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { predictWith, type RowFunction } from "../any-model/random-model";

const at = (values: ArrayLike<number> | undefined, i: number) => values?.[i] ?? NaN;

/** Trees of depth 3 that ask about whole numbers and a half, added up. */
function randomTrees(width: number, trees: number, seed: number): RowFunction {
  const random = seededRandom(seed);
  const nodes = Array.from({ length: trees }, () =>
    Array.from({ length: 7 }, () => ({
      feature: Math.floor(random() * width),
      threshold: Math.floor(random() * 6) + 0.5,
      weights: [random() - 0.5, random() - 0.5],
    })),
  );
  return (row) => [
    nodes.reduce((sum, tree) => {
      let node = 0;
      for (;;) {
        const { feature, threshold, weights } = tree[node] ?? {
          feature: 0,
          threshold: 0,
          weights: [],
        };
        const side = at(row, feature) <= threshold ? 0 : 1;
        if (2 * node + 1 >= tree.length) return sum + at(weights, side);
        node = 2 * node + 1 + side;
      }
    }, 0),
  ];
}

/** Rows of whole numbers from 0 to 6. */
function wholeRows(count: number, width: number, seed: number) {
  const random = seededRandom(seed);
  return {
    rows: Float64Array.from({ length: count * width }, () => Math.floor(random() * 7)),
    count,
  };
}

const halves = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5];

test("counterfactuals equal the nearest row of a whole grid, by brute force, and say that they are proven", async () => {
  const width = 4;
  const data = wholeRows(60, width, 2);
  let reached = 0;
  for (let seed = 0; seed < 25; seed++) {
    const model = randomTrees(width, 6, seed);
    const row = data.rows.slice(4 * seed, 4 * seed + 4);
    const atLeast = at(model(row), 0) + 0.6;
    const columns: CounterfactualColumn[] = [
      { name: "a", grid: halves, direction: "up" },
      { name: "b", kind: "category", allowed: [0, 2, 4] },
      { name: "c", grid: halves, lower: 1, upper: 4 },
      { name: "d", grid: halves },
    ];
    const mostChanges = 1 + (seed % 4);
    const sparsity = 0.1;
    const { counterfactuals: found, provenChanges } = await counterfactuals(row, {
      predict: predictWith(model),
      data,
      columns,
      goal: { atLeast },
      mostChanges,
      sparsity,
    });
    const spreads = columns.map((_, f) =>
      spreadOf(Float64Array.from({ length: 60 }, (_, r) => at(data.rows, r * width + f))),
    );
    let nearest = Infinity;
    for (let code = 0; code < 7 ** 4; code++) {
      const other = [0, 1, 2, 3].map((f) => Math.floor(code / 7 ** f) % 7);
      const [a = 0, b = 0, c = 0] = other;
      if (a < at(row, 0) || (![0, 2, 4].includes(b) && b !== at(row, 1))) continue;
      if ((c < 1 || c > 4) && c !== at(row, 2)) continue;
      const changed = [0, 1, 2, 3].filter((f) => other[f] !== at(row, f));
      if (changed.length > mostChanges || at(model(other), 0) < atLeast) continue;
      const distance = changed.reduce(
        (sum, f) => sum + (f === 1 ? 1 : Math.abs(at(other, f) - at(row, f)) / at(spreads, f)),
        sparsity * changed.length,
      );
      nearest = Math.min(nearest, distance);
    }
    assert.equal(provenChanges, mostChanges);
    const [best] = found;
    if (best === undefined) {
      assert.equal(nearest, Infinity);
      continue;
    }
    reached++;
    const cost = best.distance + sparsity * best.changes.length;
    assert.ok(Math.abs(cost - nearest) < 1e-12, `${cost} is not ${nearest}`);
    assert.deepEqual([...best.predictions], model(best.row));
    const sets = found.map(({ changes }) => changes.map(({ column }) => column).join());
    assert.equal(new Set(sets).size, sets.length);
    for (const each of found) {
      assert.ok(at(each.predictions, 0) >= atLeast);
      assert.ok(at(each.row, 0) >= at(row, 0) && each.changes.length <= mostChanges);
    }
  }
  assert.ok(reached > 12, `${reached} were reached`);
});

const income: RowFunction = ([hours = 0, education = 0, sector = 0, age = 0]) => [
  1 /
    (1 +
      Math.exp(
        -(0.1 * (hours - 40) + 0.4 * (education - 13) + 1.2 * sector + 0.01 * (age - 40) - 0.5),
      )),
];
const columns: CounterfactualColumn[] = [
  { name: "hours", lower: 0, upper: 80 },
  { name: "education", direction: "up", whole: true },
  { name: "sector", kind: "category", labels: ["farming", "sales"] },
  { name: "age", fixed: true },
];
const people = {
  rows: Float64Array.from([
    38, 12, 0, 30, 40, 12, 1, 50, 45.5, 16, 1, 41, 20, 10, 0, 22, 40, 18, 0, 60,
  ]),
  count: 5,
};
const person = Float64Array.of(38, 12, 0, 40);
const options: CounterfactualOptions = {
  predict: predictWith(income),
  data: people,
  columns,
  goal: { class: 1 },
};

test("each way to the goal tells what to do, changes other columns, and leaves alone what is fixed", async () => {
  const { counterfactuals: found, predictions, reached } = await counterfactuals(person, options);
  assert.ok(!reached && at(predictions, 0) < 0.5);
  assert.ok(found.length >= 2);
  for (const { row, changes, predictions: then } of found) {
    assert.ok(at(then, 0) >= 0.5);
    assert.equal(at(row, 3), 40);
    assert.ok(at(row, 1) >= 12 && Number.isInteger(at(row, 1)));
    assert.ok(at(row, 0) >= 0 && at(row, 0) <= 80);
    for (const { column, from, to } of changes) {
      const f = columns.findIndex(({ name }) => name === column);
      assert.deepEqual([from, to], [at(person, f), at(row, f)]);
    }
  }
  const texts = found.flatMap(({ changes }) => changes.map(({ text }) => text));
  assert.ok(texts.includes("change sector from farming to sales"), texts.join("; "));
  assert.ok(
    texts.some((text) => /^raise hours from 38 to 49(\.\d+)?$/.test(text)),
    texts.join("; "),
  );
});

test("a column of 0 and 1 is set, one of other whole numbers is raised", async () => {
  const texts = async (second: number) => {
    const found = await counterfactuals(Float64Array.of(1, 0), {
      predict: predictWith(([member = 0, south = 0]) => [(1 - member) * 0.6 + south * 0.6]),
      data: { rows: Float64Array.of(1, 0, 0, 1, NaN, second), count: 3 },
      columns: [{ name: "member" }, { name: "south" }],
      goal: { atLeast: 0.5 },
    });
    return found.counterfactuals
      .map(({ changes }) => changes.map(({ text }) => text).join())
      .sort();
  };
  assert.deepEqual(await texts(0), ["set member to 0", "set south to 1"]);
  assert.deepEqual(await texts(2), ["raise south from 0 to 1", "set member to 0"]);
});

test("a goal can be a class, a range of a probability, or one of a number", async () => {
  const three: RowFunction = ([x = 0]) => [-x, 1 - Math.abs(x - 2), x - 4];
  const line = { rows: Float64Array.of(0, 1, 2, 3, 4, 5), count: 6 };
  const of = async (goal: CounterfactualOptions["goal"], model = three, from = 0) => {
    const found = await counterfactuals(Float64Array.of(from), {
      predict: predictWith(model),
      data: line,
      columns: [{ name: "x", whole: false, grid: Array.from({ length: 501 }, (_, i) => i / 100) }],
      goal,
    });
    return { ...found, x: at(found.counterfactuals[0]?.row, 0) };
  };
  // 1 − |x − 2| overtakes −x at x = 0.5 where it is −0.5; x − 4 overtakes 1 − |x − 2| at 3.5.
  const wanted = [
    [1, 0.5],
    [2, 3.5],
  ] as const;
  for (const [target, border] of wanted) {
    const { x } = await of({ class: target }, (row) => three([at(row, 0)]), -1);
    assert.ok(x >= border - 0.01 && x <= border + 0.011, String(x));
  }
  const number: RowFunction = ([x = 0]) => [10 * x];
  const inRange = await of({ atLeast: 21, atMost: 23 }, number, 5);
  assert.ok(Math.abs(inRange.x - 2.3) < 1e-9);
  assert.deepEqual((await of({ atMost: 3 }, number)).reached, true);
  assert.deepEqual((await of({ atMost: 3 }, number)).counterfactuals, []);
  const low = await of({ class: 0 }, ([x = 0]) => [x / 5], 5);
  assert.ok(low.x < 2.5 && low.x >= 2.49, String(low.x));
});

test("a missing value can be filled, and a goal out of reach has no counterfactuals", async () => {
  const model: RowFunction = ([x = NaN, y = NaN]) => [Number.isNaN(x) ? 0 : y > 3 ? 1 : 0.2];
  const data = { rows: Float64Array.of(1, 4, 2, 5, 3, 6), count: 3 };
  const base = { predict: predictWith(model), data, goal: { class: 1 } };
  const found = await counterfactuals(Float64Array.of(NaN, 5), {
    ...base,
    columns: [{ name: "x", direction: "up" }, { name: "y" }],
  });
  const [best] = found.counterfactuals;
  assert.match(best?.changes[0]?.text ?? "", /^change x from missing to [123]$/);
  assert.equal(best?.distance, 1);
  const none = await counterfactuals(Float64Array.of(NaN, 5), {
    ...base,
    columns: [{ name: "x", fixed: true }, { name: "y" }],
  });
  assert.deepEqual([none.counterfactuals, none.reached], [[], false]);
});

test("more combinations than the budget allows leave the proof out, and the best found", async () => {
  const model = randomTrees(8, 40, 3);
  const data = wholeRows(80, 8, 4);
  const row = data.rows.slice(0, 8);
  const run = (maxEvaluations: number) => {
    const predict = predictWith(model);
    return counterfactuals(row, {
      predict,
      data,
      columns: Array.from({ length: 8 }, (_, f) => ({ name: `c${f}`, grid: halves })),
      goal: { atLeast: at(model(row), 0) + 4.5 },
      maxEvaluations,
    }).then((found) => {
      assert.equal(found.evaluations, predict.rows);
      return found;
    });
  };
  const all = await run(1e5);
  const short = await run(600);
  assert.equal(all.provenChanges, 3);
  assert.equal(short.provenChanges, 1);
  assert.ok(all.counterfactuals.length > 0 && short.counterfactuals.length > 0);
  const cost = (found: typeof all) =>
    at(
      found.counterfactuals.map(({ distance, changes }) => distance + 0.1 * changes.length),
      0,
    );
  assert.ok(cost(short) >= cost(all));
});

test("columns of thousands of thresholds take a bounded number of predictions, and the exact single change", async () => {
  const grid = Array.from({ length: 3000 }, (_, i) => i / 500);
  const data = wholeRows(50, 10, 1);
  const row = new Float64Array(10);
  const model: RowFunction = (values) => [
    Array.from(values).reduce((sum, each) => sum + Math.min(each, 3), 0),
  ];
  const predict = predictWith(model);
  const columns = Array.from({ length: 10 }, (_, f) => ({
    name: `c${f}`,
    grid,
    whole: false,
    direction: "up" as const,
  }));
  const single = await counterfactuals(row, { predict, data, columns, goal: { atLeast: 2.345 } });
  const [best] = single.counterfactuals;
  assert.equal(best?.changes.length, 1);
  assert.ok(Math.abs((best.changes[0]?.to ?? NaN) - 2.345) <= 0.005, best.changes[0]?.text);
  const several = await counterfactuals(row, { predict, data, columns, goal: { atLeast: 8 } });
  assert.equal(several.counterfactuals[0]?.changes.length, 3);
  assert.ok(predict.rows < 2 * 10 * 6000 + 2 * 20_000 + 20_000, String(predict.rows));
});

test("values beyond a threshold are the roundest, and never short of it as float32", () => {
  assert.equal(roundest(42.5000038, 42.9), 42.6);
  assert.equal(roundest(42.5000038, 42.1), 42.5);
  assert.equal(roundest(-0.0123, 0.4), 0);
  assert.equal(roundest(199.99, 250), 200);
  assert.equal(roundest(1e-7, 1.05e-7), 1e-7);
  for (const value of [0.1, -0.1, 3, -3, 0, 1e-40, 65537.25, 2 ** 30]) {
    assert.ok(Math.fround(nextFloat32(value, 1)) > value && nextFloat32(value, -1) < value);
    assert.equal(Math.fround(nextFloat32(value, 1)), nextFloat32(value, 1));
    assert.equal(nextFloat32(nextFloat32(Math.fround(value), 1), -1), Math.fround(value));
  }
});

test("a column's spread is its median absolute deviation, else the mean one", () => {
  assert.equal(spreadOf(Float64Array.of(1, 2, 3, 4, 100, NaN)), 1);
  assert.equal(spreadOf(Float64Array.of(0, 0, 0, 0, 5)), 1);
  assert.equal(spreadOf(Float64Array.of(7, 7)), 1);
});

test("counterfactuals says what it requires", async () => {
  const refused = async (change: Partial<CounterfactualOptions>, message: string, row = person) => {
    await assert.rejects(
      counterfactuals(row, { ...options, ...change }),
      new AssayerError("invalid-argument", `counterfactuals requires ${message}`),
    );
  };
  await refused({}, "a row of 4 values, as the data's; got 3", Float64Array.of(1, 2, 3));
  await refused({ columns: columns.slice(1) }, "a column for each of 4 values; got 3");
  await refused(
    { goal: {} },
    "a goal with a range, atLeast or atMost or both; got -Infinity to Infinity",
  );
  await refused({ goal: { output: 1, atLeast: 1 } }, "a goal for an output from 0 to 0; got 1");
  await refused({ goal: { class: 2 } }, "a goal for a class from 0 to 1; got 2");
  await refused({ count: 0 }, "a count of 1 or more; got 0");
  await refused({ mostChanges: 0 }, "mostChanges of 1 or more; got 0");
  const limits = columns.map((column) => ({ ...column, lower: 2, upper: 1 }));
  await refused({ columns: limits }, "limits in rising order of hours; got 2 and 1");
  await refused(
    { data: { rows: new Float64Array(), count: 0 } },
    "1 row of data or more, each of as many numbers; got 0 numbers for 0 rows",
  );
});

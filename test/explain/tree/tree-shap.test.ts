import assert from "node:assert/strict";
import { test } from "node:test";
import { ensembleCovers } from "../../../kernel-lib/explain/tree/ensemble-covers";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";
import { treeShap } from "../../../kernel-lib/explain/tree/tree-shap";
import type { TreeEnsemble } from "../../../kernel-lib/explain/tree-ensemble";
import { classicTreeShap } from "./classic-tree-shap";
import { randomEnsemble, randomRows } from "./random-ensemble";
import {
  bruteForceInteractions,
  bruteForceShapley,
  interventionalGame,
  pathDependentGame,
} from "./shapley-oracle";

/** The largest difference of two arrays. */
function gap(one: ArrayLike<number>, two: ArrayLike<number>): number {
  assert.equal(one.length, two.length);
  return Array.from(one).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - Number(two[i]))),
    0,
  );
}

/** The largest |base value + SHAP values - prediction| / max(1, |prediction|) of any row and output. */
function additivityError(
  ensemble: TreeEnsemble,
  rows: Float64Array,
  count: number,
  values: {
    baseValue: Float64Array;
    shapValues: Float64Array;
  },
): number {
  const outputs = ensemble.baseValues.length;
  const players = values.shapValues.length / count / outputs;
  const predictions = predictEnsemble(ensemble, rows, count);
  return predictions.reduce((most, prediction, cell) => {
    const own = values.shapValues.subarray(cell * players, (cell + 1) * players);
    const sum = own.reduce((a, b) => a + b, Number(values.baseValue[cell % outputs]));
    return Math.max(most, Math.abs(sum - prediction) / Math.max(1, Math.abs(prediction)));
  }, 0);
}

const origins = { own: Int32Array.of(0, 1, 2, 3, 4, 5), grouped: Int32Array.of(0, 1, 1, 2, 0, 3) };

for (const [name, origin] of Object.entries(origins))
  for (const emptySide of [0, 0.3])
    test(`treeShap equals Shapley values by definition: ${name} columns, ${emptySide === 0 ? "all" : "some"} covers above zero`, () => {
      for (let seed = 1; seed <= 12; seed++) {
        const outputs = 1 + (seed % 3);
        const ensemble = randomEnsemble({ seed, features: 6, depth: 6, outputs, emptySide });
        const rows = randomRows(seed, 4, 6);
        const background = { rows: randomRows(100 + seed, 5, 6), count: 5 };
        const players = Math.max(...origin) + 1;
        const common = { rows, count: 4, origin, interactions: true };
        const byCovers = treeShap(ensemble, common);
        const byRows = treeShap(ensemble, { ...common, background });
        for (let row = 0; row < 4; row++)
          for (let output = 0; output < outputs; output++) {
            const own = rows.subarray(row * 6, (row + 1) * 6);
            const games = [
              [byCovers, pathDependentGame(ensemble, origin, own, output)],
              [byRows, interventionalGame(ensemble, origin, own, background.rows, output)],
            ] as const;
            for (const [{ baseValue, shapValues, interactions }, game] of games) {
              const from = (row * outputs + output) * players;
              assert.ok(Math.abs(Number(baseValue[output]) - game(0)) < 1e-12);
              const values = shapValues.subarray(from, from + players);
              assert.ok(gap(values, bruteForceShapley(game, players)) < 1e-12);
              const matrix = interactions?.subarray(from * players, (from + players) * players);
              assert.ok(gap(matrix ?? [], bruteForceInteractions(game, players)) < 1e-12);
            }
          }
      }
    });

test("treeShap gives a row the same values alone as among many, by covers and by a background", () => {
  for (let seed = 1; seed <= 6; seed++) {
    const origin = seed % 2 === 0 ? origins.own : origins.grouped;
    const players = Math.max(...origin) + 1;
    const outputs = 1 + (seed % 3);
    const shape = { seed, features: 6, depth: 7, leaf: 0.1, outputs, trees: 4 };
    const ensemble = randomEnsemble({ ...shape, emptySide: 0.2 });
    const [count, some] = [2000, 5];
    const rows = randomRows(seed, count, 6);
    const background = { rows: randomRows(50 + seed, 12, 6), count: 12 };
    for (const given of [{}, { background }]) {
      const common = { origin, interactions: true, ...given };
      const many = treeShap(ensemble, { rows, count, ...common });
      const few = treeShap(ensemble, { rows: rows.slice(0, some * 6), count: some, ...common });
      const cells = few.shapValues.length;
      assert.ok(gap(many.shapValues.subarray(0, cells), few.shapValues) < 1e-12);
      const matrices = few.interactions ?? new Float64Array(0);
      assert.equal(matrices.length, cells * players);
      assert.ok(gap(many.interactions?.subarray(0, cells * players) ?? [], matrices) < 1e-12);
      assert.ok(additivityError(ensemble, rows, count, many) < 1e-12);
    }
  }
});

test("treeShap explains wide rows of deep trees alike alone and among many", () => {
  const ensemble = randomEnsemble({ seed: 2, features: 40, depth: 14, leaf: 0.25, trees: 3 });
  const rows = randomRows(3, 400, 40);
  const many = treeShap(ensemble, { rows, count: 400 });
  const few = treeShap(ensemble, { rows: rows.slice(0, 160), count: 4 });
  assert.ok(gap(many.shapValues.subarray(0, 160), few.shapValues) < 1e-12);
  assert.ok(additivityError(ensemble, rows, 400, many) < 1e-12);
});

const logistic = (margin: number) => 1 / (1 + Math.exp(-margin));

test("treeShap of probabilities and log losses scales the values of each pair of rows, as shap does", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const ensemble = randomEnsemble({ seed, features: 6, depth: 5 });
    const rows = randomRows(seed, 3, 6);
    const background = { rows: randomRows(60 + seed, 4, 6), count: 4 };
    const labels = [1, 0, 1];
    for (const output of ["probability", "log-loss"] as const) {
      const explained = treeShap(ensemble, {
        ...{ rows, count: 3, background, output, postTransform: "logistic" },
        ...(output === "log-loss" ? { labels } : {}),
      });
      const transform = (margin: number, label: number) =>
        output === "probability"
          ? logistic(margin)
          : Math.log(1 + Math.exp(margin)) - label * margin;
      const margin = predictEnsemble(ensemble, rows, 3);
      const against = predictEnsemble(ensemble, background.rows, 4);
      for (let row = 0; row < 3; row++) {
        const label = Number(labels[row]);
        const own = rows.subarray(row * 6, row * 6 + 6);
        const expected = new Float64Array(6);
        let base = 0;
        for (let other = 0; other < 4; other++) {
          const theirs = background.rows.subarray(other * 6, other * 6 + 6);
          const game = interventionalGame(ensemble, origins.own, own, theirs, 0);
          const [x, b] = [Number(margin[row]), Number(against[other])];
          const factor = (transform(x, label) - transform(b, label)) / (x - b);
          bruteForceShapley(game, 6).forEach((value, player) => {
            expected[player] = Number(expected[player]) + (factor * value) / 4;
          });
          base += transform(b, label) / 4;
        }
        const values = explained.shapValues.subarray(row * 6, row * 6 + 6);
        assert.ok(gap(values, expected) < 1e-12);
        const baseValue = Number(explained.baseValue[output === "probability" ? 0 : row]);
        assert.ok(Math.abs(baseValue - base) < 1e-12);
        const sum = values.reduce((a, c) => a + c, baseValue);
        assert.ok(Math.abs(sum - transform(Number(margin[row]), label)) < 1e-12);
      }
    }
  }
});

test("treeShap of probabilities and log losses keeps values where two rows' margins differ by rounding alone", () => {
  // Three stumps of ∓0.1, ∓0.2 and ∓0.3: 0.1 + 0.2 - 0.3 and its negative are ±2.8e-17, and stand for the same margin.
  const stumps = {
    roots: Int32Array.of(0, 3, 6),
    feature: Int32Array.of(0, -1, -1, 1, -1, -1, 2, -1, -1),
    threshold: new Float64Array(9).fill(0.5),
    mode: new Uint8Array(9),
    yes: Int32Array.of(1, -1, -1, 4, -1, -1, 7, -1, -1),
    no: Int32Array.of(2, -1, -1, 5, -1, -1, 8, -1, -1),
    missingYes: new Uint8Array(9),
    members: new Map<number, Float64Array>(),
    cover: new Float64Array(9).fill(NaN),
    leafStart: Int32Array.of(0, 0, 1, 2, 2, 3, 4, 4, 5, 6),
    leafOutput: new Int32Array(6),
    leafWeight: Float64Array.of(-0.1, 0.1, -0.2, 0.2, -0.3, 0.3),
    features: 3,
  };
  const raw = [0.2, 0.4, -0.6];
  for (const base of [0, 3.3, -30]) {
    const ensemble: TreeEnsemble = { ...stumps, baseValues: Float64Array.of(base) };
    const model = {
      ...{ rows: Float64Array.of(1, 1, 0), count: 1, postTransform: "logistic" as const },
      background: { rows: Float64Array.of(0, 0, 1), count: 1 },
    };
    const slope = logistic(base) * logistic(-base);
    const probability = treeShap(ensemble, { ...model, output: "probability" });
    const logLoss = treeShap(ensemble, { ...model, output: "log-loss", labels: [0] });
    raw.forEach((value, i) => {
      const [ours, loss] = [probability, logLoss].map((each) => Number(each.shapValues[i]));
      assert.ok(Math.abs(Number(ours) / (slope * value) - 1) < 1e-12, `probability at ${base}`);
      assert.ok(Math.abs(Number(loss) / (logistic(base) * value) - 1) < 1e-12, `loss at ${base}`);
    });
  }
});

test("treeShap explains the outputs that are asked for, in their order", () => {
  const ensemble = randomEnsemble({ seed: 4, features: 4, outputs: 3 });
  const rows = randomRows(1, 2, 4);
  const all = treeShap(ensemble, { rows, count: 2 });
  const some = treeShap(ensemble, { rows, count: 2, outputs: [2, 0] });
  const cells = (output: number) =>
    [0, 1].map((row) => all.shapValues.slice((row * 3 + output) * 4).slice(0, 4));
  const [two, zero] = [cells(2), cells(0)];
  assert.deepEqual(
    [...some.shapValues],
    [0, 1].flatMap((row) => [...(two[row] ?? []), ...(zero[row] ?? [])]),
  );
  assert.deepEqual([...some.baseValue], [all.baseValue[2], all.baseValue[0]]);
});

test("treeShap gives columns that no tree asks about zero, and columns that mean the same the same", () => {
  const ensemble = randomEnsemble({ seed: 8, features: 3, depth: 5, modes: [0], trees: 1 });
  // Each tree once as it is and once with features 0 and 1 changed over; feature 2 is never asked.
  const ask = (to: readonly number[]) =>
    ensemble.feature.map((asked) => (asked < 0 ? asked : Number(to[asked])));
  const shift = (of: Int32Array) => of.map((child) => (child < 0 ? child : child + of.length));
  const twice: TreeEnsemble = {
    ...ensemble,
    roots: Int32Array.of(0, ensemble.feature.length),
    feature: Int32Array.from([...ask([0, 1, 0]), ...ask([1, 0, 1])]),
    threshold: Float64Array.from([...ensemble.threshold, ...ensemble.threshold]),
    mode: Uint8Array.from([...ensemble.mode, ...ensemble.mode]),
    yes: Int32Array.from([...ensemble.yes, ...shift(ensemble.yes)]),
    no: Int32Array.from([...ensemble.no, ...shift(ensemble.no)]),
    missingYes: Uint8Array.from([...ensemble.missingYes, ...ensemble.missingYes]),
    cover: Float64Array.from([...ensemble.cover, ...ensemble.cover]),
    leafStart: Int32Array.from([
      ...ensemble.leafStart,
      ...ensemble.leafStart.slice(1).map((at) => at + ensemble.leafWeight.length),
    ]),
    leafOutput: Int32Array.from([...ensemble.leafOutput, ...ensemble.leafOutput]),
    leafWeight: Float64Array.from([...ensemble.leafWeight, ...ensemble.leafWeight]),
  };
  const rows = Float64Array.of(1, 1, 9, -2, -2, 9);
  const background = { rows: Float64Array.of(0, 0, 1, 3, 3, 2, -1, -1, 0), count: 3 };
  for (const given of [{}, { background }]) {
    const { shapValues } = treeShap(twice, { rows, count: 2, ...given });
    for (const row of [0, 3]) {
      assert.ok(Math.abs(Number(shapValues[row]) - Number(shapValues[row + 1])) < 1e-14);
      assert.notEqual(shapValues[row], 0);
      assert.equal(shapValues[row + 2], 0);
    }
  }
});

test("treeShap of two ensembles together is the sum of theirs", () => {
  const whole = randomEnsemble({ seed: 9, features: 5, trees: 6 });
  const part = (roots: Int32Array) => ({ ...whole, roots, baseValues: Float64Array.of(0) });
  const rows = randomRows(2, 30, 5);
  const of = (ensemble: TreeEnsemble) => treeShap(ensemble, { rows, count: 30 }).shapValues;
  const [one, two] = [of(part(whole.roots.slice(0, 2))), of(part(whole.roots.slice(2)))];
  assert.ok(
    gap(
      of(whole),
      one.map((value, i) => value + Number(two[i])),
    ) < 1e-13,
  );
});

test("treeShap equals the classic algorithm of Lundberg and others at depth 12, repeated columns included", () => {
  const ensemble = randomEnsemble({ seed: 12, features: 7, depth: 12, leaf: 0.25, trees: 5 });
  const rows = randomRows(13, 20, 7);
  const { shapValues } = treeShap(ensemble, { rows, count: 20 });
  for (let row = 0; row < 20; row++) {
    const own = rows.subarray(row * 7, row * 7 + 7);
    assert.ok(
      gap(shapValues.subarray(row * 7, row * 7 + 7), classicTreeShap(ensemble, own)) < 1e-11,
    );
  }
});

test("treeShap of trees without a node is zero, and its base value the prediction", () => {
  const ensemble = randomEnsemble({ seed: 1, features: 2, depth: 0 });
  const { baseValue, shapValues } = treeShap(ensemble, { rows: Float64Array.of(1, 2), count: 1 });
  assert.deepEqual([...shapValues], [0, 0]);
  assert.ok(gap(baseValue, predictEnsemble(ensemble, Float64Array.of(1, 2), 1)) < 1e-15);
});

test("treeShap adds up within 1e-9 at depth 150, and its values stay as small as the leaves", () => {
  const ensemble = randomEnsemble({ seed: 5, features: 200, trees: 20, depth: 150, chain: true });
  const rows = randomRows(6, 20, 200);
  const background = { rows: randomRows(7, 10, 200), count: 10 };
  for (const given of [{}, { background }]) {
    const values = treeShap(ensemble, { rows, count: 20, ...given });
    assert.ok(additivityError(ensemble, rows, 20, values) < 1e-12);
    assert.ok(values.shapValues.every((value) => Math.abs(value) < 20));
  }
});

test("ensembleCovers counts the rows that come to each node", () => {
  const ensemble = randomEnsemble({ seed: 3, features: 4 });
  const counted = ensembleCovers(ensemble, { rows: randomRows(4, 50, 4), count: 50 });
  for (const root of counted.roots) assert.equal(counted.cover[root], 50);
  counted.feature.forEach((asked, node) => {
    if (asked < 0) return;
    const [yes, no] = [Number(counted.yes[node]), Number(counted.no[node])];
    assert.equal(counted.cover[node], Number(counted.cover[yes]) + Number(counted.cover[no]));
  });
});

test("treeShap refuses what it cannot explain, and says what it needs", () => {
  const ensemble = randomEnsemble({ seed: 1, features: 3 });
  const rows = randomRows(1, 2, 3);
  const background = { rows: randomRows(2, 2, 3), count: 2 };
  const bare = { ...ensemble, cover: ensemble.cover.map(() => NaN) };
  const refused = (
    code: string,
    message: string,
    given: Partial<Parameters<typeof treeShap>[1]>,
    of: TreeEnsemble = ensemble,
  ) => {
    assert.throws(() => treeShap(of, { rows, count: 2, ...given }), { code, message });
  };
  const invalid = (
    message: string,
    given: Partial<Parameters<typeof treeShap>[1]>,
    of = ensemble,
  ) => {
    refused("invalid-argument", message, given, of);
  };
  invalid("treeShap requires rows of 3 features each; got 6 values for 3 rows", { count: 3 });
  invalid("treeShap requires background rows of 3 features each; got 6 values for 1 rows", {
    background: { rows: background.rows, count: 1 },
  });
  refused("empty-sample", "treeShap requires a background row; got 0", {
    background: { rows: new Float64Array(0), count: 0 },
  });
  invalid("treeShap requires a background for trees without covers; got none", {}, bare);
  invalid("treeShap requires a background for the output probability; got none", {
    ...{ output: "probability", postTransform: "logistic" },
  });
  invalid("treeShap requires output raw for a model that ends in softmax; got probability", {
    ...{ output: "probability", postTransform: "softmax", background },
  });
  invalid("treeShap requires a label for each of 2 rows; got 0", {
    ...{ output: "log-loss", postTransform: "logistic", background },
  });
  invalid("treeShap requires labels from 0 to 1; got others", {
    ...{ output: "log-loss", postTransform: "logistic", background, labels: [0, NaN] },
  });
  invalid("treeShap requires the raw output for interactions; got one that is transformed", {
    ...{ output: "probability", postTransform: "logistic", background, interactions: true },
  });
  invalid("treeShap requires outputs from 0 to 0; got 1", { outputs: [1] });
  invalid("treeShap requires each output once; got 0 twice", { outputs: [0, 0] });
  const negative = { ...ensemble, cover: ensemble.cover.map((each, i) => (i === 1 ? -1 : each)) };
  invalid(
    "treeShap requires covers of 0 or more; got others (with a background none are needed)",
    {},
    negative,
  );
  invalid("treeShap requires a column for each of 3 features; got 2", {
    origin: Int32Array.of(0, 1),
  });
  invalid("treeShap requires columns from 0 to 1; got 2", { columns: 2 });
  invalid(
    "treeShap requires trees whose nodes are each reached once; got nodes that are shared or missing",
    {},
    { ...ensemble, yes: ensemble.yes.map((child) => (child < 0 ? child : 0)) },
  );
  assert.equal(treeShap(bare, { rows, count: 2, background }).shapValues.length, 6);
  assert.equal(treeShap(ensemble, { rows: new Float64Array(0), count: 0 }).shapValues.length, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ensembleCovers } from "../../../kernel-lib/explain/tree/ensemble-covers";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";
import { treeShap } from "../../../kernel-lib/explain/tree/tree-shap";
import type { TreeEnsemble } from "../../../kernel-lib/explain/tree-ensemble";
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

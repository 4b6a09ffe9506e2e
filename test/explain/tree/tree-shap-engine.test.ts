import assert from "node:assert/strict";
import { test } from "node:test";
import { treeShap, TreeShapEngine } from "../../../kernel-lib/explain/tree/tree-shap";
import { randomEnsemble, randomRows } from "./random-ensemble";

test("an engine gives the same values for a row whether it walks the trees or reads kept tables", () => {
  for (const outputs of [1, 3]) {
    const ensemble = randomEnsemble({ seed: outputs, features: 7, depth: 7, leaf: 0.1, outputs });
    const background = { rows: randomRows(9, 30, 7), count: 30 };
    for (const model of [{}, { background }]) {
      const engine = new TreeShapEngine(ensemble, model);
      for (let row = 0; row < 6; row++) {
        const own = { rows: randomRows(100 + row, 1, 7), count: 1 };
        const values = engine.explain(own);
        const once = treeShap(ensemble, { ...own, ...model });
        values.shapValues.forEach((value, i) => {
          assert.ok(Math.abs(value - Number(once.shapValues[i])) < 1e-12);
        });
        assert.deepEqual(values.baseValue, once.baseValue);
      }
    }
  }
});

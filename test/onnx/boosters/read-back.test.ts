import assert from "node:assert/strict";
import { test } from "node:test";
import { predictEnsemble } from "../../../kernel-lib/explain/tree/predict-ensemble";
import { lightgbmToOnnx } from "../../../kernel-lib/onnx/boosters/lightgbm";
import { xgboostToOnnx } from "../../../kernel-lib/onnx/boosters/xgboost";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { goldenCases, largestDifference, rowsOf, scaleOf } from "./booster-case";

const boosters = [
  ["XGBoost", "xgboost-3.2.0.json", xgboostToOnnx],
  ["LightGBM", "lightgbm.json", lightgbmToOnnx],
] as const;

for (const [name, file, convert] of boosters) {
  test(`of every ONNX file made of ${name} the same trees, covers and names are read back, with margins within 1e-6`, () => {
    for (const golden of goldenCases(file)) {
      const { onnx, ensemble, featureNames } = convert(golden.model);
      const { core, columns, why } = readExplainable(onnx);
      assert.ok(core?.kind === "trees", `${golden.name}: ${why}`);
      const read = core.ensemble;
      assert.deepEqual(
        columns.map((column) => column.name),
        featureNames,
      );
      assert.deepEqual(read.feature, ensemble.feature);
      // A set of one value is read as the question whether it is that value.
      const sets = [...ensemble.members.values()].filter(({ length }) => length > 1);
      assert.deepEqual([...read.members.values()], sets);
      assert.deepEqual(read.cover, ensemble.cover.map(Math.fround));
      const rows = rowsOf(golden);
      const margins = predictEnsemble(read, Float64Array.from(rows.flat()), rows.length);
      const difference = largestDifference(margins, golden.margins.flat());
      assert.ok(difference <= 1e-6 * scaleOf(golden), `${golden.name}: ${difference}`);
    }
  });
}

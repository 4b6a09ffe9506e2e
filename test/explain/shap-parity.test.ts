import assert from "node:assert/strict";
import { test } from "node:test";
import { ensembleCovers } from "../../kernel-lib/explain/tree/ensemble-covers";
import { treeShap } from "../../kernel-lib/explain/tree/tree-shap";
import { lightgbmToOnnx } from "../../kernel-lib/onnx/boosters/lightgbm";
import { xgboostToOnnx } from "../../kernel-lib/onnx/boosters/xgboost";
import { assertClose, golden, modelFile, tableRows, type TreeCase } from "./shap-case";

for (const each of golden.trees.filter(({ file }) => !file.endsWith(".onnx"))) {
  const bytes = modelFile(each.file);
  const { ensemble } = each.file.endsWith(".json") ? xgboostToOnnx(bytes) : lightgbmToOnnx(bytes);
  check(each, ensemble, 1e-6);
}
function check(each: TreeCase, ensemble: import("../../kernel-lib/explain/tree-ensemble").TreeEnsemble, tolerance: number) {
  const rows = tableRows(each.data, golden.explained);
  const background = tableRows(each.data, golden.background);
  test(`${each.name} path`, () => {
    const own = treeShap(ensemble, rows);
    assertClose(own.baseValue, each.pathDependent.baseValue, tolerance, "base");
    assertClose(own.shapValues, each.pathDependent.shapValues, tolerance, "values");
  });
  test(`${each.name} interventional`, () => {
    const own = treeShap(ensemble, { ...rows, background });
    assertClose(own.baseValue, each.interventional.baseValue, tolerance, "base");
    assertClose(own.shapValues, each.interventional.shapValues, tolerance, "values");
  });
}

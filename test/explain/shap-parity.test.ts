import assert from "node:assert/strict";
import { test } from "node:test";
import type { PostTransform } from "../../kernel-lib/explain/explainable-model";
import type { TreeEnsemble } from "../../kernel-lib/explain/tree-ensemble";
import { ensembleCovers } from "../../kernel-lib/explain/tree/ensemble-covers";
import { predictEnsemble } from "../../kernel-lib/explain/tree/predict-ensemble";
import { treeShap } from "../../kernel-lib/explain/tree/tree-shap";
import { lightgbmToOnnx } from "../../kernel-lib/onnx/boosters/lightgbm";
import { xgboostToOnnx } from "../../kernel-lib/onnx/boosters/xgboost";
import { readExplainable } from "../../kernel-lib/onnx/explainable/read-explainable";
import {
  assertClose,
  assertExplained,
  golden,
  modelFile,
  tableRows,
  type TreeCase,
} from "./shap-case";

/** Of the largest value: float32 leaves in the ONNX file against the doubles that shap sums. */
const tolerance = 1e-6;

function booster(file: string): { onnx: Uint8Array; ensemble: TreeEnsemble } {
  return file.endsWith(".json") ? xgboostToOnnx(modelFile(file)) : lightgbmToOnnx(modelFile(file));
}

function fromOnnx(bytes: Uint8Array): { ensemble: TreeEnsemble; postTransform: PostTransform } {
  const { core, postTransform, why } = readExplainable(bytes);
  assert.ok(core?.kind === "trees", why ?? "");
  return { ensemble: core.ensemble, postTransform };
}

function checkTrees(each: TreeCase, ensemble: TreeEnsemble, postTransform: PostTransform): void {
  const rows = tableRows(each.data, golden.explained);
  const background = tableRows(each.data, golden.background);
  const all = tableRows(each.data, [0, Infinity]);
  const covered = each.covers === "data" ? ensembleCovers(ensemble, all) : ensemble;
  // XGBoost gives its own contributions, where there are sets of categories, as float32 sums.
  const byCovers = each.name === "xgboost-categories" ? 1e-5 : tolerance;
  const path = treeShap(covered, { ...rows, interactions: each.interactions !== undefined });
  assertExplained(path, each.pathDependent, byCovers, "by covers");
  if (each.interactions !== undefined) {
    const own = path.interactions?.subarray(0, each.interactions.length) ?? [];
    assertClose(own, each.interactions, tolerance, "interactions");
  }
  const pairs = treeShap(ensemble, { ...rows, background });
  assertExplained(pairs, each.interventional, tolerance, "by background");
  for (const output of ["probability", "log_loss"] as const) {
    const expected = each[output];
    if (expected === undefined) continue;
    const own = treeShap(ensemble, {
      ...rows,
      background,
      postTransform,
      output: output === "log_loss" ? "log-loss" : output,
      ...(each.labels && { labels: each.labels }),
    });
    assertExplained(own, expected, tolerance, output);
  }
}

for (const each of golden.trees) {
  const whats = [
    "path-dependent",
    "interventional",
    ...(each.interactions ? ["interaction"] : []),
    ...(each.probability ? ["probability"] : []),
    ...(each.log_loss ? ["log loss"] : []),
  ].join(", ");
  test(`${each.name}: ${whats} values from the ONNX file are those of shap 0.51.0 within 1e-6`, () => {
    const bytes = each.file.endsWith(".onnx") ? modelFile(each.file) : booster(each.file).onnx;
    const { ensemble, postTransform } = fromOnnx(bytes);
    checkTrees(each, ensemble, postTransform);
  });
  if (each.file.endsWith(".onnx")) continue;
  test(`${each.name}: ${whats} values from the booster's own file are those of shap 0.51.0 within 1e-6`, () => {
    checkTrees(each, booster(each.file).ensemble, "logistic");
  });
}

test("a background row at a threshold's nearest float32 goes where the model sends it: values of all coalitions within 1e-6, where shap 0.51.0's are off by 0.4 %", () => {
  const { ties } = golden;
  const { ensemble } = fromOnnx(modelFile(ties.file));
  const background = tableRows(ties.data, golden.background);
  const own = treeShap(ensemble, { ...tableRows(ties.data, golden.explained), background });
  assertExplained(own, ties.exact, tolerance, "values");
  assert.ok(ties.errorOfShap > 4e-3);
});

test("a tree 102 deep that asks about sparse columns: path-dependent values are those of rational numbers within 1e-9, where shap 0.51.0 is off by 10^8", () => {
  const { deep } = golden;
  const { ensemble } = fromOnnx(modelFile(deep.file));
  const width = ensemble.features;
  const train = new Float64Array(deep.train.length * width);
  deep.train.forEach((row, i) => {
    for (const [column, value] of row) train[i * width + column] = value;
  });
  const rows = new Float64Array(deep.rows.length * width);
  deep.rows.forEach((ones, i) => {
    for (const column of ones) rows[i * width + column] = 1;
  });
  const covered = ensembleCovers(ensemble, { rows: train, count: deep.train.length });
  const count = deep.rows.length;
  const { shapValues, baseValue } = treeShap(covered, { rows, count });
  assertClose(shapValues, deep.shapValues, 1e-9, "values");
  const predictions = predictEnsemble(ensemble, rows, count);
  predictions.forEach((prediction, row) => {
    const values = shapValues.subarray(row * width, (row + 1) * width);
    const sum = values.reduce((total, value) => total + value, Number(baseValue[0]));
    assert.ok(Math.abs(sum - prediction) <= 1e-12 * Math.max(1, Math.abs(prediction)));
  });
  assert.equal(deep.depth, 102);
  assert.ok(deep.largestErrorOfShap > 1e8 && deep.largestValue < 10);
});

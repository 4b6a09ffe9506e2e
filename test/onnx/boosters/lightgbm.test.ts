import assert from "node:assert/strict";
import { test } from "node:test";
import { lightgbmToOnnx } from "../../../kernel-lib/onnx/boosters/lightgbm";
import { readMetadata } from "../../../kernel-lib/onnx/model-fields";
import { decodeModel } from "../../../kernel-lib/onnx/schema";
import { openSession } from "../../../kernel-lib/onnx/session";
import {
  answersOf,
  bothClasses,
  goldenCase,
  goldenCases,
  largestDifference,
  mutations,
  rowsOf,
  scaleOf,
} from "./booster-case";

const file = "lightgbm.json";
const { model: binary } = goldenCase(file, "binary");

for (const golden of goldenCases(file)) {
  test(`${golden.name}: scores within 1e-12 and predictions within 1e-6 are those of LightGBM 4.7.0, on both sides of its thresholds, with missing values and unseen categories`, async () => {
    const { margins, labels, predictions } = await answersOf(
      lightgbmToOnnx(golden.model),
      rowsOf(golden),
    );
    const expected = bothClasses(golden.predictions, labels);
    const scale = scaleOf(golden);
    const margin = largestDifference(margins, golden.margins.flat());
    assert.ok(margin <= 1e-12 * scale, `scores differ by ${margin}`);
    const prediction = largestDifference(predictions, expected);
    assert.ok(prediction <= 1e-6 * scale, `predictions differ by ${prediction}`);
  });
}

test("covers are the counts of training rows: those of two children make their parent's", () => {
  const { ensemble } = lightgbmToOnnx(binary);
  const { feature, yes, no, cover, roots } = ensemble;
  assert.deepEqual(
    [...roots].map((root) => cover[root]),
    [400, 400, 400],
  );
  feature.forEach((asked, node) => {
    if (asked < 0) return;
    assert.equal(Number(cover[Number(yes[node])]) + Number(cover[Number(no[node])]), cover[node]);
  });
});

test("the ONNX file has names of columns, labels of classes and covers as hit rates", async () => {
  const { onnx, ensemble, objective } = lightgbmToOnnx(new TextEncoder().encode(binary), {
    classes: ["no", "yes"],
  });
  assert.equal(objective, "binary");
  assert.equal(
    readMetadata(onnx).get("assayer.feature_names"),
    '["Column_0","Column_1","Column_2","Column_3"]',
  );
  const rates = decodeModel(onnx).graph?.node?.[0]?.attribute?.find(
    ({ name }) => name === "nodes_hitrates",
  );
  assert.deepEqual(rates?.floats, [...ensemble.cover]);
  const session = await openSession(onnx);
  const [label] = await session.predict([[9, 9, 0, 0]]);
  assert.deepEqual(label?.data, ["yes"]);
  await session.close();
});

test("what is no whole model of trees is refused with its reason", () => {
  const changes: [string, string, RegExp][] = [
    ["end of trees", "", /whole LightGBM model, from "tree" to "end of trees"/u],
    ["max_feature_idx=3", "max_feature_idx=4", /requires 5 feature_names in the header; got 4/u],
    ["max_feature_idx=3", "max_feature_idx=99999999999", /1 to 1000000 features/u],
    ["num_leaves=7", "num_leaves=900000000", /requires 900000000 numbers leaf_value .* got 7/u],
    ["objective=binary", "objective=regression sqrt", /unknown objective: regression sqrt/u],
    ["objective=binary", "objective=multiclass", /num_tree_per_iteration that fits multiclass/u],
    ["num_tree_per_iteration=1", "num_tree_per_iteration=2", /divides the 3 trees/u],
    ["is_linear=0", "is_linear=1", /linear_tree=false/u],
    ["left_child=1", "left_child=0", /children .* node 0 of 13 twice in tree 1/u],
    ["left_child=1", "left_child=77", /children .* node -1 of 13 in tree 1/u],
    ["split_feature=0", "split_feature=8", /one of the 4 features; got feature 8/u],
    ["Tree=1", "Tres=1", /as many tree_sizes as the 2 trees/u],
    ["leaf_value=", "leaf_value=1 ", /requires 7 numbers leaf_value in the tree 0; got 8/u],
    ["leaf_value=-", "leaf_value=x", /requires numbers leaf_value in the tree 0; got x/u],
  ];
  for (const [from, to, message] of changes) {
    assert.ok(binary.includes(from), from);
    assert.throws(() => lightgbmToOnnx(binary.replace(from, to)), {
      code: "invalid-model",
      message,
    });
  }
  assert.throws(() => lightgbmToOnnx(binary, { classes: ["no", "no"] }), {
    code: "invalid-argument",
    message: "lightgbmToOnnx requires 2 different classes for a model of binary; got 2",
  });
});

test("zeros that are missing are refused where the trees send them another way than their neighbours", () => {
  const { model } = goldenCase(file, "missing values taken for zero");
  const zeroMissing = (bits: number): string =>
    model.replace(/^decision_type=.*$/gmu, (line) => line.replace(/\d+/gu, String(bits)));
  assert.throws(() => lightgbmToOnnx(zeroMissing(4)), {
    code: "invalid-model",
    message: /zeros that go where their neighbours go .* zero_as_missing=true/u,
  });
});

test("2,000 damaged files are read or refused, none with another error", () => {
  for (const text of mutations(binary, 2000)) {
    try {
      lightgbmToOnnx(text);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "invalid-model", String(error));
    }
  }
});

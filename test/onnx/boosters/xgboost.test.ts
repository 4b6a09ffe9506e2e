import assert from "node:assert/strict";
import { test } from "node:test";
import { xgboostToOnnx } from "../../../kernel-lib/onnx/boosters/xgboost";
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

const file = "xgboost-3.2.0.json";
const { model: binary } = goldenCase(file, "binary");
const { model: categories } = goldenCase(file, "one category each");

for (const version of ["3.2.0", "2.1.4", "1.7.6"]) {
  for (const golden of goldenCases(`xgboost-${version}.json`)) {
    test(`${golden.name}: margins and predictions are those of XGBoost ${version} within float32 rounding (1e-6), at its thresholds, with missing values and unseen categories`, async () => {
      const converted = xgboostToOnnx(golden.model);
      const { margins, labels, predictions } = await answersOf(converted, rowsOf(golden));
      const expected = bothClasses(golden.predictions, labels);
      const scale = scaleOf(golden);
      const margin = largestDifference(margins, golden.margins.flat());
      assert.ok(margin <= 1e-6 * scale, `margins differ by ${margin}`);
      const prediction = largestDifference(predictions, expected);
      assert.ok(prediction <= 1e-6 * scale, `predictions differ by ${prediction}`);
    });
  }
}

test("a model is read as text, as bytes and as an object alike, also where its columns have no names", () => {
  const object = JSON.parse(binary) as { learner: { feature_names: string[] } };
  const { onnx, featureNames } = xgboostToOnnx(binary);
  assert.deepEqual(featureNames, ["f0", "f1", "f2", "f3"]);
  assert.deepEqual(xgboostToOnnx(new TextEncoder().encode(binary)).onnx, onnx);
  assert.deepEqual(xgboostToOnnx(object).onnx, onnx);
  object.learner.feature_names = ["a", "NaN", "Infinity", 'say "so"'];
  const named = JSON.stringify(object).replace(/"base_score":"[^"]*"/u, '$&,"spare":NaN');
  assert.deepEqual(xgboostToOnnx(named).featureNames, object.learner.feature_names);
});

test("covers are the sums of hessians, and come with the file as hit rates, for a chain of categories too", () => {
  const { ensemble, onnx } = xgboostToOnnx(categories);
  assert.ok(ensemble.cover.every((weight) => weight > 0));
  assert.ok([...ensemble.members.values()].some(({ length }) => length === 1));
  const rates = decodeModel(onnx).graph?.node?.[0]?.attribute?.find(
    ({ name }) => name === "nodes_hitrates",
  );
  assert.deepEqual(rates?.floats, [...ensemble.cover].map(Math.fround));
});

test("labels are those of the most probable class, under names that are given", async () => {
  const { model, rows, predictions } = goldenCase(file, "three classes");
  const classes = ["low", "middle", "high"];
  const session = await openSession(xgboostToOnnx(model, { classes }).onnx);
  const given = rows.map((row) => row.map((value) => value ?? NaN));
  const [label] = await session.predict(given);
  await session.close();
  assert.deepEqual(
    label?.data,
    predictions.map((row) => classes[row.indexOf(Math.max(...row))]),
  );
});

test("what is no whole model of trees is refused with its reason", () => {
  const changes: [string, string, RegExp][] = [
    ["}]", "}", /the JSON of a whole XGBoost model; got another text/u],
    ['"learner"', '"teacher"', /an object learner; got none/u],
    ['"num_feature":"4"', '"num_feature":"1e12"', /1 to 1000000 features/u],
    ['"num_nodes":"13"', '"num_nodes":"1300000000"', /requires 1300000000 numbers .*; got 13/u],
    ['"size_leaf_vector":"1"', '"size_leaf_vector":"3"', /one_output_per_tree\); got string 3/u],
    [
      '"binary:logistic"',
      '"binary:hinge"',
      /unknown objective: binary:hinge; expected one of reg/u,
    ],
    ['"name":"gbtree"', '"name":"gblinear"', /unknown booster: gblinear; expected one of gbtree/u],
    [
      '"base_score":"[3E-1]"',
      '"base_score":"[3E0]"',
      /base_score that the objective's link takes/u,
    ],
    ['"num_class":"0"', '"num_class":"9999999"', /outputs that fit binary:logistic and 3 trees/u],
    ['"tree_info":[0,', '"tree_info":[5,', /tree_info below 1; got number 5/u],
    ['"left_children":[1,', '"left_children":[0,', /children .* node 0 of 13 twice in tree 0/u],
    ['"left_children":[1,', '"left_children":[99,', /children .* node 99 of 13 in tree 0/u],
    ['"left_children":[1,', '"left_children":[1.5,', /children .* node 1.5 of 13 in tree 0/u],
    ['"split_indices":[', '"split_indices":[7,', /requires 13 numbers split_indices; got 14/u],
    ['"split_indices":[0', '"split_indices":[7', /one of the 4 features; got feature 7/u],
    ['"split_conditions":[', '"split_conditions":["', /JSON of a whole XGBoost model/u],
  ];
  for (const [from, to, message] of changes) {
    assert.ok(binary.includes(from), from);
    assert.throws(() => xgboostToOnnx(binary.replaceAll(from, to)), {
      code: "invalid-model",
      message,
    });
  }
  assert.throws(
    () =>
      xgboostToOnnx(categories.replace(/"categories_segments":\[0/u, '"categories_segments":[999')),
    { code: "invalid-model", message: /categories_segments within \d+ categories; got number/u },
  );
  assert.throws(() => xgboostToOnnx(binary, { classes: [1] }), {
    code: "invalid-argument",
    message: "xgboostToOnnx requires 2 different classes for a model of binary:logistic; got 1",
  });
});

test("2,000 damaged files are read or refused, none with another error", () => {
  for (const text of mutations(categories, 2000)) {
    try {
      xgboostToOnnx(text);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "invalid-model", String(error));
    }
  }
});

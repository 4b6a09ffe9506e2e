import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DecisionTreeClassifier, DecisionTreeRegression } from "ml-cart";
import { readExplainable } from "../../../kernel-lib/onnx/explainable/read-explainable";
import { lightgbmToOnnx } from "../../../kernel-lib/onnx/boosters/lightgbm";
import { xgboostToOnnx } from "../../../kernel-lib/onnx/boosters/xgboost";
import { mlCartToOnnx } from "../../../kernel-lib/onnx/from-ml-cart";
import { decodeModel, encodeModel } from "../../../kernel-lib/onnx/schema";
import { openSession } from "../../../kernel-lib/onnx/session";
import { withoutZipMap } from "../../../kernel-lib/onnx/without-zip-map";
import { decisionRuleToOnnx } from "../../../kernel-lib/onnx/write-decision-rule";
import { linearClassifier, linearRegressor } from "../../../kernel-lib/onnx/write-linear";
import { goldenCases, rowsOf } from "../boosters/booster-case";
import { aboveMedian, columns, mean, rows, standardDeviation, thirds, wages } from "../wages";
import { corePredictions } from "./core-predictions";

const float32Rows = rows.map((row) => row.map(Math.fround));

/** Reads a model of one table and holds its core against ONNX Runtime on rows. */
async function sameAsRuntime(bytes: Uint8Array, given: readonly (readonly number[])[]) {
  const read = readExplainable(bytes);
  assert.equal(read.why, null);
  let features = given;
  if (read.encoder) {
    const encoder = await openSession(read.encoder);
    const data = (await encoder.predict(given))[0]?.data.map(Number) ?? [];
    await encoder.close();
    const width = read.origin.length;
    features = given.map((_, row) => data.slice(row * width, (row + 1) * width));
  }
  const predicted = corePredictions(read, Float64Array.from(features.flat()), given.length);
  const { output, columns } = read.compared ?? assert.fail();
  const session = await openSession(bytes);
  const answers = (await session.predict(given)).find(({ name }) => name === output);
  await session.close();
  const width = Number(answers?.data.length) / given.length;
  predicted.forEach((actual, i) => {
    const [row, column] = [Math.floor(i / columns.length), columns[i % columns.length] ?? 0];
    const expected = Number(answers?.data[row * width + column]);
    assert.ok(
      Math.abs(actual - expected) <= 3e-6 * Math.max(1, Math.abs(expected)),
      `${actual} for ${expected} in row ${row}`,
    );
  });
  return read;
}

test("trees of ml-cart are read on the CPS wages: a regression, two classes, three, and an average of trees", async () => {
  const regression = new DecisionTreeRegression({ maxDepth: 5 });
  regression.train(rows, wages);
  const single = await sameAsRuntime(mlCartToOnnx(regression), float32Rows);
  assert.deepEqual(single.outputs, ["prediction"]);
  const average = await sameAsRuntime(mlCartToOnnx([regression, regression]), float32Rows);
  assert.equal(average.core?.kind, "trees");
  for (const [targets, classes, outputs] of [
    [aboveMedian, ["no", "yes"], ["yes"]],
    [thirds, ["low", "middle", "high"], ["low", "middle", "high"]],
  ] as const) {
    const classifier = new DecisionTreeClassifier({ maxDepth: 4 });
    classifier.train(rows, [...targets]);
    const read = await sameAsRuntime(
      mlCartToOnnx(classifier, { columns: columns.length, classes: [...classes] }),
      float32Rows,
    );
    assert.deepEqual([read.outputs, read.postTransform], [outputs, "none"]);
  }
});

test("linear models of this library are read, behind their standardization too", async () => {
  const coefficients = columns.map((_, i) => (i % 2 === 0 ? 0.5 : -0.25) * (i + 1));
  const standardization = { mean, standardDeviation };
  const plain = await sameAsRuntime(linearRegressor(coefficients, { intercept: 3 }), float32Rows);
  assert.deepEqual(
    [...(plain.core?.kind === "linear" ? plain.core.coefficients : [])],
    coefficients,
  );
  assert.equal(plain.encoder, null);
  const behind = await sameAsRuntime(
    linearRegressor(coefficients, { standardization }),
    float32Rows,
  );
  assert.notEqual(behind.encoder, null);
  assert.deepEqual([...behind.origin], [0, 1, 2, 3, 4, 5, 6]);
  const other = coefficients.map((weight, i) => weight * 0.3 - i * 0.01);
  for (const [weights, probabilities, postTransform, outputs] of [
    [[coefficients, other], "softmax", "logistic", ["b"]],
    [[coefficients, other, [...other].reverse()], "softmax", "softmax", ["a", "b", "c"]],
    [[coefficients, other], "one-vs-rest", "one-vs-rest", ["a", "b"]],
    [[coefficients, coefficients.map((w) => -w)], "one-vs-rest", "logistic", ["b"]],
    [[coefficients, other, [...other].reverse()], "one-vs-rest", "one-vs-rest", ["a", "b", "c"]],
  ] as const) {
    const classes = ["a", "b", "c"].slice(0, weights.length);
    const read = await sameAsRuntime(
      linearClassifier(weights, { probabilities, standardization, classes }),
      float32Rows,
    );
    assert.deepEqual([read.postTransform, read.outputs], [postTransform, outputs]);
  }
});

test("the scores in front of a decision rule are read, and its random number is no column", () => {
  const classifier = new DecisionTreeClassifier({ maxDepth: 4 });
  classifier.train(rows, aboveMedian);
  const trees = mlCartToOnnx(classifier, { columns: columns.length });
  // A linear core that is a product, beside those of the rule.
  const product = readFileSync(join(__dirname, "fixtures", "logistic-binary-double.onnx"));
  for (const plain of [trees, Uint8Array.from(product)]) {
    const bytes = decisionRuleToOnnx(
      plain,
      {
        kind: "decision-rule",
        format: 1,
        constraint: "equalOpportunity",
        objective: "accuracy",
        sensitiveFeatures: ["female"],
        groups: [
          { group: "0", thresholds: [0.4], levels: [0.1, 0.9] },
          { group: "1", thresholds: [0.6], levels: [0, 1] },
        ],
        otherwise: { thresholds: [0.5], levels: [0, 1] },
        key: "key",
      },
      { score: { output: "probabilities", column: 1 }, groups: { columns: [5] } },
    );
    const read = readExplainable(bytes);
    assert.equal(read.why, null);
    assert.deepEqual(read, readExplainable(plain));
  }
});

test("boosters written by this library are read with their covers, their links and the names of their columns", async () => {
  const read = new Set<string>();
  for (const [file, convert] of [
    ["xgboost-3.2.0.json", xgboostToOnnx],
    ["lightgbm.json", lightgbmToOnnx],
  ] as const)
    for (const each of goldenCases(file)) {
      const model = convert(each.model);
      const explainable = await sameAsRuntime(model.onnx, rowsOf(each));
      read.add(explainable.postTransform);
      assert.deepEqual(
        explainable.columns.map(({ name }) => name),
        model.featureNames,
      );
      assert.ok(explainable.core?.kind === "trees");
      const { ensemble } = explainable.core;
      assert.equal(ensemble.roots.length, model.ensemble.roots.length);
      assert.deepEqual(
        [...ensemble.cover].sort(),
        [...model.ensemble.cover.map(Math.fround)].sort(),
        each.name,
      );
    }
  assert.deepEqual([...read].sort(), ["exp", "logistic", "none", "softmax"]);
});

test("columns have the names of the file's metadata where these fit, else of their inputs, else numbers", () => {
  const bytes = linearRegressor([1, 2]);
  const model = decodeModel(bytes);
  const named = (value: string) =>
    readExplainable(
      encodeModel({ ...model, metadataProps: [{ key: "assayer.feature_names", value }] }),
    ).columns.map(({ name }) => name);
  assert.deepEqual(named('["age","pay"]'), ["age", "pay"]);
  for (const other of ['["age"]', '["age","age"]', '["age",1]', "{}", "nothing"])
    assert.deepEqual(named(other), ["f0", "f1"]);
  const frame = readFileSync(join(__dirname, "fixtures", "frame-logistic.onnx"));
  assert.deepEqual(readExplainable(frame).columns, [
    { name: "age", kind: "number" },
    { name: "income", kind: "number" },
    { name: "city", kind: "text" },
    { name: "plan", kind: "text" },
  ]);
});

test("withoutZipMap gives the table that was in the map, under its name, and nothing else is changed", async () => {
  const bytes = Uint8Array.from(readFileSync(join(__dirname, "fixtures", "tree-zipmap.onnx")));
  await assert.rejects(openSession(bytes), {
    code: "invalid-model",
    message:
      'openSession requires outputs that are tensors of a known datatype; got output "output_probability" that is not (withoutZipMap makes a table of a map)',
  });
  const plain = withoutZipMap(bytes);
  assert.equal(withoutZipMap(plain), plain);
  const session = await openSession(plain);
  assert.deepEqual(
    session.outputs.map(({ name, shape, datatype }) => [name, shape, datatype]),
    [
      ["output_label", [-1], "INT64"],
      ["output_probability", [-1, 3], "FP32"],
    ],
  );
  const [label, probabilities] = await session.predict([[5, 3, 1.5, 0.2]]);
  assert.deepEqual([label?.data, probabilities?.data], [[0], [1, 0, 0]]);
  await session.close();
  const [before, after] = [decodeModel(bytes), decodeModel(plain)];
  assert.deepEqual(after.graph?.node?.slice(0, -1), before.graph?.node?.slice(0, -1));
  assert.deepEqual({ ...after, graph: null }, { ...before, graph: null });
});

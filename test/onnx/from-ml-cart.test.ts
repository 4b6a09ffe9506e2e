import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionTreeClassifier, DecisionTreeRegression } from "ml-cart";
import { mlCartToOnnx, treesFromMlCart } from "../../kernel-lib/onnx/from-ml-cart";
import { openSession } from "../../kernel-lib/onnx/session";
import { treeValues } from "../../kernel-lib/onnx/tree";
import { aboveMedian, columns, rows, standardized, thirds, wages } from "./wages";

const float32Rows = standardized.map((row) => row.map(Math.fround));

test("a classifier's labels and probabilities equal ml-cart's on every row of the CPS wages", async () => {
  for (const [targets, classes] of [
    [aboveMedian, 2],
    [thirds, 3],
  ] as const) {
    const trainer = new DecisionTreeClassifier({ maxDepth: 7 });
    trainer.train(float32Rows, targets);
    const session = await openSession(mlCartToOnnx(trainer, { columns: columns.length }));
    const [label, probabilities] = await session.predict(float32Rows);
    assert.deepEqual(label?.data, trainer.predict(float32Rows));
    const [tree] = treesFromMlCart(trainer);
    assert.ok(tree);
    assert.deepEqual(
      probabilities?.data,
      float32Rows.flatMap((row) => [...treeValues(tree, row)].map(Math.fround)),
    );
    assert.deepEqual(probabilities.shape, [rows.length, classes]);
    await session.close();
  }
});

test("a regression's predictions equal ml-cart's, rounded to float32, on every row of the CPS wages", async () => {
  const trainer = new DecisionTreeRegression({ maxDepth: 6 });
  trainer.train(rows, wages);
  const session = await openSession(mlCartToOnnx(trainer));
  const [prediction] = await session.predict(rows);
  assert.deepEqual(prediction?.data, trainer.predict(rows).map(Math.fround));
  await session.close();
});

test("thresholds halfway between float32 values send every float32 to the trainer's branch", async () => {
  const values = Array.from({ length: 40 }, (_, i) => Math.fround(0.1 + i * 2 ** -27));
  const trainer = new DecisionTreeRegression({ maxDepth: 12, minNumSamples: 1 });
  trainer.train(
    values.map((value) => [value]),
    values.map((_, i) => i % 7),
  );
  const session = await openSession(mlCartToOnnx(trainer));
  const inputs = values.map((value) => [value]);
  assert.deepEqual(
    (await session.predict(inputs))[0]?.data,
    trainer.predict(inputs).map(Math.fround),
  );
  await session.close();
});

test("several trees are written as their average, within float32 of the mean of ml-cart's predictions", async () => {
  const trainers = [0, 1, 2, 3, 4].map((part) => {
    const trainer = new DecisionTreeRegression({ maxDepth: 4 });
    const kept = rows.map((_, i) => i).filter((i) => i % 5 !== part);
    trainer.train(
      kept.map((i) => rows[i] ?? []),
      kept.map((i) => wages[i] ?? 0),
    );
    return trainer;
  });
  const session = await openSession(mlCartToOnnx(trainers, { columns: columns.length }));
  const [prediction] = await session.predict(rows);
  const each = trainers.map((trainer) => trainer.predict(rows));
  rows.forEach((_, i) => {
    const mean = each.reduce((sum, predictions) => sum + (predictions[i] ?? 0), 0) / each.length;
    assert.ok(Math.abs(Number(prediction?.data[i]) - mean) <= 1e-6 * mean);
  });
  await session.close();
});

test("a saved model and a live one give the same bytes, and class names become the labels", async () => {
  const trainer = new DecisionTreeClassifier({ maxDepth: 3 });
  trainer.train(rows, aboveMedian);
  const options = { columns: columns.length, classes: ["low", "high"] };
  const bytes = mlCartToOnnx(trainer, options);
  assert.deepEqual(mlCartToOnnx(JSON.parse(JSON.stringify(trainer)) as object, options), bytes);
  const session = await openSession(bytes);
  const [label] = await session.predict(rows);
  assert.equal(label?.datatype, "BYTES");
  assert.deepEqual(
    label.data,
    trainer.predict(rows).map((predicted) => options.classes[predicted]),
  );
  await session.close();
});

test("mlCartToOnnx refuses what is no trained tree, and a mix of kinds", () => {
  const classifier = new DecisionTreeClassifier();
  assert.throws(() => mlCartToOnnx(classifier), {
    code: "invalid-argument",
    message:
      "mlCartToOnnx requires a trained DecisionTreeClassifier or DecisionTreeRegression of ml-cart; got another object",
  });
  classifier.train(rows, aboveMedian);
  const regression = new DecisionTreeRegression({ maxDepth: 2 });
  regression.train(rows, wages);
  assert.throws(() => mlCartToOnnx([classifier, regression]), {
    code: "invalid-argument",
    message:
      "mlCartToOnnx requires one or more ml-cart trees of one kind; got DTClassifier, DTRegression",
  });
  assert.throws(() => mlCartToOnnx([]), { code: "invalid-argument" });
  assert.throws(() => mlCartToOnnx(regression, { columns: 1 }), {
    code: "invalid-argument",
    message: /^treeEnsembleRegressor requires at least the \d columns its trees ask for; got 1$/,
  });
});

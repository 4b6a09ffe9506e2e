import assert from "node:assert/strict";
import { test } from "node:test";
import LogisticRegression from "ml-logistic-regression";
import { Matrix } from "ml-matrix";
import { mlLogisticRegressionToOnnx } from "../../kernel-lib/onnx/from-ml-logistic-regression";
import { openSession } from "../../kernel-lib/onnx/session";
import { aboveMedian, mean, rows, standardDeviation, standardized, thirds } from "./wages";

const design = new Matrix(standardized.map((row) => [1, ...row]));

for (const [name, targets] of [
  ["two", aboveMedian],
  ["three", thirds],
] as const) {
  test(`labels and probabilities of ${name} classes equal ml-logistic-regression's on every row of the CPS wages`, async () => {
    const trainer = new LogisticRegression({ numSteps: 300, learningRate: 1e-3 });
    trainer.train(design, Matrix.columnVector([...targets]));
    const session = await openSession(
      mlLogisticRegressionToOnnx(trainer, {
        interceptColumn: 0,
        standardization: { mean, standardDeviation },
      }),
    );
    const [label, probabilities] = await session.predict(rows);
    assert.deepEqual(label?.data, trainer.predict(design));
    const scores = trainer.classifiers.map((classifier) => classifier.testScores(design));
    rows.forEach((_, i) => {
      const each = scores.map((score) => 1 - (score[i] ?? 0));
      const sum = each.reduce((total, value) => total + value, 0);
      each.forEach((value, k) => {
        const probability = Number(probabilities?.data[i * each.length + k]);
        assert.ok(Math.abs(probability - value / sum) < 2e-6);
      });
    });
    await session.close();
  });
}

test("mlLogisticRegressionToOnnx refuses what is no trained model", () => {
  assert.throws(() => mlLogisticRegressionToOnnx(new LogisticRegression()), {
    code: "invalid-argument",
    message:
      "mlLogisticRegressionToOnnx requires a trained LogisticRegression of ml-logistic-regression; got LogisticRegression",
  });
  const model = {
    name: "LogisticRegression",
    classifiers: [{ weights: [[1, 2]] }, { weights: [[-1, -2]] }],
  };
  assert.throws(() => mlLogisticRegressionToOnnx(model, { interceptColumn: 2 }), {
    code: "invalid-argument",
    message: "mlLogisticRegressionToOnnx requires an intercept column from 0 to 1; got 2",
  });
});

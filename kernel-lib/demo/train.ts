import { DecisionTreeClassifier } from "ml-cart";
import LogisticRegression from "ml-logistic-regression";
import { Matrix } from "ml-matrix";
import { mlCartToOnnx, mlLogisticRegressionToOnnx } from "../index";
import { standardizationOf, type Split } from "./split";
import { columns, seededRandom } from "./wages";

const wageClasses = ["below median", "above median"];

/** A trained model as an ONNX file, with what the trainer itself says about rows. */
export interface Trained {
  onnx: Uint8Array;
  predict: (rows: readonly (readonly number[])[]) => number[];
}

export function trainTree(
  { rows, labels }: Split,
  params: { maxDepth: number; minNumSamples: number },
): Trained {
  const tree = new DecisionTreeClassifier(params);
  tree.train(rows, labels);
  return {
    onnx: mlCartToOnnx(tree, { columns: columns.length, classes: wageClasses }),
    predict: (test) => tree.predict(test),
  };
}

/** Trees on bootstrap samples of the rows; calls `onTree` with the ensemble so far. */
export async function trainBagging(
  { rows, labels }: Split,
  params: { trees: number; maxDepth: number; seed: number },
  onTree: (onnx: Uint8Array, trees: number) => Promise<void>,
): Promise<Uint8Array> {
  const random = seededRandom(params.seed);
  const trees: DecisionTreeClassifier[] = [];
  let onnx: Uint8Array = new Uint8Array();
  for (let t = 1; t <= params.trees; t++) {
    const drawn = rows.map(() => Math.floor(random() * rows.length));
    const tree = new DecisionTreeClassifier({ maxDepth: params.maxDepth, minNumSamples: 5 });
    tree.train(
      drawn.map((i) => rows[i] ?? []),
      drawn.map((i) => labels[i] ?? 0),
    );
    trees.push(tree);
    onnx = mlCartToOnnx(trees, { columns: columns.length, classes: wageClasses });
    await onTree(onnx, t);
  }
  return onnx;
}

/** Logistic regression with its coefficients in the units of the columns. */
export interface TrainedLogistic extends Trained {
  coefficients: number[];
  intercept: number;
  mean: number[];
}

export function trainLogistic(
  { rows, labels }: Split,
  params: { numSteps: number; learningRate: number },
  classes = wageClasses,
): TrainedLogistic {
  const standardization = standardizationOf(rows);
  const { mean, standardDeviation } = standardization;
  const prepare = (raw: readonly (readonly number[])[]) =>
    new Matrix(
      raw.map((row) => [
        1,
        ...row.map((value, c) => (value - (mean[c] ?? 0)) / (standardDeviation[c] ?? 1)),
      ]),
    );
  const model = new LogisticRegression(params);
  model.train(prepare(rows), Matrix.columnVector(labels));
  // The trainer has one classifier for each class, with that class as 0.
  const saved = JSON.parse(JSON.stringify(model)) as ReturnType<LogisticRegression["toJSON"]>;
  const [constant = 0, ...weights] = saved.classifiers[0]?.weights[0] ?? [];
  const coefficients = weights.map((weight, c) => weight / (standardDeviation[c] ?? 1));
  const intercept = coefficients.reduce((sum, each, c) => sum - each * (mean[c] ?? 0), constant);
  return {
    onnx: mlLogisticRegressionToOnnx(model, { classes, interceptColumn: 0, standardization }),
    predict: (test) => model.predict(prepare(test)),
    coefficients,
    intercept,
    mean,
  };
}

declare module "ml-cart" {
  interface TreeOptions {
    minNumSamples?: number;
    maxDepth?: number;
    gainThreshold?: number;
  }
  class MlCartTree {
    constructor(options?: TreeOptions);
    train(rows: readonly (readonly number[])[], targets: readonly number[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
    toJSON(): object;
  }
  export class DecisionTreeClassifier extends MlCartTree {}
  export class DecisionTreeRegression extends MlCartTree {}
}

declare module "ml-logistic-regression" {
  import type { Matrix } from "ml-matrix";
  export default class LogisticRegression {
    constructor(options?: { numSteps?: number; learningRate?: number });
    readonly classifiers: { testScores(rows: Matrix): number[] }[];
    train(rows: Matrix, labels: Matrix): void;
    predict(rows: Matrix): number[];
    toJSON(): object;
  }
}

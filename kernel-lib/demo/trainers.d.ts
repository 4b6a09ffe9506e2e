declare module "ml-cart" {
  export class DecisionTreeClassifier {
    constructor(options?: { maxDepth?: number; minNumSamples?: number });
    train(rows: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
    toJSON(): object;
  }
}

declare module "ml-logistic-regression" {
  import type { Matrix } from "ml-matrix";
  export default class LogisticRegression {
    constructor(options?: { numSteps?: number; learningRate?: number });
    train(rows: Matrix, labels: Matrix): void;
    predict(rows: Matrix): number[];
    toJSON(): { classifiers: { weights: number[][] }[] };
  }
}

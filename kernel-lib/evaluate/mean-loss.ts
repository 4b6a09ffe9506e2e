import { finiteNumbers, requirePairs, weightsOf } from "./check";
import { meanOfRows } from "./mean-of-rows";

/** What every metric of regression takes. */
export interface RegressionOptions {
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
}

export interface RegressionRows {
  yTrue: Float64Array;
  yPred: Float64Array;
  weights: Float64Array | undefined;
}

/** Checked numbers. */
export function regressionRows(
  caller: string,
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  { sampleWeight }: RegressionOptions = {},
): RegressionRows {
  requirePairs(caller, yTrue, yPred);
  return {
    yTrue: finiteNumbers(caller, "yTrue", yTrue),
    yPred: finiteNumbers(caller, "yPred", yPred),
    weights: weightsOf(caller, sampleWeight, yTrue.length),
  };
}

/** Weighted mean over the rows of a loss of true and predicted number. */
export function meanLoss(
  { yTrue, yPred, weights }: RegressionRows,
  loss: (actual: number, predicted: number) => number,
): number {
  return meanOfRows(yTrue.length, weights, (row) =>
    loss(yTrue[row] as number, yPred[row] as number),
  );
}

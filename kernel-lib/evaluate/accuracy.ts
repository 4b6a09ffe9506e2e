import { classOf } from "./binary-codes";
import { requirePairs, weightsOf } from "./check";
import { isLabelRows, labelColumns, type ClassLabels } from "./label-counts";
import { meanOfRows } from "./mean-of-rows";

/** What metrics of whole rows take. */
export interface RowOptions {
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
}

/**
 * Share of predictions that are right. A row of several labels is right when all of them are.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred n predicted ones
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" for arrays of different length or none, and weights that are negative or all 0
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html
 * @example accuracy([0, 1, 1, 1], [0, 1, 0, 1]) // 0.75
 */
export function accuracy(yTrue: ClassLabels, yPred: ClassLabels, options: RowOptions = {}): number {
  return shareRight("accuracy", yTrue, yPred, options);
}

/**
 * Share of predictions that are wrong: 1 − `accuracy`.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred n predicted ones
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" as `accuracy`
 * @example zeroOneLoss([0, 1, 1, 1], [0, 1, 0, 1]) // 0.25
 */
export function zeroOneLoss(
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: RowOptions = {},
): number {
  return 1 - shareRight("zeroOneLoss", yTrue, yPred, options);
}

/**
 * Share of labels that are wrong, of all labels of all rows. With one label a row the same as `zeroOneLoss`.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yPred n predicted ones
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" as `accuracy`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.hamming_loss.html
 * @example hammingLoss([[0, 1], [1, 1]], [[0, 1], [0, 1]]) // 0.25
 */
export function hammingLoss(
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: RowOptions = {},
): number {
  if (!isLabelRows(yTrue)) return 1 - shareRight("hammingLoss", yTrue, yPred, options);
  const weights = weightsOf("hammingLoss", options.sampleWeight, yTrue.length);
  const { columns, actual, predicted } = labelColumns("hammingLoss", yTrue, yPred);
  return meanOfRows(yTrue.length, weights, (row) => {
    let wrong = 0;
    for (const [at] of columns.entries()) if (actual[at]?.[row] !== predicted[at]?.[row]) wrong++;
    return wrong / columns.length;
  });
}

function shareRight(
  caller: string,
  yTrue: ClassLabels,
  yPred: ClassLabels,
  { sampleWeight }: RowOptions,
): number {
  requirePairs(caller, yTrue, yPred);
  const weights = weightsOf(caller, sampleWeight, yTrue.length);
  if (isLabelRows(yTrue) || isLabelRows(yPred)) {
    const { actual, predicted } = labelColumns(caller, yTrue, yPred);
    return meanOfRows(yTrue.length, weights, (row) =>
      Number(actual.every((column, at) => column[row] === predicted[at]?.[row])),
    );
  }
  if (ArrayBuffer.isView(yTrue) && ArrayBuffer.isView(yPred)) {
    // One kind of array, so that the loop is compiled once.
    const actual = new Float64Array(yTrue as ArrayLike<number>);
    const predicted = new Float64Array(yPred as ArrayLike<number>);
    return meanOfRows(actual.length, weights, (row) => Number(actual[row] === predicted[row]));
  }
  return meanOfRows(yTrue.length, weights, (row) =>
    Number(classOf(yTrue[row]) === classOf(yPred[row])),
  );
}

import { AssayerError } from "../errors";
import { binaryCodes, type Label } from "./binary-codes";
import { countsOfCodes } from "./binary-counts";
import { requirePairs, weightsOf } from "./check";
import { confusionCells } from "./confusion-matrix";
import type { BinaryCounts, Labels } from "./metric";

/** Several labels a row: n rows of one 0 or 1 (or truth value) for each label. */
export type LabelRows = ArrayLike<ArrayLike<number | boolean>>;

/** One label a row, or several. */
export type ClassLabels = Labels | LabelRows;

export interface LabelCounts {
  /** Of several labels a row, their columns. */
  labels: Label[];
  /** Each label against all others. */
  counts: BinaryCounts[];
}

interface Options {
  labels?: readonly Label[] | undefined;
  sampleWeight?: ArrayLike<number> | undefined;
}

export function isLabelRows(labels: ClassLabels): labels is LabelRows {
  return typeof labels[0] === "object";
}

/** Counts of each label. */
export function labelCounts(
  caller: string,
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: Options,
): LabelCounts {
  if (isLabelRows(yTrue) || isLabelRows(yPred)) {
    const { columns, actual, predicted } = labelColumns(caller, yTrue, yPred, options.labels);
    const weights = weightsOf(caller, options.sampleWeight, yTrue.length);
    return {
      labels: columns,
      counts: columns.map((_, at) =>
        countsOfCodes(actual[at] as Uint8Array, predicted[at] as Uint8Array, weights),
      ),
    };
  }
  const { labels, cells } = confusionCells(caller, yTrue, yPred, options);
  const width = labels.length + 1;
  const ofTrue = new Float64Array(width);
  const ofPredicted = new Float64Array(width);
  let all = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const count = cells[cell] as number;
    const [t, p] = [Math.floor(cell / width), cell % width];
    ofTrue[t] = (ofTrue[t] as number) + count;
    ofPredicted[p] = (ofPredicted[p] as number) + count;
    all += count;
  }
  return {
    labels,
    counts: labels.map((_, at) => {
      const truePositives = cells[at * width + at] as number;
      const falsePositives = (ofPredicted[at] as number) - truePositives;
      const falseNegatives = (ofTrue[at] as number) - truePositives;
      const trueNegatives = all - truePositives - falsePositives - falseNegatives;
      return { truePositives, falsePositives, falseNegatives, trueNegatives };
    }),
  };
}

/** Counts of each row over its labels, when a row has several. */
export function rowCounts(
  caller: string,
  yTrue: ClassLabels,
  yPred: ClassLabels,
  options: Options,
): BinaryCounts[] {
  const { actual, predicted } = labelColumns(caller, yTrue, yPred, options.labels);
  return Array.from({ length: yTrue.length }, (_, row) =>
    countsOfCodes(
      Uint8Array.from(actual, (column) => column[row] as number),
      Uint8Array.from(predicted, (column) => column[row] as number),
    ),
  );
}

/** Columns of 0 and 1 out of rows of several labels. */
export function labelColumns(
  caller: string,
  yTrue: ClassLabels,
  yPred: ClassLabels,
  wanted?: readonly Label[],
): { columns: number[]; actual: Uint8Array[]; predicted: Uint8Array[] } {
  requirePairs(caller, yTrue, yPred);
  if (!isLabelRows(yTrue) || !isLabelRows(yPred))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires several labels in each row of both arrays; got one`,
    );
  const width = (yTrue[0] as ArrayLike<unknown>).length;
  const columns = wanted === undefined ? [...Array(width).keys()] : wanted.map(Number);
  if (!columns.every((column) => Number.isInteger(column) && column >= 0 && column < width))
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires labels that are columns from 0 to ${width - 1}; got ${columns.join(", ")}`,
    );
  return {
    columns,
    actual: codesByColumn(caller, yTrue, columns, width),
    predicted: codesByColumn(caller, yPred, columns, width),
  };
}

function codesByColumn(
  caller: string,
  rows: LabelRows,
  columns: readonly number[],
  width: number,
): Uint8Array[] {
  for (let row = 0; row < rows.length; row++)
    if (rows[row]?.length !== width)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires ${width} labels in every row; got ${rows[row]?.length ?? 0} at position ${row}`,
      );
  const numbers = columns.map((column) =>
    Float64Array.from({ length: rows.length }, (_, row) => {
      const label = rows[row]?.[column];
      if (label === 1 || label === true) return 1;
      if (label === 0 || label === false) return 0;
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires 0 or 1 for each label of a row; got ${String(label)} at position ${row}`,
      );
    }),
  );
  return numbers.map((column) => binaryCodes(caller, 1, column)[0] as Uint8Array);
}

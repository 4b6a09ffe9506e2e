import { AssayerError } from "../errors";
import type { Label } from "./binary-codes";
import { finiteNumbers, requirePairs } from "./check";
import { classCodes } from "./class-codes";
import { isLabelRows, labelColumns, type ClassLabels } from "./label-counts";

/** One score a row, for the positive label; or n rows of one score for each class. */
export type Scores = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** Labels and scores of each class against all others. */
export interface ClassScores {
  labels: Label[];
  /** Whether a row has several labels. */
  isMultilabel: boolean;
  /** By class: 1 for rows of that class. */
  codes: Uint8Array[];
  /** By class. */
  scores: Float64Array[];
}

export function isScoreRows(yScore: Scores): yScore is ArrayLike<ArrayLike<number>> {
  return typeof yScore[0] === "object";
}

/**
 * @param yTrue n labels, whose classes in order are the columns of the scores; or n rows of one 0 or 1 for each
 * @param yScore n rows of one finite score for each class
 * @throws AssayerError "invalid-argument" for columns that do not fit the classes
 */
export function classScores(
  caller: string,
  yTrue: ClassLabels,
  yScore: ArrayLike<ArrayLike<number>>,
  wanted: readonly Label[] | undefined,
): ClassScores {
  requirePairs(caller, yTrue, yScore);
  const width = (yScore[0] as ArrayLike<number>).length;
  for (let row = 0; row < yScore.length; row++)
    if (yScore[row]?.length !== width)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires ${width} scores in every row; got ${yScore[row]?.length ?? 0} at position ${row}`,
      );
  const { labels, codes } = codesByClass(caller, yTrue, wanted);
  if (labels.length !== width)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires one score for each of ${labels.length} classes in every row; got ${width}`,
    );
  return {
    labels,
    isMultilabel: isLabelRows(yTrue),
    codes,
    scores: labels.map((_, at) =>
      finiteNumbers(
        caller,
        "yScore",
        Float64Array.from({ length: yScore.length }, (_, row) => Number(yScore[row]?.[at])),
      ),
    ),
  };
}

function codesByClass(
  caller: string,
  yTrue: ClassLabels,
  wanted: readonly Label[] | undefined,
): { labels: Label[]; codes: Uint8Array[] } {
  if (isLabelRows(yTrue)) {
    const { columns, actual } = labelColumns(caller, yTrue, yTrue);
    return { labels: columns, codes: actual };
  }
  const { labels, codes } = classCodes(caller, wanted, yTrue);
  const actual = codes[0] as Int32Array;
  const outside = actual.indexOf(labels.length);
  if (outside >= 0)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires all of yTrue among labels; got another at position ${outside}`,
    );
  return {
    labels,
    codes: labels.map((_, at) => Uint8Array.from(actual, (code) => Number(code === at))),
  };
}

/** That the scores of each row are shares of 1, within 1e-5. */
export function requireShares(caller: string, { scores }: ClassScores): void {
  const rows = scores[0]?.length ?? 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (const column of scores) sum += column[row] as number;
    if (Math.abs(sum - 1) > 1e-5)
      throw new AssayerError(
        "invalid-argument",
        `${caller} requires scores of a row that sum to 1; got ${sum} at position ${row}`,
      );
  }
}

/** How the classes' figures are one; `none` keeps them apart. */
export type ScoreAverage = "micro" | "macro" | "weighted" | "samples" | "none";

const averages: readonly ScoreAverage[] = ["micro", "macro", "weighted", "samples", "none"];

/** Averages a metric of two classes over several, as scikit-learn does. */
export function averageOfClasses(
  { codes, scores }: ClassScores,
  average: ScoreAverage,
  weights: Float64Array | undefined,
  metric: (codes: Uint8Array, scores: Float64Array, weights?: Float64Array) => number,
): number | Float64Array {
  if (!averages.includes(average))
    throw new AssayerError(
      "invalid-argument",
      `unknown average: ${average}; expected one of ${averages.join(", ")}`,
    );
  const rows = codes[0]?.length ?? 0;
  if (average === "micro")
    return metric(
      Uint8Array.from(codes.flatMap((column) => [...column])),
      Float64Array.from(scores.flatMap((column) => [...column])),
      weights && Float64Array.from(codes.flatMap(() => [...weights])),
    );
  if (average === "samples")
    return weightedMean(
      Array.from({ length: rows }, (_, row) =>
        metric(
          Uint8Array.from(codes, (column) => column[row] as number),
          Float64Array.from(scores, (column) => column[row] as number),
        ),
      ),
      weights,
    );
  const figures = codes.map((column, at) => metric(column, scores[at] as Float64Array, weights));
  if (average === "none") return Float64Array.from(figures);
  if (average === "macro") return weightedMean(figures);
  const support = codes.map((column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++)
      sum += (column[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
    return sum;
  });
  return support.every((sum) => sum === 0) ? 0 : weightedMean(figures, support);
}

/** What has no weight counts nothing, even when it is NaN. */
export function weightedMean(values: readonly number[], weights?: ArrayLike<number>): number {
  let [sum, weightSum] = [0, 0];
  for (const [i, value] of values.entries()) {
    const weight = weights === undefined ? 1 : (weights[i] as number);
    if (weight === 0) continue;
    sum += weight * value;
    weightSum += weight;
  }
  return sum / weightSum;
}

import { AssayerError } from "../errors";
import type { Label } from "./binary-codes";
import { weightsOf } from "./check";
import {
  averageOfClasses,
  classScores,
  isScoreRows,
  requireShares,
  weightedMean,
  type ClassScores,
  type ScoreAverage,
  type Scores,
} from "./class-scores";
import type { ClassLabels } from "./label-counts";
import { scoreRows, type ScoreOptions } from "./score-rows";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts";

export interface RocAucOptions extends ScoreOptions {
  /**
   * Up to which false positive rate the area counts, above 0 to 1; it is then scaled so that chance is 0.5 and the best
   * 1 (McClish 1989). Of two classes only.
   */
  maxFpr?: number;
  /** Of several classes: each against all others, or each pair by itself (Hand and Till 2001). Default `ovr`. */
  multiClass?: "ovr" | "ovo";
  /** Of several classes or labels; default `macro`. */
  average?: Exclude<ScoreAverage, "none">;
  /** The classes of the columns of yScore, in order; those of yTrue, sorted, by default. */
  labels?: readonly Label[];
}

/**
 * Area under the ROC curve: how often a positive has a higher score than a negative; ties count half.
 * NaN when all labels are the same, since then there is no such pair.
 *
 * @param yTrue n ≥ 1 labels; or n rows of one 0 or 1 for each label
 * @param yScore n finite scores, higher for `posLabel`; or n rows of one for each class, which sum to 1 where a row has
 * one label
 * @returns 0 to 1, or NaN; one for each class with `average` none
 * @throws AssayerError "invalid-argument" for a third class with one score a row, scores that are not finite or do not
 * fit the classes, arrays of different length, and weights that are negative or all 0
 * @see Mann and Whitney 1947; Hanley and McNeil 1982
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html
 * @example rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // 0.75
 */
export function rocAuc(
  yTrue: ClassLabels,
  yScore: Scores,
  options: Omit<RocAucOptions, "average"> & { average: "none" },
): Float64Array;
export function rocAuc(yTrue: ClassLabels, yScore: Scores, options?: RocAucOptions): number;
export function rocAuc(
  yTrue: ClassLabels,
  yScore: Scores,
  options: Omit<RocAucOptions, "average"> & { average?: ScoreAverage } = {},
): number | Float64Array {
  const { maxFpr = 1 } = options;
  if (!(maxFpr > 0 && maxFpr <= 1))
    throw new AssayerError(
      "invalid-argument",
      `rocAuc requires maxFpr above 0, at most 1; got ${maxFpr}`,
    );
  if (isScoreRows(yScore)) return areaOfClasses(yTrue, yScore, options);
  const { codes, scores, weights } = scoreRows("rocAuc", yTrue, yScore, options);
  return areaOfCounts(thresholdCounts(codes, scores, weights), maxFpr);
}

function areaOfClasses(
  yTrue: ClassLabels,
  yScore: ArrayLike<ArrayLike<number>>,
  options: Omit<RocAucOptions, "average"> & { average?: ScoreAverage },
): number | Float64Array {
  const { average = "macro", multiClass = "ovr", maxFpr = 1, sampleWeight, labels } = options;
  const classes = classScores("rocAuc", yTrue, yScore, labels);
  const weights = weightsOf("rocAuc", sampleWeight, yTrue.length);
  const area = (codes: Uint8Array, scores: Float64Array, each?: Float64Array) =>
    areaOfCounts(thresholdCounts(codes, scores, each), maxFpr);
  if (!classes.isMultilabel) {
    requireShares("rocAuc", classes);
    if (maxFpr !== 1)
      throw new AssayerError(
        "invalid-argument",
        `rocAuc requires maxFpr 1 with several classes; got ${maxFpr}`,
      );
    if (multiClass === "ovo") {
      if (weights !== undefined || (average !== "macro" && average !== "weighted"))
        throw new AssayerError(
          "invalid-argument",
          `rocAuc requires average macro or weighted, and no sampleWeight, for multiClass ovo; got ${average}${weights === undefined ? "" : " and sampleWeight"}`,
        );
      return areaOfPairs(classes, average, area);
    }
  }
  return averageOfClasses(classes, average, weights, area);
}

/** Mean over pairs of classes that are there, each the mean of both ways round. */
function areaOfPairs(
  { codes, scores }: ClassScores,
  average: "macro" | "weighted",
  area: (codes: Uint8Array, scores: Float64Array) => number,
): number {
  const present = [...codes.keys()].filter((at) => codes[at]?.includes(1));
  const areas: number[] = [];
  const prevalence: number[] = [];
  for (const [i, a] of present.entries())
    for (const b of present.slice(i + 1)) {
      const [ofA, ofB] = [codes[a] as Uint8Array, codes[b] as Uint8Array];
      const rows = [...ofA.keys()].filter((row) => ofA[row] === 1 || ofB[row] === 1);
      const oneWay = (of: Uint8Array, at: number) =>
        area(
          Uint8Array.from(rows, (row) => of[row] as number),
          Float64Array.from(rows, (row) => scores[at]?.[row] as number),
        );
      areas.push((oneWay(ofA, a) + oneWay(ofB, b)) / 2);
      prevalence.push(rows.length);
    }
  return weightedMean(areas, average === "weighted" ? prevalence : undefined);
}

/** @returns NaN without a positive or a negative */
export function areaOfCounts(counts: ThresholdCounts, maxFpr = 1): number {
  const { truePositives, falsePositives } = counts;
  const last = truePositives.length - 1;
  const positives = truePositives[last] as number;
  const negatives = falsePositives[last] as number;
  if (positives === 0 || negatives === 0) return NaN;
  const limit = maxFpr === 1 ? negatives : maxFpr * negatives;
  let area = 0;
  let [tpBefore, fpBefore] = [0, 0];
  for (let i = 0; i <= last; i++) {
    const tp = truePositives[i] as number;
    const fp = falsePositives[i] as number;
    if (fp > limit) {
      const share = (limit - fpBefore) / (fp - fpBefore);
      area += ((limit - fpBefore) * (2 * tpBefore + share * (tp - tpBefore))) / 2;
      break;
    }
    area += ((fp - fpBefore) * (tp + tpBefore)) / 2;
    [tpBefore, fpBefore] = [tp, fp];
  }
  area /= positives * negatives;
  if (maxFpr === 1) return area;
  const chance = maxFpr ** 2 / 2;
  return (1 + (area - chance) / (maxFpr - chance)) / 2;
}

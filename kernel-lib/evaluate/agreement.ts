import type { Label } from "./binary-codes";
import { confusionCells } from "./confusion-matrix";
import type { Labels } from "./metric";

export interface AgreementOptions {
  /** n weights of 0 or more; 1 each by default. */
  sampleWeight?: ArrayLike<number>;
}

/**
 * Matthews correlation: how far true and predicted labels go together, chance being 0. Of several classes, Gorodkin's
 * generalization. 0 where all true or all predicted labels are the same, as scikit-learn has it.
 *
 * @param yTrue n ≥ 1 labels, of two classes or more
 * @param yPred n predicted labels
 * @returns −1 to 1
 * @throws AssayerError "invalid-argument" as `confusionMatrix`
 * @see Matthews 1975; Gorodkin 2004
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.matthews_corrcoef.html
 * @example matthewsCorrelation([1, 1, 1, 0], [1, 0, 1, 1]) // -0.333…
 */
export function matthewsCorrelation(
  yTrue: Labels,
  yPred: Labels,
  options: AgreementOptions = {},
): number {
  const { k, cell, ofTrue, ofPredicted, all } = table("matthewsCorrelation", yTrue, yPred, options);
  let right = 0;
  let [trueSquares, predictedSquares, products] = [0, 0, 0];
  for (let at = 0; at < k; at++) {
    const [t, p] = [ofTrue[at] as number, ofPredicted[at] as number];
    right += cell(at, at);
    trueSquares += t * t;
    predictedSquares += p * p;
    products += t * p;
  }
  const spread = (all ** 2 - predictedSquares) * (all ** 2 - trueSquares);
  return spread === 0 ? 0 : (right * all - products) / Math.sqrt(spread);
}

export interface CohenKappaOptions extends AgreementOptions {
  /** Which labels, in which order; all that there are, sorted, by default. */
  labels?: readonly Label[];
  /** How much worse a label farther away is, by their places; all the same by default. */
  weights?: "linear" | "quadratic";
}

/**
 * Cohen's kappa: agreement of two raters beyond what chance gives. NaN where chance alone agrees fully, as when both
 * name one label only.
 *
 * @param yTrue n ≥ 1 labels
 * @param yPred n labels of the other rater
 * @returns −1 to 1, or NaN
 * @throws AssayerError "invalid-argument" as `confusionMatrix`
 * @see Cohen 1960 and 1968
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.cohen_kappa_score.html
 * @example cohenKappa([0, 1, 1, 0], [0, 1, 0, 0]) // 0.5
 */
export function cohenKappa(yTrue: Labels, yPred: Labels, options: CohenKappaOptions = {}): number {
  const { k, cell, ofTrue, ofPredicted, all } = table("cohenKappa", yTrue, yPred, options);
  const { weights } = options;
  let [seen, expected] = [0, 0];
  for (let t = 0; t < k; t++)
    for (let p = 0; p < k; p++) {
      const weight =
        weights === undefined ? Number(t !== p) : Math.abs(t - p) ** (weights === "linear" ? 1 : 2);
      seen += weight * cell(t, p);
      expected += (weight * (ofTrue[t] as number) * (ofPredicted[p] as number)) / all;
    }
  return expected === 0 || Number.isNaN(expected) ? NaN : 1 - seen / expected;
}

export interface BalancedAccuracyOptions extends AgreementOptions {
  /** Scaled so that chance is 0 and perfect is 1. */
  adjusted?: boolean;
}

/**
 * Mean over the classes of how many of each are found, so that a rare class counts as much as a common one. Classes
 * that are never true do not count.
 *
 * @param yTrue n ≥ 1 labels, of two classes or more
 * @param yPred n predicted labels
 * @returns 0 to 1
 * @throws AssayerError "invalid-argument" as `confusionMatrix`
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.balanced_accuracy_score.html
 * @example balancedAccuracy([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]) // 0.625
 */
export function balancedAccuracy(
  yTrue: Labels,
  yPred: Labels,
  { adjusted = false, ...options }: BalancedAccuracyOptions = {},
): number {
  const { k, cell, ofTrue } = table("balancedAccuracy", yTrue, yPred, options);
  let [sum, classes] = [0, 0];
  for (let at = 0; at < k; at++) {
    const rows = ofTrue[at] as number;
    if (rows === 0) continue;
    sum += cell(at, at) / rows;
    classes++;
  }
  const mean = sum / classes;
  return adjusted ? (mean - 1 / classes) / (1 - 1 / classes) : mean;
}

interface Table {
  k: number;
  cell: (t: number, p: number) => number;
  ofTrue: Float64Array;
  ofPredicted: Float64Array;
  all: number;
}

function table(
  caller: string,
  yTrue: Labels,
  yPred: Labels,
  options: { labels?: readonly Label[]; sampleWeight?: ArrayLike<number> },
): Table {
  const { labels, cells } = confusionCells(caller, yTrue, yPred, options);
  const k = labels.length;
  const cell = (t: number, p: number) => cells[t * (k + 1) + p] as number;
  const ofTrue = new Float64Array(k);
  const ofPredicted = new Float64Array(k);
  let all = 0;
  for (let t = 0; t < k; t++)
    for (let p = 0; p < k; p++) {
      ofTrue[t] = (ofTrue[t] as number) + cell(t, p);
      ofPredicted[p] = (ofPredicted[p] as number) + cell(t, p);
      all += cell(t, p);
    }
  return { k, cell, ofTrue, ofPredicted, all };
}

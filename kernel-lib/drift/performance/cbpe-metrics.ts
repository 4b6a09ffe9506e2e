import { AssayerError } from "../../errors";
import { MersenneTwister } from "../../stats/mersenne-twister";
import type { CbpeChunk } from "./cbpe-chunk";
import { scoredClasses, type CalibratedRows } from "./classifier-rows";
import {
  classesSeen,
  outcomesOf,
  realisedConfusion,
  shareBase,
  type Confusion,
  type ConfusionShare,
  type Outcomes,
} from "./confusion";
import {
  averagePrecisionVariance,
  errorOfMean,
  f1Variance,
  rocAucVariance,
  shareVariance,
  type RowVariance,
  type SamplingError,
} from "./sampling-error";
import { rowsWhere, takeLabels, takeRows } from "./take-rows";
import type { Band } from "../timeline/threshold";

/** What CBPE can estimate; `confusion_matrix` is one metric for each cell. */
export const cbpeMetricNames = [
  "roc_auc",
  "average_precision",
  "f1",
  "precision",
  "recall",
  "specificity",
  "accuracy",
  "confusion_matrix",
  "business_value",
] as const;

export type CbpeMetricName = (typeof cbpeMetricNames)[number];

export interface CbpeMetricOptions {
  /** Cells of the confusion matrix as shares; counts by default. */
  confusionShare?: ConfusionShare;
  /** Needed for `business_value`: what a row is worth, by true class (rows) and predicted class (columns). */
  businessValue?: readonly (readonly number[])[];
  /** `per-prediction`: of each predicted class the mean worth, summed. `total` by default. */
  businessValueOf?: "total" | "per-prediction";
  /** Seed of the samples for the error of average precision. Default 42. */
  seed?: number;
}

/** A metric of a classifier, with how far off its estimate may be by chance. */
export interface CbpeMetric {
  name: string;
  limits: Band;
  /** NaN where it has no answer. */
  estimate(chunk: CbpeChunk): number;
  /** NaN without labels, or where it has no answer. */
  realised(chunk: CbpeChunk): number;
  /** Standard error of the estimate. */
  error(chunk: CbpeChunk): number;
}

const share: Band = { lower: 0, upper: 1 };

/**
 * Metrics for CBPE, with what they need of the reference.
 *
 * @throws AssayerError "invalid-argument" for an unknown name, or `business_value` without its matrix
 */
export function cbpeMetrics(
  names: readonly CbpeMetricName[],
  reference: CalibratedRows,
  options: CbpeMetricOptions = {},
): CbpeMetric[] {
  const random = new MersenneTwister(options.seed ?? 42);
  return names.flatMap((name) => {
    switch (name) {
      case "roc_auc":
      case "average_precision":
        return rankingMetric(name, reference, random);
      case "f1":
      case "precision":
      case "recall":
      case "specificity":
        return outcomeMetric(name, reference);
      case "accuracy":
        return accuracyMetric(reference);
      case "confusion_matrix":
        return confusionMetrics(reference, options.confusionShare);
      case "business_value":
        return businessValueMetric(reference, options);
      default:
        throw new AssayerError(
          "invalid-argument",
          `unknown metric: ${String(name)}; expected one of ${cbpeMetricNames.join(", ")}`,
        );
    }
  });
}

function rankingMetric(
  name: "roc_auc" | "average_precision",
  reference: CalibratedRows,
  random: MersenneTwister,
): CbpeMetric {
  return {
    name,
    limits: share,
    estimate: (chunk) => chunk.expectedRanking(name),
    realised: (chunk) => chunk.realisedRanking(name),
    error: byRows(rankingError(name, reference, random), (chunk) => chunk.scored.length),
  };
}

function rankingError(
  name: "roc_auc" | "average_precision",
  reference: CalibratedRows,
  random: MersenneTwister,
): SamplingError {
  const { yTrue, probability, yScore } = reference;
  const codes = scoredClasses(reference);
  const [first] = probability;
  const rows = rowsWhere(
    0,
    yTrue?.length ?? 0,
    (row) => Number(yTrue?.[row]) >= 0 && !Number.isNaN(first?.[row]),
  );
  const ofClass = codes.map((code, i) => ({
    labels: takeLabels(yTrue ?? new Int32Array(0), rows, code),
    scores: takeRows(yScore[i] ?? new Float64Array(0), rows),
  }));
  if (name === "roc_auc")
    return errorOfMean(
      ofClass.map(({ labels, scores }) => rocAucVariance(labels, scores)),
      // A correction that NannyML makes for several classes.
      codes.length === 1 ? 1 : 1.2,
    );
  const sampled = ofClass.map(({ labels, scores }) =>
    labels.includes(1)
      ? averagePrecisionVariance(labels, scores, random)
      : { variance: NaN, rows: 0 },
  );
  return (count) =>
    Math.sqrt(
      sampled.reduce((sum, each) => sum + (each.variance * each.rows) / count, 0) / sampled.length,
    );
}

const outcomeMetrics = {
  f1: {
    value: ({ tp, fp, fn }: Outcomes) => [tp, tp + (fp + fn) / 2],
    variance: f1Variance,
  },
  precision: {
    value: ({ tp, fp }: Outcomes) => [tp, tp + fp],
    variance: ({ tp, fp }: Outcomes, rows: number) => shareVariance(tp, tp + fp, rows),
  },
  recall: {
    value: ({ tp, fn }: Outcomes) => [tp, tp + fn],
    variance: ({ tp, fn }: Outcomes, rows: number) => shareVariance(tp, tp + fn, rows),
  },
  specificity: {
    value: ({ tn, fp }: Outcomes) => [tn, tn + fp],
    variance: ({ tn, fp }: Outcomes, rows: number) => shareVariance(tn, tn + fp, rows),
  },
} satisfies Record<
  string,
  {
    value(outcomes: Outcomes): [number, number];
    variance(outcomes: Outcomes, rows: number, binary: boolean): RowVariance;
  }
>;

/** A metric of one class against the others; of several classes the mean. */
function outcomeMetric(name: keyof typeof outcomeMetrics, reference: CalibratedRows): CbpeMetric {
  const { value, variance } = outcomeMetrics[name];
  const codes = scoredClasses(reference);
  const binary = codes.length === 1;
  const mean = (confusion: Confusion, ofNothing: number): number =>
    codes.reduce((sum, code) => {
      const [part, whole] = value(outcomesOf(confusion, code));
      return sum + (whole === 0 ? ofNothing : part / whole);
    }, 0) / codes.length;
  const all = wholeConfusion(reference);
  return {
    name,
    limits: share,
    estimate: (chunk) => (chunk.expected.rows === 0 ? NaN : mean(chunk.expected, 0)),
    realised: ({ realised }) => {
      if (realised === null || realised.rows === 0) return NaN;
      const seen = classesSeen(realised);
      // NannyML gives no value for a chunk of one class, but for the specificity of a binary classifier.
      if (binary && name === "specificity") return mean(realised, NaN);
      return seen.actual < 2 || seen.predicted < 2 ? NaN : mean(realised, 0);
    },
    error: byRows(
      errorOfMean(codes.map((code) => variance(outcomesOf(all, code), all.rows, binary))),
      (chunk) => chunk.expected.rows,
    ),
  };
}

function accuracyMetric(reference: CalibratedRows): CbpeMetric {
  const binary = reference.yScore.length === 1;
  const right = ({ counts, classes }: Confusion): number =>
    Array.from({ length: classes }, (_, i) => Number(counts[i * classes + i])).reduce(
      (sum, count) => sum + count,
      0,
    );
  const all = wholeConfusion(reference);
  return {
    name: "accuracy",
    limits: share,
    estimate: ({ expected }) => right(expected) / expected.rows,
    realised: ({ realised }) => {
      if (realised === null || realised.rows === 0) return NaN;
      const seen = classesSeen(realised);
      if (!binary && (seen.actual < 2 || seen.predicted < 2)) return NaN;
      return right(realised) / realised.rows;
    },
    error: byRows(
      errorOfMean([shareVariance(right(all), all.rows, all.rows)]),
      (chunk) => chunk.expected.rows,
    ),
  };
}

function confusionMetrics(
  reference: CalibratedRows,
  shareOf: ConfusionShare | undefined,
): CbpeMetric[] {
  const { classes } = reference;
  const binary = reference.yScore.length === 1;
  const all = wholeConfusion(reference);
  return classes.flatMap((actualName, actual) =>
    classes.map((predictedName, predicted): CbpeMetric => {
      const cell = (confusion: Confusion): number =>
        Number(confusion.counts[actual * classes.length + predicted]) /
        shareBase(confusion, actual, predicted, shareOf);
      const base = shareOf === undefined ? all.rows : shareBase(all, actual, predicted, shareOf);
      const count = Number(all.counts[actual * classes.length + predicted]);
      const error = errorOfMean([shareVariance(count, base, all.rows)]);
      return {
        name: binary
          ? `${actual === predicted ? "true" : "false"}_${predicted === 1 ? "positive" : "negative"}`
          : `true_${actualName}_pred_${predictedName}`,
        limits: { lower: 0, upper: shareOf === undefined ? null : 1 },
        estimate: ({ expected }) => (expected.rows === 0 ? NaN : cell(expected)),
        realised: ({ realised }) => {
          if (realised === null || realised.rows === 0) return NaN;
          const seen = classesSeen(realised);
          if (!binary && (seen.actual < 2 || seen.predicted < 2)) return NaN;
          // scikit-learn's confusion_matrix(normalize=…) has 0 for a class without rows.
          return cell(realised) || 0;
        },
        error: ({ expected: { rows } }) => error(rows) * (shareOf === undefined ? rows : 1),
      };
    }),
  );
}

function businessValueMetric(
  reference: CalibratedRows,
  { businessValue, businessValueOf = "total" }: CbpeMetricOptions,
): CbpeMetric {
  const k = reference.classes.length;
  const worth = businessValue?.flat() ?? [];
  if (businessValue?.length !== k || worth.length !== k * k || !worth.every(Number.isFinite))
    throw new AssayerError(
      "invalid-argument",
      `estimatePerformance requires businessValue as ${k} rows of ${k} finite numbers for the metric business_value; got ${businessValue === undefined ? "none" : `${businessValue.length} rows, ${worth.length} numbers`}`,
    );
  const perPrediction = businessValueOf === "per-prediction";
  const total = (confusion: Confusion): number =>
    worth.reduce((sum, value, i) => {
      const of = perPrediction ? shareBase(confusion, 0, i % k, "predicted") : 1;
      return sum + (of === 0 ? 0 : (value * Number(confusion.counts[i])) / of);
    }, 0);
  const all = wholeConfusion(reference);
  const mean = worth.reduce((sum, value, i) => sum + value * Number(all.counts[i]), 0) / all.rows;
  const squares = worth.reduce(
    (sum, value, i) => sum + Number(all.counts[i]) * (value - mean) ** 2,
    0,
  );
  // NannyML: of the population for two classes, of the sample for more.
  const deviation = Math.sqrt(squares / (reference.yScore.length === 1 ? all.rows : all.rows - 1));
  return {
    name: "business_value",
    limits: { lower: null, upper: null },
    estimate: ({ expected }) => (expected.rows === 0 ? NaN : total(expected)),
    realised: ({ realised }) => (realised === null || realised.rows === 0 ? NaN : total(realised)),
    error: ({ expected: { rows } }) => (deviation * (perPrediction ? 1 : rows)) / Math.sqrt(rows),
  };
}

function wholeConfusion(reference: CalibratedRows): Confusion {
  const all = realisedConfusion(reference, 0, reference.yPred.length);
  if (all === null)
    throw new AssayerError(
      "invalid-argument",
      "estimatePerformance requires labels in the reference; got none",
    );
  return all;
}

function byRows(
  error: SamplingError,
  rows: (chunk: CbpeChunk) => number,
): (chunk: CbpeChunk) => number {
  return (chunk) => error(rows(chunk));
}

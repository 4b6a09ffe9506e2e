import { AssayerError } from "../../errors";

interface RegressionMetric {
  /** Of one row, ≥ 0. */
  loss(yTrue: number, yPred: number): number;
  /** Whether the metric is the root of the mean loss. */
  root: boolean;
  /** Logarithms want numbers of 0 or more. */
  nonNegative: boolean;
}

const absolute = (yTrue: number, yPred: number) => Math.abs(yTrue - yPred);
const squared = (yTrue: number, yPred: number) => (yTrue - yPred) ** 2;
const squaredLog = (yTrue: number, yPred: number) => (Math.log1p(yTrue) - Math.log1p(yPred)) ** 2;

/** Metrics of regression whose value can be estimated, as NannyML names them. */
export const regressionMetrics = {
  mae: { loss: absolute, root: false, nonNegative: false },
  mape: {
    loss: (yTrue, yPred) => absolute(yTrue, yPred) / Math.max(Number.EPSILON, Math.abs(yTrue)),
    root: false,
    nonNegative: false,
  },
  mse: { loss: squared, root: false, nonNegative: false },
  rmse: { loss: squared, root: true, nonNegative: false },
  msle: { loss: squaredLog, root: false, nonNegative: true },
  rmsle: { loss: squaredLog, root: true, nonNegative: true },
} as const satisfies Record<string, RegressionMetric>;

export type RegressionMetricName = keyof typeof regressionMetrics;

export const regressionMetricNames = Object.keys(regressionMetrics) as RegressionMetricName[];

/** What a regression did on rows. NaN where a value is missing. */
export interface RegressionRows {
  yTrue: Float64Array;
  yPred: Float64Array;
}

/**
 * The metric of a stretch of rows; rows with a missing value on either side do not count. NaN when none is left.
 *
 * @throws AssayerError "invalid-argument" for negative values where the metric takes logarithms
 */
export function realisedMetric(
  metric: RegressionMetricName,
  rows: RegressionRows,
  start = 0,
  end = rows.yPred.length,
): number {
  return metricOfLosses(metric, lossesOf(metric, rows).subarray(start, end));
}

/**
 * The metric from the losses of single rows, as they were or as they are estimated: negative estimates count as 0, NaN
 * does not count.
 */
export function metricOfLosses(metric: RegressionMetricName, losses: Float64Array): number {
  let sum = 0;
  let present = 0;
  for (const loss of losses)
    if (!Number.isNaN(loss)) {
      sum += Math.max(0, loss);
      present++;
    }
  const mean = sum / present;
  return regressionMetrics[metric].root ? Math.sqrt(mean) : mean;
}

/** The loss of each row, NaN where a value is missing. */
export function lossesOf(
  metric: RegressionMetricName,
  { yTrue, yPred }: RegressionRows,
): Float64Array {
  const { loss, nonNegative } = regressionMetrics[metric];
  return yTrue.map((truth, row) => {
    const predicted = yPred[row] ?? NaN;
    if (!Number.isFinite(truth) || !Number.isFinite(predicted)) return NaN;
    if (nonNegative && (truth < 0 || predicted < 0))
      throw new AssayerError(
        "invalid-argument",
        `${metric} requires yTrue and yPred of 0 or more; got a negative value in row ${row}`,
      );
    return loss(truth, predicted);
  });
}

/**
 * Standard error of the metric of so many rows, from the losses of the reference; NaN where it has none.
 *
 * MAPE divides by yTrue as it is, so that a row with yTrue 0 leaves no error band: as NannyML 0.13.1.
 *
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/estimation_of_standard_error.html
 */
export function regressionSamplingError(
  metric: RegressionMetricName,
  reference: RegressionRows,
): (rows: number) => number {
  const losses = lossesOf(metric, reference);
  const used = losses
    .map((loss, row) =>
      metric !== "mape" || Number.isNaN(loss)
        ? loss
        : absolute(reference.yTrue[row] ?? 0, reference.yPred[row] ?? 0) /
          (reference.yTrue[row] ?? 0),
    )
    .filter((loss) => !Number.isNaN(loss));
  const mean = used.reduce((sum, loss) => sum + loss, 0) / used.length;
  const variance = used.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / used.length;
  return regressionMetrics[metric].root
    ? (rows) => Math.sqrt(variance / (4 * rows * mean))
    : (rows) => Math.sqrt(variance) / Math.sqrt(rows);
}

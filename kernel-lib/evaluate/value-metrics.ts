import { maxError } from "./max-error";
import { mae } from "./mae";
import { mape } from "./mape";
import { meanError } from "./mean-error";
import type { RegressionOptions } from "./mean-loss";
import { meanPrediction } from "./mean-prediction";
import { medianAbsoluteError } from "./median-absolute-error";
import type { Better, ValueMetric } from "./metric";
import { mse, rmse } from "./mse";
import { msle, rmsle } from "./msle";
import { explainedVariance, r2 } from "./r2";

function valueMetric<Name extends string>(
  name: Name,
  label: string,
  better: Better,
  of: (yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options?: RegressionOptions) => number,
): ValueMetric<Name> {
  return {
    input: "values",
    name,
    label,
    better,
    denominator: "rows",
    compute: (yTrue, yPred, sampleWeight) =>
      of(yTrue, yPred, sampleWeight === undefined ? {} : { sampleWeight }),
  };
}

const metrics = [
  valueMetric("mae", "mean absolute error", "lower", mae),
  valueMetric("mse", "mean squared error", "lower", mse),
  valueMetric("rmse", "root mean squared error", "lower", rmse),
  valueMetric("mape", "mean absolute percentage error", "lower", mape),
  valueMetric("medianAbsoluteError", "median absolute error", "lower", medianAbsoluteError),
  valueMetric("meanError", "mean error", "none", meanError),
  valueMetric("r2", "R²", "higher", r2),
  valueMetric("explainedVariance", "explained variance", "higher", explainedVariance),
  valueMetric("msle", "mean squared logarithmic error", "lower", msle),
  valueMetric("rmsle", "root mean squared logarithmic error", "lower", rmsle),
  valueMetric("meanPrediction", "mean prediction", "none", meanPrediction),
  // The largest error is the same whatever the weights.
  valueMetric("maxError", "largest error", "lower", (yTrue, yPred) => maxError(yTrue, yPred)),
] as const;

export type ValueMetricName = (typeof metrics)[number]["name"];

/** Metrics of numbers and predicted numbers. */
export const valueMetrics: readonly ValueMetric<ValueMetricName>[] = metrics;

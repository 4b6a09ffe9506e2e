/** Whether a lower or a higher value of a metric is the better one. */
export type Direction = "lower" | "higher";

/** Words in the name of a metric that is better when it is lower. */
const lowerIsBetter = new Set(
  `loss logloss error errors err rmse mse mae mape smape msle rmsle nll cost regret perplexity ppl brier deviance wer cer
  fid ece mce eer fpr fnr aic bic duration latency seconds ms time misclassification residual distance divergence kl`.split(
    /\s+/u,
  ),
);

/**
 * The direction that a metric's name suggests: lower where one of its words is that of an error, a loss or a time.
 *
 * @example assumedDirection("val_log_loss") // "lower"
 */
export function assumedDirection(key: string): Direction {
  const words = key
    .replace(/([a-z\d])([A-Z])/gu, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/u);
  return words.some((word) => lowerIsBetter.has(word)) ? "lower" : "higher";
}

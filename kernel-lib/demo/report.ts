import { confusionMatrix, rocAuc, rocCurve } from "../index";

/** Confusion matrix as Markdown. */
export function confusionReport(yTrue: readonly number[], yPred: readonly number[]): string {
  const [below, above] = confusionMatrix(yTrue, yPred, { labels: [0, 1] }).counts;
  return [
    "# Test split",
    "",
    "| | predicted below median | predicted above median |",
    "|---|---|---|",
    `| **below median** | ${below?.join(" | ") ?? ""} |`,
    `| **above median** | ${above?.join(" | ") ?? ""} |`,
    "",
  ].join("\n");
}

/** ROC curve as a vega-lite spec. */
export function rocSpec(yTrue: readonly number[], yScore: readonly number[]): object {
  const { falsePositiveRate, truePositiveRate } = rocCurve(yTrue, yScore);
  const values = Array.from(falsePositiveRate, (rate, i) => ({
    false_positive_rate: rate,
    true_positive_rate: truePositiveRate[i],
  }));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: `ROC curve, AUC ${rocAuc(yTrue, yScore).toFixed(3)}`,
    data: { values },
    width: 300,
    height: 300,
    mark: { type: "line", interpolate: "step-after" },
    encoding: {
      x: { field: "false_positive_rate", type: "quantitative", title: "false positive rate" },
      y: { field: "true_positive_rate", type: "quantitative", title: "true positive rate" },
      order: { field: "true_positive_rate" },
    },
  };
}

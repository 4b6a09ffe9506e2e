import { rocAuc } from "../index";

/** Confusion matrix as Markdown. */
export function confusionReport(yTrue: readonly number[], yPred: readonly number[]): string {
  const count = (actual: number, predicted: number) =>
    yTrue.filter((label, row) => label === actual && yPred[row] === predicted).length;
  return [
    "# Test split",
    "",
    "| | predicted below median | predicted above median |",
    "|---|---|---|",
    `| **below median** | ${count(0, 0)} | ${count(0, 1)} |`,
    `| **above median** | ${count(1, 0)} | ${count(1, 1)} |`,
    "",
  ].join("\n");
}

/** ROC curve as a vega-lite spec. */
export function rocSpec(yTrue: readonly number[], yScore: readonly number[]): object {
  const positives = yTrue.filter((label) => label === 1).length;
  const negatives = yTrue.length - positives;
  const thresholds = [Infinity, ...new Set([...yScore].sort((a, b) => b - a))];
  const values = thresholds.map((threshold) => {
    const hits = yTrue.filter((_, row) => (yScore[row] ?? 0) >= threshold);
    const truePositives = hits.filter((label) => label === 1).length;
    return {
      false_positive_rate: (hits.length - truePositives) / negatives,
      true_positive_rate: truePositives / positives,
    };
  });
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

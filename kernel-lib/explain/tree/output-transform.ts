import { AssayerError } from "../../errors";
import type { PostTransform } from "../explainable-model";
import type { ExplainedOutput } from "../explanation";

/** A function of a margin (and of a row's label), and its derivative. */
export interface OutputTransform {
  at(margin: number, label: number): number;
  slope(margin: number, label: number): number;
}

function logistic(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

const probability: OutputTransform = {
  at: logistic,
  slope: (margin) => logistic(margin) * logistic(-margin),
};

const logLoss: OutputTransform = {
  at: (margin, label) =>
    Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - label * margin,
  slope: (margin, label) => logistic(margin) - label,
};

/**
 * What turns margins into the output that is explained; null where margins are that output.
 *
 * @throws AssayerError "invalid-argument" for an output that has no exact SHAP values
 */
export function outputTransform(
  output: ExplainedOutput,
  postTransform: PostTransform,
): OutputTransform | null {
  if (output === "raw" || (output === "probability" && postTransform === "none")) return null;
  if (postTransform !== "logistic")
    throw new AssayerError(
      "invalid-argument",
      `treeShap requires output raw for a model that ends in ${postTransform}; got ${output}`,
    );
  return output === "probability" ? probability : logLoss;
}

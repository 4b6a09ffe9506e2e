import { AssayerError } from "../../errors";
import type { PostTransform } from "../explainable-model";
import type { ExplainedOutput } from "../explanation";

/** A function of a margin (and of a row's label). */
export interface OutputTransform {
  at(margin: number, label: number): number;
  /**
   * What it differs for a unit of margin between two margins; its derivative where they are equal. Written so that
   * nothing cancels: sums of the same leaves in another order differ in their last digits.
   */
  slope(one: number, other: number, label: number): number;
}

function logistic(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

const probability: OutputTransform = {
  at: logistic,
  slope(one, other) {
    const [low, high] = one < other ? [one, other] : [other, one];
    const apart = high - low;
    return logistic(high) * logistic(-low) * (apart === 0 ? 1 : -Math.expm1(-apart) / apart);
  },
};

/** ln(1 + e^margin). */
function softplus(margin: number): number {
  return Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
}

const logLoss: OutputTransform = {
  at: (margin, label) => softplus(margin) - label * margin,
  slope(one, other, label) {
    const [low, high] = one < other ? [one, other] : [other, one];
    const apart = high - low;
    if (apart === 0) return logistic(low) - label;
    const rise =
      apart < 1 ? Math.log1p(logistic(low) * Math.expm1(apart)) : softplus(high) - softplus(low);
    return rise / apart - label;
  },
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

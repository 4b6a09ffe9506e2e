import type { ExplainableModel } from "../explain/explainable-model";
import type { ExplainedOutput } from "../explain/explanation";

/** What a SHAP value is measured in: `log-odds of >50K`, `probability of late`, `nats of log loss`. */
export function unitOf(
  { outputs, postTransform, core }: ExplainableModel,
  output: ExplainedOutput,
  isClassifier: boolean,
): string {
  if (output === "log-loss") return "nats of log loss";
  // What skl2onnx calls the output of every regression says nothing.
  const name = !isClassifier && outputs[0] === "variable" ? "prediction" : outputs[0];
  const of = outputs.length === 1 ? ` of ${name ?? ""}` : "";
  if (!isClassifier) return `units${of}`;
  if (output === "probability" || postTransform === "none" || core === null)
    return `probability${of}`;
  if (postTransform === "logistic") return `log-odds${of}`;
  return postTransform === "probit" ? `probits${of}` : `log-scores${of}`;
}

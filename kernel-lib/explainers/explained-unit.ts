import type { ExplainableModel } from "../explain/explainable-model";
import type { ExplainedOutput } from "../explain/explanation";

/** What a classifier says of a class. */
export type ClassAnswer = "probability" | "score";

/** What a SHAP value is measured in: `log-odds of >50K`, `score of 1`, `probability of late`, `nats of log loss`. */
export function unitOf(
  { outputs, postTransform, core }: ExplainableModel,
  output: ExplainedOutput,
  classes: ClassAnswer | false,
): string {
  if (output === "log-loss") return "nats of log loss";
  // What skl2onnx calls the output of every regression says nothing.
  const name = !classes && outputs[0] === "variable" ? "prediction" : outputs[0];
  const of = outputs.length === 1 ? ` of ${name ?? ""}` : "";
  if (!classes) return `units${of}`;
  if (classes === "score") return `${outputs.length === 1 ? "score" : "scores"}${of}`;
  if (output === "probability" || postTransform === "none" || core === null)
    return `probability${of}`;
  if (postTransform === "logistic") return `log-odds${of}`;
  return postTransform === "probit" ? `probits${of}` : `log-scores${of}`;
}

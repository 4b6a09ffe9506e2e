import { AssayerError } from "../errors";
import type { ExplainableModel } from "../explain/explainable-model";
import type { ExplainedOutput, ExplanationMethod } from "../explain/explanation";
import { hasCovers } from "./tree-engine";

export const explanationMethods = [
  "tree-path-dependent",
  "tree-interventional",
  "linear",
  "linear-correlated",
  "exact",
  "kernel",
  "permutation",
  "sampling",
] as const satisfies readonly ExplanationMethod[];

const explainedOutputs = [
  "raw",
  "probability",
  "log-loss",
] as const satisfies readonly ExplainedOutput[];

/** Up to so many columns every coalition of them is asked for. */
const mostExact = 10;

interface Wanted {
  method: "auto" | ExplanationMethod;
  output: ExplainedOutput;
  hasBackground: boolean;
}

/**
 * The method that explains a model: the one that was asked for if it can, else the most exact one.
 *
 * @throws AssayerError "invalid-argument" for what cannot be explained so, with what is missing
 */
export function chooseMethod(model: ExplainableModel, wanted: Wanted): ExplanationMethod {
  requireOneOf("method", wanted.method, ["auto", ...explanationMethods]);
  requireOneOf("output", wanted.output, explainedOutputs);
  const { method, output, hasBackground } = wanted;
  const { core, why } = model;
  const chosen = method === "auto" ? automatic(model, wanted) : method;
  const refuse = (required: string, got: string) =>
    new AssayerError("invalid-argument", `openExplainer requires ${required}; got ${got}`);
  if (chosen.startsWith("tree-") && core?.kind !== "trees")
    throw refuse(`trees for ${chosen}`, why ?? "a linear model");
  if (chosen.startsWith("linear") && core?.kind !== "linear")
    throw refuse(`a linear model for ${chosen}`, why ?? "trees");
  const isLogistic = chosen.startsWith("tree-") && model.postTransform === "logistic";
  if (output === "log-loss" && !(isLogistic && model.outputs.length === 1))
    throw refuse(
      "trees whose sum is the log-odds of one of two classes for the output log-loss",
      why ?? (core?.kind === "trees" ? treesInWords(model) : "a linear model"),
    );
  if (chosen.startsWith("linear") && output !== "raw" && model.postTransform !== "none")
    throw refuse(`the output raw for ${chosen}`, output);
  if (hasBackground) return chosen;
  if (chosen === "tree-path-dependent" && core?.kind === "trees" && hasCovers(core)) return chosen;
  throw refuse(
    core?.kind === "trees"
      ? "a background, since the trees hold no covers of their own or the output needs one"
      : core?.kind === "linear"
        ? "a background for a linear model, whose values are told from its mean"
        : `a background for a model that is run and no more (${why ?? "its core is not read"})`,
    "none",
  );
}

function treesInWords({ postTransform, outputs }: ExplainableModel): string {
  const answers = outputs.length === 1 ? "" : ` of ${outputs.length} outputs`;
  return `trees${answers} that ${postTransform === "none" ? "give their sum as it is" : `end in ${postTransform}`}`;
}

function automatic(
  { core, postTransform, columns }: ExplainableModel,
  { output, hasBackground }: Wanted,
): ExplanationMethod {
  const isRaw = output === "raw" || postTransform === "none";
  if (core?.kind === "linear" && isRaw && output !== "log-loss") return "linear";
  if (core?.kind === "trees" && (isRaw || postTransform === "logistic")) {
    if (hasBackground) return "tree-interventional";
    return "tree-path-dependent";
  }
  return columns.length <= mostExact ? "exact" : "permutation";
}

function requireOneOf(what: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new AssayerError(
    "invalid-argument",
    `unknown ${what}: ${value}; expected one of ${known.join(", ")}`,
  );
}

import { AssayerError } from "../../errors";
import {
  requireFeatures,
  writeBooster,
  type BoosterAnswer,
  type BoosterModel,
  type BoosterOptions,
} from "./booster-model";
import { GrownTrees } from "./grown-trees";
import { readLightgbmText, type TextFields } from "./lightgbm-text";
import { addLightgbmTree } from "./lightgbm-trees";

const caller = "lightgbmToOnnx";

const plain = { kind: "numbers", transform: "none" } as const;
const logLink = { kind: "numbers", transform: "exp" } as const;

/** What is made of the scores, by objective. */
const answers: Record<string, BoosterAnswer> = {
  regression: plain,
  regression_l1: plain,
  huber: plain,
  fair: plain,
  quantile: plain,
  mape: plain,
  lambdarank: plain,
  rank_xendcg: plain,
  custom: plain,
  poisson: logLink,
  gamma: logLink,
  tweedie: logLink,
  cross_entropy: { kind: "numbers", transform: "logistic" },
  binary: { kind: "classes", transform: "logistic" },
  multiclassova: { kind: "classes", transform: "logistic" },
  multiclass: { kind: "classes", transform: "softmax" },
};

/**
 * Reads a model of LightGBM 2 to 4 (`save_model("model.txt")`, or `model_to_string()`) and writes it as ONNX.
 *
 * Outputs are `prediction` (FP32, rows × 1), as `Booster.predict` gives it, or for `binary` and `multiclass*` `label`
 * and `probabilities`. A model of an objective of one's own gives its raw score. Missing values are NaN; categories
 * are their codes, whole numbers (LightGBM cuts decimals off, the ONNX file does not know them).
 *
 * Branches are those of LightGBM for every float32 input; leaves are rounded to float32, where LightGBM adds
 * doubles: predictions differ by some 1e-7 of the largest sum of leaves. A `sigmoid` other than 1 and the average of
 * `boosting=rf` are multiplied into the leaves, so that sums are log-odds.
 *
 * @returns the ONNX file, and the trees in double with the counts of training rows as covers
 * @throws AssayerError "invalid-model" for a file that is not whole or that says what trees cannot: linear trees,
 *   `zero_as_missing`, objectives with another link
 * @see https://lightgbm.readthedocs.io/en/stable/Python-Intro.html#training
 */
export function lightgbmToOnnx(
  text: string | Uint8Array,
  options: BoosterOptions = {},
): BoosterModel {
  const content = typeof text === "string" ? text : new TextDecoder().decode(text);
  const { header, trees: parts } = readLightgbmText(caller, content);
  const features = header.count("max_feature_idx") + 1;
  requireFeatures(caller, features);
  const featureNames = header.words("feature_names");
  if (featureNames.length !== features)
    throw header.invalid(`${features} feature_names`, `${featureNames.length}`);
  const { objective, answer, sigmoid } = objectiveOf(header);
  const outputs = header.count("num_tree_per_iteration");
  if (outputs < 1 || parts.length === 0 || parts.length % outputs !== 0)
    throw header.invalid(
      `num_tree_per_iteration that divides the ${parts.length} trees`,
      `${outputs}`,
    );
  const fits = answer.kind === "numbers" || objective === "binary" ? outputs === 1 : outputs > 1;
  if (!fits) throw header.invalid(`num_tree_per_iteration that fits ${objective}`, `${outputs}`);
  const rounds = header.has("average_output") ? parts.length / outputs : 1;
  const trees = new GrownTrees(caller, features);
  parts.forEach((part, index) => {
    addLightgbmTree(trees, part, index % outputs, sigmoid / rounds);
  });
  const ensemble = trees.ensemble(new Float64Array(outputs));
  return writeBooster(caller, { ensemble, featureNames, objective }, answer, options);
}

function objectiveOf(header: TextFields): {
  objective: string;
  answer: BoosterAnswer;
  sigmoid: number;
} {
  const [objective = "custom", ...params] = header.has("objective")
    ? header.words("objective")
    : [];
  const answer = Object.hasOwn(answers, objective) ? answers[objective] : undefined;
  if (answer === undefined || params.includes("sqrt"))
    throw new AssayerError(
      "invalid-model",
      `unknown objective: ${[objective, ...params].join(" ").slice(0, 40)}; expected one of ${Object.keys(answers).join(", ")}`,
    );
  const given = params.find((param) => param.startsWith("sigmoid:"));
  const sigmoid = given === undefined ? 1 : Number(given.slice("sigmoid:".length));
  if (!(sigmoid > 0 && Number.isFinite(sigmoid)))
    throw header.invalid("a sigmoid above 0", given ?? "");
  return { objective, answer, sigmoid };
}

import { AssayerError } from "../../errors";
import {
  requireFeatures,
  writeBooster,
  type BoosterAnswer,
  type BoosterModel,
  type BoosterOptions,
} from "./booster-model";
import { GrownTrees } from "./grown-trees";
import { JsonFields, parseJson, type JsonObject } from "./json-fields";
import { addXgboostTree } from "./xgboost-trees";

const caller = "xgboostToOnnx";
const fields = new JsonFields(caller);

const plain = { kind: "numbers", transform: "none" } as const;
const logLink = { kind: "numbers", transform: "exp" } as const;
const softmax = { kind: "classes", transform: "softmax" } as const;

/** What is made of the margins, by objective. */
const answers: Record<string, BoosterAnswer> = {
  "reg:squarederror": plain,
  "reg:squaredlogerror": plain,
  "reg:pseudohubererror": plain,
  "reg:absoluteerror": plain,
  "reg:quantileerror": plain,
  "reg:linear": plain,
  "reg:logistic": { kind: "numbers", transform: "logistic" },
  "binary:logistic": { kind: "classes", transform: "logistic" },
  "multi:softprob": softmax,
  "multi:softmax": softmax,
  "count:poisson": logLink,
  "reg:gamma": logLink,
  "reg:tweedie": logLink,
  "survival:cox": logLink,
  "survival:aft": logLink,
  "rank:pairwise": plain,
  "rank:ndcg": plain,
  "rank:map": plain,
};

/**
 * Reads a model of XGBoost 1 to 3 (`save_model("model.json")`, boosters `gbtree` and `dart`) and writes it as ONNX.
 *
 * Outputs are `prediction` (FP32, rows × targets), as `Booster.predict` gives it, or for `binary:logistic` and
 * `multi:*` `label` and `probabilities`. All trees are taken, as `Booster.predict` does; to keep those up to the best
 * iteration, save `booster[: booster.best_iteration + 1]`. Missing values are NaN, categories are their codes.
 *
 * Branches are those of XGBoost for every float32 input. Margins are sums of the same float32 numbers in another
 * order, so that predictions differ by float32 rounding: some 1e-6 of the largest sum of leaves.
 *
 * @param json the file's text or bytes, or what `JSON.parse` gives of it
 * @returns the ONNX file, and the trees in double with `sum_hessian` as covers
 * @throws AssayerError "invalid-model" for a file that is not whole or that says what trees cannot; of objectives
 *   those with a plain, logistic, log or softmax link are read, of trees those with one number a leaf
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export function xgboostToOnnx(
  json: string | Uint8Array | object,
  options: BoosterOptions = {},
): BoosterModel {
  const learner = fields.object(parsed(json)["learner"], "learner");
  const param = fields.object(learner["learner_model_param"], "learner_model_param");
  const features = fields.count(param["num_feature"], "num_feature");
  requireFeatures(caller, features);
  const objective = fields.text(
    fields.object(learner["objective"], "objective")["name"],
    "objective.name",
  );
  const answer = Object.hasOwn(answers, objective) ? answers[objective] : undefined;
  if (answer === undefined)
    throw new AssayerError(
      "invalid-model",
      `unknown objective: ${objective.slice(0, 40)}; expected one of ${Object.keys(answers).join(", ")}`,
    );
  const { model, factors } = boosterOf(learner);
  const list = fields.list(model["trees"], "trees");
  if (list.length === 0) throw fields.invalid("a model of one tree or more", list);
  const info = fields.numbers(model["tree_info"], "tree_info", list.length);
  const outputs = Math.max(
    1,
    fields.count(param["num_class"] ?? 0, "num_class"),
    fields.count(param["num_target"] ?? 1, "num_target"),
  );
  const several = answer === softmax ? outputs < 2 : answer.kind === "classes" && outputs > 1;
  if (outputs > list.length || several)
    throw fields.invalid(`outputs that fit ${objective} and ${list.length} trees`, outputs);
  const trees = new GrownTrees(caller, features);
  list.forEach((tree, index) => {
    const output = info[index] ?? -1;
    if (!Number.isInteger(output) || output < 0 || output >= outputs)
      throw fields.invalid(`tree_info below ${outputs}`, output);
    addXgboostTree(trees, fields, tree, output, factors?.[index] ?? 1);
  });
  const featureNames = namesOf(learner, features);
  const ensemble = trees.ensemble(baseMargins(param["base_score"], objective, outputs));
  return writeBooster(caller, { ensemble, featureNames, objective }, answer, options);
}

function parsed(json: string | Uint8Array | object): JsonObject {
  if (typeof json !== "string" && !(json instanceof Uint8Array))
    return fields.object(json, "model");
  try {
    const text = typeof json === "string" ? json : new TextDecoder().decode(json);
    return fields.object(parseJson(text), "model");
  } catch (cause) {
    if (cause instanceof AssayerError) throw cause;
    throw new AssayerError(
      "invalid-model",
      `${caller} requires the JSON of a whole XGBoost model; got another text`,
      { cause },
    );
  }
}

/** The trees, and for dart the factor of each. */
function boosterOf(learner: JsonObject): { model: JsonObject; factors: number[] | null } {
  const booster = fields.object(learner["gradient_booster"], "gradient_booster");
  const name = fields.text(booster["name"], "gradient_booster.name");
  if (name !== "gbtree" && name !== "dart")
    throw new AssayerError(
      "invalid-model",
      `unknown booster: ${name.slice(0, 40)}; expected one of gbtree, dart`,
    );
  if (name === "gbtree") return { model: fields.object(booster["model"], "model"), factors: null };
  const model = fields.object(fields.object(booster["gbtree"], "gbtree")["model"], "model");
  const trees = fields.list(model["trees"], "trees").length;
  return {
    model,
    factors: fields.numbers(booster["weight_drop"], "weight_drop", trees).map(Math.fround),
  };
}

function namesOf(learner: JsonObject, features: number): string[] {
  const names = fields.texts(learner["feature_names"] ?? [], "feature_names");
  if (names.length === 0) return Array.from({ length: features }, (_, index) => `f${index}`);
  if (names.length !== features) throw fields.invalid(`${features} feature_names`, names);
  return names;
}

/**
 * What margins begin with: the base score through the objective's link. Until XGBoost 3.1 it is one number for all
 * outputs, since then a list in text.
 */
function baseMargins(value: unknown, objective: string, outputs: number): Float64Array {
  const text = fields.text(value, "base_score").replace(/^\[|\]$/gu, "");
  const scores = text
    .split(",")
    .map((score) => (score.trim() === "" ? NaN : Math.fround(Number(score))));
  const margins = scores.map((score) => marginOf(score, objective));
  if ((margins.length !== outputs && margins.length !== 1) || !margins.every(Number.isFinite))
    throw fields.invalid(
      "a base_score that the objective's link takes, one or one an output",
      text,
    );
  return Float64Array.from({ length: outputs }, (_, output) => margins[output] ?? margins[0] ?? 0);
}

function marginOf(score: number, objective: string): number {
  const answer = answers[objective];
  if (answer?.transform === "exp") return Math.fround(Math.log(score));
  return answer?.transform === "logistic" ? Math.fround(-Math.log(1 / score - 1)) : score;
}

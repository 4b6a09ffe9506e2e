import { AssayerError } from "../../errors";
import type { TreeEnsemble } from "../../explain/tree-ensemble";
import type { ClassLabels } from "../graph";
import { writeEnsemble, type EnsembleAnswer } from "../write-ensemble";

export interface BoosterOptions {
  /** Labels of a classifier's classes, in the order the booster numbers them; default 0, 1, … */
  classes?: ClassLabels;
}

/** A booster's model as this library has models. */
export interface BoosterModel {
  /** Bytes of the ONNX file, with weights and covers as float32. */
  onnx: Uint8Array;
  /** The same trees with the numbers of the booster's file. */
  ensemble: TreeEnsemble;
  /** Names of the columns, in the order of the input. */
  featureNames: string[];
  /** What the booster was trained for, in its own words. */
  objective: string;
}

/** What becomes of the sums of leaves: numbers through a link, or classes. */
export type BoosterAnswer =
  | { kind: "numbers"; transform: "none" | "exp" | "logistic" }
  | { kind: "classes"; transform: "none" | "logistic" | "softmax" };

/** More columns than this are taken for a fault of the file. */
const mostFeatures = 1_000_000;

export function requireFeatures(caller: string, features: number): void {
  if (!Number.isInteger(features) || features < 1 || features > mostFeatures)
    throw new AssayerError(
      "invalid-model",
      `${caller} requires a model of 1 to ${mostFeatures} features; got ${features}`,
    );
}

/** @throws AssayerError "invalid-argument" for another number of classes than the model has */
export function writeBooster(
  caller: string,
  booster: Omit<BoosterModel, "onnx">,
  answer: BoosterAnswer,
  options: BoosterOptions,
): BoosterModel {
  const { ensemble, featureNames } = booster;
  const outputs = ensemble.baseValues.length;
  const count = answer.kind === "classes" ? Math.max(2, outputs) : 0;
  const classes = options.classes ?? Array.from({ length: count }, (_, index) => index);
  if (classes.length !== count || new Set<unknown>(classes).size !== count)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires ${count} different classes for a model of ${booster.objective}; got ${classes.length}`,
    );
  const written: EnsembleAnswer = answer.kind === "classes" ? { ...answer, classes } : answer;
  return { ...booster, onnx: writeEnsemble(ensemble, written, "booster", featureNames) };
}

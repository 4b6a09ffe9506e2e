import type { TreeEnsemble } from "../explain/tree-ensemble";
import { AssayerError } from "../errors";
import { ensembleAttributes } from "./ensemble-attributes";
import {
  labelAttributes,
  labelTensor,
  labelType,
  operator,
  table,
  writeModel,
  type ClassLabels,
} from "./graph";
import type { NodeProto, TensorProto } from "./schema";
import { highestScore } from "./write-trees";

/** What is made of the sums of leaves. */
export type EnsembleAnswer =
  | { kind: "numbers"; transform: "none" | "exp" | "logistic" }
  /** One output for two classes is the margin of the second one; else an output for each class. */
  | { kind: "classes"; transform: "none" | "logistic" | "softmax"; classes: ClassLabels };

/** Where a model carries the names of the columns of its one input, as a JSON array. */
export const featureNamesKey = "assayer.feature_names";

/**
 * Writes an ensemble: input `input` (FP32, rows × features); outputs `prediction` (FP32, rows × outputs), or `label`
 * (INT64 or BYTES, rows) and `probabilities` (FP32, rows × classes). The label is the class with the highest
 * probability, the first one of equals.
 *
 * Every float32 input takes the branch it takes in the ensemble; weights of leaves and covers are rounded to float32.
 * The trees are a TreeEnsembleRegressor or TreeEnsembleClassifier, with covers as the nodes' hit rates.
 *
 * @param ensemble has for each output a tree whose leaves all have a weight of it: ONNX Runtime leaves the base value
 *   out of a row's output that no leaf has a weight of
 * @throws AssayerError "invalid-model" if a weight is not finite in float32
 */
export function writeEnsemble(
  ensemble: TreeEnsemble,
  answer: EnsembleAnswer,
  name: string,
  featureNames: readonly string[],
): Uint8Array {
  requireFloat32(ensemble);
  const { nodes, initializer } = graph(ensemble, answer);
  const outputs =
    answer.kind === "numbers"
      ? [table("prediction", "float", ensemble.baseValues.length)]
      : [
          table("label", labelType(answer.classes)),
          table("probabilities", "float", answer.classes.length),
        ];
  return writeModel(name, nodes, table("input", "float", ensemble.features), outputs, {
    initializer,
    metadata: { [featureNamesKey]: JSON.stringify(featureNames) },
  });
}

function requireFloat32({ leafWeight, baseValues }: TreeEnsemble): void {
  for (const weights of [leafWeight, baseValues]) {
    const bad = weights.find((weight) => !Number.isFinite(Math.fround(weight)));
    if (bad === undefined) continue;
    throw new AssayerError(
      "invalid-model",
      `writeEnsemble requires weights of leaves that are finite in float32; got ${bad}`,
    );
  }
}

interface Graph {
  nodes: NodeProto[];
  initializer: TensorProto[];
}

const links = { exp: "Exp", logistic: "Sigmoid" } as const;

function graph(ensemble: TreeEnsemble, answer: EnsembleAnswer): Graph {
  const { nodes, leaves } = ensembleAttributes(ensemble);
  const baseValues = { floats: Array.from(ensemble.baseValues) };
  if (answer.kind === "numbers") {
    const raw = answer.transform === "none" ? "prediction" : "raw";
    const attributes = {
      ...nodes,
      target_treeids: { ints: leaves.treeIds },
      target_nodeids: { ints: leaves.nodeIds },
      target_ids: { ints: leaves.outputs },
      target_weights: { floats: leaves.weights },
      n_targets: { int: ensemble.baseValues.length },
      aggregate_function: { string: "SUM" },
      base_values: baseValues,
      post_transform: { string: "NONE" },
    };
    const trees = operator("TreeEnsembleRegressor", ["input"], [raw], attributes);
    const { transform } = answer;
    if (transform === "none") return { nodes: [trees], initializer: [] };
    // The operator's own LOGISTIC is left out by ONNX Runtime where there is one target.
    const link = operator(links[transform], [raw], ["prediction"], {}, "");
    return { nodes: [trees, link], initializer: [] };
  }
  const trees = operator("TreeEnsembleClassifier", ["input"], ["vote", "probabilities"], {
    ...nodes,
    class_treeids: { ints: leaves.treeIds },
    class_nodeids: { ints: leaves.nodeIds },
    class_ids: { ints: leaves.outputs },
    class_weights: { floats: leaves.weights },
    ...labelAttributes(answer.classes, "classlabels_int64s", "writeEnsemble"),
    base_values: baseValues,
    post_transform: { string: answer.transform.toUpperCase() },
  });
  return {
    nodes: [trees, ...highestScore()],
    initializer: [labelTensor("classes", answer.classes)],
  };
}

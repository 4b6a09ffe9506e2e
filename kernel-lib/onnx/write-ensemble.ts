import type { TreeEnsemble } from "../explain/tree-ensemble";
import { AssayerError } from "../errors";
import { ensembleAttributes } from "./ensemble-attributes";
import { ensembleAttributesOfSets, hasSets } from "./ensemble-attributes-of-sets";
import {
  labelAttributes,
  labelTensor,
  labelType,
  operator,
  table,
  writeModel,
  type ClassLabels,
} from "./graph";
import { elementType, type NodeProto, type TensorProto } from "./schema";
import { highestScore } from "./write-trees";

/** What is made of the sums of leaves. */
export type EnsembleAnswer =
  | { kind: "numbers"; transform: "none" | "exp" | "logistic" }
  /** One output for two classes is the margin of the second one; else an output for each class. */
  | { kind: "classes"; transform: "none" | "logistic" | "softmax"; classes: ClassLabels };

/** Where a model carries the names of the columns of its one input, as a JSON array. */
export const featureNamesKey = "assayer.feature_names";

/** Output of a constant that nothing reads: covers of the leaves of a TreeEnsemble of ai.onnx.ml 5, in their order. */
export const leafCoversName = "leaf_hitrates";

/**
 * Writes an ensemble: input `input` (FP32, rows × features); outputs `prediction` (FP32, rows × outputs), or `label`
 * (INT64 or BYTES, rows) and `probabilities` (FP32, rows × classes). The label is the class with the highest
 * probability, the first one of equals.
 *
 * Every float32 input takes the branch it takes in the ensemble; weights of leaves and covers are rounded to float32.
 * Trees that ask for sets of values are written as TreeEnsemble of ai.onnx.ml 5, others as TreeEnsembleRegressor or
 * TreeEnsembleClassifier of ai.onnx.ml 3. Covers are the nodes' hit rates.
 *
 * @throws AssayerError "invalid-model" if a weight is not finite in float32
 */
export function writeEnsemble(
  ensemble: TreeEnsemble,
  answer: EnsembleAnswer,
  name: string,
  featureNames: readonly string[],
): Uint8Array {
  requireFloat32(ensemble);
  const ofSets = hasSets(ensemble);
  const { nodes, initializer } = ofSets ? graphOfSets(ensemble, answer) : graph(ensemble, answer);
  const outputs =
    answer.kind === "numbers"
      ? [table("prediction", "float", ensemble.baseValues.length)]
      : [
          table("label", labelType(answer.classes)),
          table("probabilities", "float", answer.classes.length),
        ];
  return writeModel(name, nodes, table("input", "float", ensemble.features), outputs, {
    initializer,
    mlVersion: ofSets ? 5 : 3,
    metadata: { [featureNamesKey]: JSON.stringify(featureNames) },
  });
}

function requireFloat32({ leafWeight, baseValues }: TreeEnsemble): void {
  const bad = [leafWeight, baseValues]
    .map((weights) => weights.find((weight) => !Number.isFinite(Math.fround(weight))))
    .find((weight) => weight !== undefined);
  if (bad !== undefined)
    throw new AssayerError(
      "invalid-model",
      `writeEnsemble requires weights of leaves that are finite in float32; got ${bad}`,
    );
}

interface Graph {
  nodes: NodeProto[];
  initializer: TensorProto[];
}

const transforms = { exp: "Exp", logistic: "Sigmoid", softmax: "Softmax" } as const;

/** ONNX Runtime leaves out the regressor's own LOGISTIC where there is one target, so transforms are nodes. */
function transformed(input: string, transform: keyof typeof transforms, output: string): NodeProto {
  return operator(transforms[transform], [input], [output], {}, "");
}

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
    return {
      nodes: transform === "none" ? [trees] : [trees, transformed(raw, transform, "prediction")],
      initializer: [],
    };
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

function graphOfSets(ensemble: TreeEnsemble, answer: EnsembleAnswer): Graph {
  const { attributes, baseValues, leafCovers } = ensembleAttributesOfSets(ensemble);
  const result = answer.kind === "numbers" ? "prediction" : "probabilities";
  const raw = answer.transform === "none" ? result : "raw";
  const nodes = [
    operator("TreeEnsemble", ["input"], ["sums"], attributes),
    operator("Add", ["sums", "base_values"], [raw], {}, ""),
  ];
  if (leafCovers !== null)
    nodes.push(operator("Constant", [], [leafCoversName], { value: { tensor: leafCovers } }, ""));
  const floats = (name: string, values: number[]): TensorProto => ({
    name,
    dims: [values.length],
    dataType: elementType.float,
    floatData: values,
  });
  const initializer = [floats("base_values", baseValues)];
  if (answer.kind === "numbers") {
    if (answer.transform !== "none") nodes.push(transformed(raw, answer.transform, result));
    return { nodes, initializer };
  }
  if (baseValues.length === 1) {
    initializer.push(floats("one", [1]));
    nodes.push(
      transformed(raw, "logistic", "second"),
      operator("Sub", ["one", "second"], ["first"], {}, ""),
      operator("Concat", ["first", "second"], [result], { axis: { int: 1 } }, ""),
    );
  } else if (answer.transform !== "none") nodes.push(transformed(raw, answer.transform, result));
  return {
    nodes: [...nodes, ...highestScore()],
    initializer: [...initializer, labelTensor("classes", answer.classes)],
  };
}

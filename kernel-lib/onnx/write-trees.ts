import { AssayerError } from "../errors";
import { ensembleAttributes } from "./ensemble-attributes";
import { ensembleOfTrees } from "./ensemble-of-trees";
import {
  labelAttributes,
  labelTensor,
  labelType,
  operator,
  table,
  writeModel,
  type ClassLabels,
} from "./graph";
import type { NodeProto } from "./schema";
import { columnsOf, type Tree } from "./tree";

export interface TreeEnsembleOptions {
  /** Columns of the input; default as many as the trees ask for. */
  columns?: number;
  /** `average` of the trees (bagging, the default) or their `sum` (boosting). */
  aggregate?: "average" | "sum";
}

export interface TreeRegressorOptions extends TreeEnsembleOptions {
  /** Added to the aggregate, default 0. */
  baseValue?: number;
}

export interface TreeClassifierOptions extends TreeEnsembleOptions {
  /** Labels of the classes, in the order of the leaves' values; default 0, 1, … */
  classes?: ClassLabels;
}

/**
 * Writes a regression by one tree or several: input `input` (FP32, rows × columns), output
 * `prediction` (FP32, rows × 1).
 *
 * Every float32 input takes the branch it takes in the given tree, and leaf values are rounded to
 * float32: for one tree the prediction is `Math.fround` of the tree's value at a float32 row.
 *
 * @param trees n ≥ 1 trees with one value a leaf
 * @returns bytes of an ONNX file with one TreeEnsembleRegressor
 * @throws AssayerError "invalid-argument" if there are no trees or their number of values differs
 * @see https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#ai.onnx.ml.TreeEnsembleRegressor
 */
export function treeEnsembleRegressor(
  trees: readonly Tree[],
  options: TreeRegressorOptions = {},
): Uint8Array {
  const { columns } = checked("treeEnsembleRegressor", trees, options, 1);
  const { nodes, leaves } = ensembleAttributes(ensembleOfTrees(trees, 1));
  const node = operator("TreeEnsembleRegressor", ["input"], ["prediction"], {
    ...nodes,
    target_treeids: { ints: leaves.treeIds },
    target_nodeids: { ints: leaves.nodeIds },
    target_ids: { ints: leaves.outputs },
    target_weights: { floats: leaves.weights },
    n_targets: { int: 1 },
    aggregate_function: {
      string: trees.length > 1 && options.aggregate !== "sum" ? "AVERAGE" : "SUM",
    },
    base_values: { floats: [options.baseValue ?? 0] },
    post_transform: { string: "NONE" },
  });
  return writeModel("tree_ensemble_regressor", [node], table("input", "float", columns), [
    table("prediction", "float", 1),
  ]);
}

/**
 * Writes a classifier by one tree or several whose leaves hold a probability for each class: input
 * `input` (FP32, rows × columns), outputs `label` (INT64 or BYTES, rows) and `probabilities` (FP32,
 * rows × classes). The label is the class with the highest probability, the first one of equals.
 *
 * @param trees n ≥ 1 trees with one value a class in every leaf, at least two classes
 * @returns bytes of an ONNX file with one TreeEnsembleClassifier; no ZipMap
 * @throws AssayerError "invalid-argument" if there are no trees, or their values and the labels differ in number
 * @see https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#ai.onnx.ml.TreeEnsembleClassifier
 */
export function treeEnsembleClassifier(
  trees: readonly Tree[],
  options: TreeClassifierOptions = {},
): Uint8Array {
  const outputs = trees[0]?.outputs ?? 0;
  const { columns } = checked("treeEnsembleClassifier", trees, options, outputs);
  const classes = options.classes ?? Array.from({ length: outputs }, (_, index) => index);
  if (outputs < 2 || classes.length !== outputs) {
    throw new AssayerError(
      "invalid-argument",
      `treeEnsembleClassifier requires leaves of at least two classes and a label each; got ${outputs} values and ${classes.length} labels`,
    );
  }
  // The operator only sums, so an average is written into the leaves.
  const share = options.aggregate === "sum" ? 1 : 1 / trees.length;
  const { nodes, leaves } = ensembleAttributes(ensembleOfTrees(trees, share));
  // ONNX Runtime's own label of a two-class ensemble is 1 whenever the second class has any score
  // (`_set_score_binary` in its tree_ensemble_aggregator.h), so that label is computed from the scores.
  const binary = outputs === 2;
  const graph = [
    operator("TreeEnsembleClassifier", ["input"], [binary ? "vote" : "label", "probabilities"], {
      ...nodes,
      class_treeids: { ints: leaves.treeIds },
      class_nodeids: { ints: leaves.nodeIds },
      class_ids: { ints: leaves.outputs },
      class_weights: { floats: leaves.weights },
      ...labelAttributes(classes, "classlabels_int64s", "treeEnsembleClassifier"),
      post_transform: { string: "NONE" },
    }),
    ...(binary ? highestScore() : []),
  ];
  return writeModel(
    "tree_ensemble_classifier",
    graph,
    table("input", "float", columns),
    [table("label", labelType(classes)), table("probabilities", "float", outputs)],
    binary ? { initializer: [labelTensor("classes", classes)] } : {},
  );
}

/** The label of the highest probability, the first one of equals, out of the constant `classes`. */
export function highestScore(): NodeProto[] {
  const attributes = { axis: { int: 1 }, keepdims: { int: 0 } };
  return [
    operator("ArgMax", ["probabilities"], ["position"], attributes, ""),
    operator("Gather", ["classes", "position"], ["label"], {}, ""),
  ];
}

function checked(
  caller: string,
  trees: readonly Tree[],
  options: TreeEnsembleOptions,
  outputs: number,
): { columns: number } {
  if (trees.length === 0 || trees.some((tree) => tree.outputs !== outputs)) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires trees with ${outputs} values a leaf; got ${trees.length === 0 ? "no tree" : trees.map((tree) => tree.outputs).join(", ")}`,
    );
  }
  const needed = Math.max(1, ...trees.map(columnsOf));
  const columns = options.columns ?? needed;
  if (!Number.isInteger(columns) || columns < needed) {
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires at least the ${needed} columns its trees ask for; got ${columns}`,
    );
  }
  return { columns };
}

import type { TreeEnsemble } from "./tree-ensemble";

/** A column that a model is given: a column of its one input, or an input of its own. */
export interface ModelColumn {
  name: string;
  kind: "number" | "text";
}

/**
 * From a model's raw output to the one it gives: of each output, or of a row's outputs together. One-vs-rest is a
 * logistic function of each, divided by their sum.
 */
export type PostTransform =
  "none" | "logistic" | "softmax" | "softmax-zero" | "probit" | "exp" | "one-vs-rest";

/** A weighted sum of features for each output. */
export interface LinearCore {
  kind: "linear";
  /** outputs × features, row-major. */
  coefficients: Float64Array;
  intercepts: Float64Array;
}

export interface TreeCore {
  kind: "trees";
  ensemble: TreeEnsemble;
}

/**
 * What can be known of an ONNX model by reading it: its columns, and where the graph is one of trees or a linear one
 * behind stages that each look at one column, that core.
 */
export interface ExplainableModel {
  columns: ModelColumn[];
  /** Null for a model that can be run and no more: `why` says what stands in the way. */
  core: TreeCore | LinearCore | null;
  /** Names the operator that keeps the core from being read, and the way round it; null where there is a core. */
  why: string | null;
  /** By feature of the core, the column that it is made of. Several features may be made of one column. */
  origin: Int32Array;
  /**
   * An ONNX model from the same inputs to one output `features` (FP64, rows × features), which ONNX Runtime runs; null
   * where the core reads the one input as it is, rounded to that input's datatype.
   */
  encoder: Uint8Array | null;
  /**
   * What is explained: the labels of the classes, or the targets of a regression. Of two classes only the second one,
   * whose raw output is the margin (or the probability, where the trees hold that); both of them where neither's
   * margin alone makes its probability (one-vs-rest, softmax-zero). Of a model that is run and no more, what its file
   * tells of its outputs; empty where it tells nothing.
   */
  outputs: string[];
  /** What ONNX Runtime does to the core's outputs before it gives them out. */
  postTransform: PostTransform;
  /** The model's output to compare with, and the columns of it that `outputs` are. Null where it gives labels alone, or the file tells nothing. */
  compared: { output: string; columns: number[] } | null;
}

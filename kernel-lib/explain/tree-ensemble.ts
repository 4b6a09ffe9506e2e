/**
 * Trees that add up, as flat arrays over the nodes of all trees. Leaf weights hold the ensemble's factor already (an
 * average is a sum of weights divided by the trees), so that an output is `baseValues[o]` and the weights of the
 * leaves a row falls into.
 */
export interface TreeEnsemble {
  /** First node of each tree. */
  roots: Int32Array;
  /** The feature a node asks about, -1 at a leaf. */
  feature: Int32Array;
  /** What the feature is compared with. */
  threshold: Float64Array;
  /** How, by node: one of `branchModes`. */
  mode: Uint8Array;
  /** Where a row goes that keeps the condition, and one that does not; -1 at a leaf. */
  yes: Int32Array;
  no: Int32Array;
  /** 1 where a missing value (NaN) goes to `yes` whatever the condition says, else 0. */
  missingYes: Uint8Array;
  /** Values of a node whose mode is `member`, in rising order; empty where no node has that mode. */
  members: ReadonlyMap<number, Float64Array>;
  /** Weight of the training rows that came to a node; NaN where the file does not tell. */
  cover: Float64Array;
  /** The weights of node n's leaf are those from `leafStart[n]` to `leafStart[n + 1]`. */
  leafStart: Int32Array;
  leafOutput: Int32Array;
  leafWeight: Float64Array;
  /** One for each output. */
  baseValues: Float64Array;
  /** Number of features a row has. */
  features: number;
}

/** A row goes to `yes` when its value is … the threshold; NaN compares as false, but for `!=`, which it keeps. */
export const branchModes = ["<=", "<", ">=", ">", "==", "!=", "member"] as const;

export type BranchMode = (typeof branchModes)[number];

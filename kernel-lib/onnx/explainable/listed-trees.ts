/** Trees as a file lists them, before anything of their order is known. */
export interface ListedTrees {
  /** First node of each tree. */
  roots: ArrayLike<number>;
  /** By node: the feature it asks about, and its place among `modes`. */
  feature: ArrayLike<number>;
  mode: Uint8Array;
  threshold: ArrayLike<number>;
  yes: ArrayLike<number>;
  no: ArrayLike<number>;
  missingYes: Uint8Array;
  members: ReadonlyMap<number, readonly number[]>;
  /** Undefined where the file does not tell. */
  cover: ArrayLike<number> | undefined;
  /** One entry for each weight of a leaf. */
  weights: { node: ArrayLike<number>; output: ArrayLike<number>; value: ArrayLike<number> };
}

/** As `branchModes`, and the leaf. */
export const modes = [
  "BRANCH_LEQ",
  "BRANCH_LT",
  "BRANCH_GTE",
  "BRANCH_GT",
  "BRANCH_EQ",
  "BRANCH_NEQ",
  "BRANCH_MEMBER",
  "LEAF",
];

export const [equalMode, memberMode, leafMode] = [4, 6, 7];

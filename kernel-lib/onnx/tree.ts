import { AssayerError } from "../errors";

/**
 * A binary decision tree as flat arrays; node 0 is the root.
 *
 * At an inner node a row goes to `left` when `row[feature] < threshold`, otherwise (also for NaN) to
 * `right`. At a leaf `feature`, `left` and `right` are -1 and the tree's outputs are
 * `values[node * outputs … + outputs]`; at inner nodes values are 0.
 */
export interface Tree {
  /** Column a node asks about; -1 at a leaf. */
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  right: Int32Array;
  /** nodes × outputs, row-major. */
  values: Float64Array;
  /** Number of values of a leaf: 1 for a regression, the classes for a classifier. */
  outputs: number;
}

/** A tree node as people write one: a split, or a leaf with its values. */
export type TreeNode =
  | { feature: number; threshold: number; left: TreeNode; right: TreeNode }
  | { values: readonly number[] };

/**
 * Flattens nested nodes, depth first with the left branch before the right.
 *
 * @throws AssayerError "invalid-argument" if leaves differ in their number of values, or a split is no number
 * @example buildTree({ feature: 0, threshold: 2, left: { values: [1] }, right: { values: [5] } })
 */
export function buildTree(root: TreeNode): Tree {
  const nodes: { node: TreeNode; left: number; right: number }[] = [];
  const place = (node: TreeNode): number => {
    const index = nodes.push({ node, left: -1, right: -1 }) - 1;
    const entry = nodes[index];
    if (entry !== undefined && "left" in node) {
      entry.left = place(node.left);
      entry.right = place(node.right);
    }
    return index;
  };
  place(root);
  const firstLeaf = nodes.find(({ node }) => "values" in node)?.node;
  const outputs = firstLeaf !== undefined && "values" in firstLeaf ? firstLeaf.values.length : 0;
  if (outputs === 0)
    throw new AssayerError("invalid-argument", "buildTree requires leaf values; got none");
  const tree: Tree = {
    feature: Int32Array.from(nodes, ({ node }) => ("left" in node ? node.feature : -1)),
    threshold: Float64Array.from(nodes, ({ node }) => ("left" in node ? node.threshold : 0)),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    values: new Float64Array(nodes.length * outputs),
    outputs,
  };
  nodes.forEach(({ node }, index) => {
    if ("values" in node) {
      if (node.values.length !== outputs) {
        throw new AssayerError(
          "invalid-argument",
          `buildTree requires leaves with ${outputs} values each; got one with ${node.values.length}`,
        );
      }
      tree.values.set(node.values, index * outputs);
    } else if (
      !(Number.isInteger(node.feature) && node.feature >= 0) ||
      Number.isNaN(node.threshold)
    ) {
      throw new AssayerError(
        "invalid-argument",
        `buildTree requires a column ≥ 0 and a threshold; got column ${node.feature}, threshold ${node.threshold}`,
      );
    }
  });
  return tree;
}

/** Index of the leaf a row falls into. */
export function leafOf(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return node;
    const goesLeft = (row[feature] ?? NaN) < (tree.threshold[node] ?? NaN);
    node = (goesLeft ? tree.left[node] : tree.right[node]) ?? -1;
  }
}

/** Values of the leaf a row falls into. */
export function treeValues(tree: Tree, row: ArrayLike<number>): Float64Array {
  const start = leafOf(tree, row) * tree.outputs;
  return tree.values.slice(start, start + tree.outputs);
}

/** Number of columns a tree needs: its largest column + 1. */
export function columnsOf(tree: Tree): number {
  return tree.feature.reduce((most, feature) => Math.max(most, feature + 1), 0);
}

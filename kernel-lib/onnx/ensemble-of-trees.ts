import { branchModes, type TreeEnsemble } from "../explain/tree-ensemble";
import { columnsOf, type Tree } from "./tree";

/** Trees of one number of values as an ensemble; leaves are multiplied by `share`, covers are not known. */
export function ensembleOfTrees(trees: readonly Tree[], share: number): TreeEnsemble {
  const count = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const outputs = trees[0]?.outputs ?? 0;
  const roots = new Int32Array(trees.length);
  const feature = new Int32Array(count).fill(-1);
  const threshold = new Float64Array(count);
  const yes = new Int32Array(count).fill(-1);
  const no = new Int32Array(count).fill(-1);
  const leafStart = new Int32Array(count + 1);
  const leafWeight: number[] = [];
  let root = 0;
  trees.forEach((tree, index) => {
    roots[index] = root;
    tree.feature.forEach((asked, local) => {
      const node = root + local;
      if (asked >= 0) {
        feature[node] = asked;
        threshold[node] = tree.threshold[local] ?? 0;
        yes[node] = root + (tree.left[local] ?? 0);
        no[node] = root + (tree.right[local] ?? 0);
      } else {
        for (let output = 0; output < outputs; output++)
          leafWeight.push((tree.values[local * outputs + output] ?? 0) * share);
      }
      leafStart[node + 1] = leafWeight.length;
    });
    root += tree.feature.length;
  });
  return {
    roots,
    feature,
    threshold,
    mode: new Uint8Array(count).fill(branchModes.indexOf("<")),
    yes,
    no,
    missingYes: new Uint8Array(count),
    members: new Map(),
    cover: new Float64Array(count).fill(NaN),
    leafStart,
    leafOutput: Int32Array.from(leafWeight, (_, entry) => entry % outputs),
    leafWeight: Float64Array.from(leafWeight),
    baseValues: new Float64Array(outputs),
    features: Math.max(1, ...trees.map(columnsOf)),
  };
}

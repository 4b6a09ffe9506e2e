import { branchModes, type BranchMode, type TreeEnsemble } from "../explain/tree-ensemble";
import { float32AtLeast, float32AtMost } from "./float32";
import type { AttributeValue } from "./graph";

/** How ONNX calls the ways to compare. It has no sets before ai.onnx.ml 5, whose leaves have no hit rates. */
const modeNames: Record<Exclude<BranchMode, "member">, string> = {
  "<=": "BRANCH_LEQ",
  "<": "BRANCH_LT",
  ">=": "BRANCH_GTE",
  ">": "BRANCH_GT",
  "==": "BRANCH_EQ",
  "!=": "BRANCH_NEQ",
};

/** The float32 that every float32 value compares with as it does with the threshold. */
function float32Threshold(threshold: number, mode: BranchMode): number {
  if (mode === "<" || mode === ">=") return float32AtLeast(threshold);
  return mode === "<=" || mode === ">" ? float32AtMost(threshold) : threshold;
}

interface Leaves {
  treeIds: number[];
  nodeIds: number[];
  outputs: number[];
  weights: number[];
}

/** Columns of the attributes that the operators have of nodes. */
interface Nodes {
  treeIds: number[];
  nodeIds: number[];
  features: number[];
  thresholds: number[];
  modes: string[];
  yes: number[];
  no: number[];
  missingYes: number[];
  hitRates: number[];
}

/**
 * Trees as the attributes of TreeEnsembleRegressor and TreeEnsembleClassifier of ai.onnx.ml 3. Covers become
 * `nodes_hitrates`; hit rates and missing tracks that are not known or needed are left out.
 *
 * A node that asks for a set becomes a chain of nodes that ask for one value each and lead to the same `yes`, which
 * ONNX Runtime reads as the set it is (`AddNodes` in its tree_ensemble_common.h).
 */
export function ensembleAttributes(ensemble: TreeEnsemble): {
  nodes: Record<string, AttributeValue>;
  leaves: Leaves;
} {
  const { roots, feature, leafStart, leafOutput, leafWeight } = ensemble;
  const nodes: Nodes = {
    treeIds: [],
    nodeIds: [],
    features: [],
    thresholds: [],
    modes: [],
    yes: [],
    no: [],
    missingYes: [],
    hitRates: [],
  };
  const leaves: Leaves = { treeIds: [], nodeIds: [], outputs: [], weights: [] };
  const ids = idsInTree(ensemble);
  roots.forEach((root, tree) => {
    for (let node = root; node < (roots[tree + 1] ?? feature.length); node++) {
      const id = ids[node] ?? 0;
      addNode(nodes, ensemble, tree, node, ids);
      for (let entry = leafStart[node] ?? 0; entry < (leafStart[node + 1] ?? 0); entry++) {
        leaves.treeIds.push(tree);
        leaves.nodeIds.push(id);
        leaves.outputs.push(leafOutput[entry] ?? 0);
        leaves.weights.push(leafWeight[entry] ?? 0);
      }
    }
  });
  const { missingYes, hitRates } = nodes;
  return {
    nodes: {
      nodes_treeids: { ints: nodes.treeIds },
      nodes_nodeids: { ints: nodes.nodeIds },
      nodes_featureids: { ints: nodes.features },
      nodes_values: { floats: nodes.thresholds },
      nodes_modes: { strings: nodes.modes },
      nodes_truenodeids: { ints: nodes.yes },
      nodes_falsenodeids: { ints: nodes.no },
      ...(missingYes.includes(1) && { nodes_missing_value_tracks_true: { ints: missingYes } }),
      ...(!hitRates.some(Number.isNaN) && { nodes_hitrates: { floats: hitRates } }),
    },
    leaves,
  };
}

/** By node its number in its tree, where a set takes as many numbers as it has values, but one at least. */
function idsInTree({ roots, feature, members }: TreeEnsemble): Int32Array {
  const ids = new Int32Array(feature.length);
  roots.forEach((root, tree) => {
    let id = 0;
    for (let node = root; node < (roots[tree + 1] ?? feature.length); node++) {
      ids[node] = id;
      id += Math.max(1, members.get(node)?.length ?? 1);
    }
  });
  return ids;
}

function addNode(
  nodes: Nodes,
  ensemble: TreeEnsemble,
  tree: number,
  node: number,
  ids: Int32Array,
): void {
  const asked = ensemble.feature[node] ?? -1;
  const mode = branchModes[ensemble.mode[node] ?? 0] ?? "<=";
  const idOf = (side: Int32Array): number => (asked < 0 ? 0 : (ids[side[node] ?? 0] ?? 0));
  const id = ids[node] ?? 0;
  const add = (threshold: number, name: string, link: number, no: number): void => {
    nodes.treeIds.push(tree);
    nodes.nodeIds.push(id + link);
    nodes.features.push(Math.max(0, asked));
    nodes.thresholds.push(threshold);
    nodes.modes.push(name);
    nodes.yes.push(idOf(ensemble.yes));
    nodes.no.push(no);
    nodes.missingYes.push(ensemble.missingYes[node] ?? 0);
    nodes.hitRates.push(ensemble.cover[node] ?? NaN);
  };
  const no = idOf(ensemble.no);
  if (asked < 0) add(0, "LEAF", 0, no);
  else if (mode !== "member")
    add(float32Threshold(ensemble.threshold[node] ?? 0, mode), modeNames[mode], 0, no);
  else {
    const members = ensemble.members.get(node) ?? new Float64Array();
    // Nothing is in an empty set, as nothing is below all numbers.
    if (members.length === 0) add(-Infinity, modeNames["<"], 0, no);
    members.forEach((member, link) => {
      add(member, modeNames["=="], link, link + 1 < members.length ? id + link + 1 : no);
    });
  }
}

import type { BranchMode, TreeEnsemble } from "../explain/tree-ensemble";
import { branchModes } from "../explain/tree-ensemble";
import { float32AtLeast, float32AtMost } from "./float32";
import type { AttributeValue } from "./graph";

/** How ONNX calls the ways to compare, by `branchModes`; sets have a name in TreeEnsemble of ai.onnx.ml 5 alone. */
const modeNames: Record<BranchMode, string> = {
  "<=": "BRANCH_LEQ",
  "<": "BRANCH_LT",
  ">=": "BRANCH_GTE",
  ">": "BRANCH_GT",
  "==": "BRANCH_EQ",
  "!=": "BRANCH_NEQ",
  member: "BRANCH_MEMBER",
};

export function modeOf({ mode }: TreeEnsemble, node: number): BranchMode {
  return branchModes[mode[node] ?? 0] ?? "<=";
}

/** The float32 that every float32 value compares with as it does with the node's threshold. */
export function float32Threshold(ensemble: TreeEnsemble, node: number): number {
  const threshold = ensemble.threshold[node] ?? 0;
  const mode = modeOf(ensemble, node);
  if (mode === "<" || mode === ">=") return float32AtLeast(threshold);
  if (mode === "<=" || mode === ">") return float32AtMost(threshold);
  return threshold;
}

/** Whether the rows that came to each node are known. */
export function hasCovers({ cover }: TreeEnsemble): boolean {
  return cover.every((weight) => !Number.isNaN(weight));
}

interface Leaves {
  treeIds: number[];
  nodeIds: number[];
  outputs: number[];
  weights: number[];
}

/**
 * Trees as the attributes of TreeEnsembleRegressor and TreeEnsembleClassifier of ai.onnx.ml 3, which have no sets of
 * values. Covers become `nodes_hitrates`; what no node needs is left out.
 */
export function ensembleAttributes(ensemble: TreeEnsemble): {
  nodes: Record<string, AttributeValue>;
  leaves: Leaves;
} {
  const { roots, feature, yes, no, missingYes, cover } = ensemble;
  const { leafStart, leafOutput, leafWeight } = ensemble;
  const treeIds: number[] = [];
  const nodeIds: number[] = [];
  const leaves: Leaves = { treeIds: [], nodeIds: [], outputs: [], weights: [] };
  roots.forEach((root, tree) => {
    const end = roots[tree + 1] ?? feature.length;
    for (let node = root; node < end; node++) {
      treeIds.push(tree);
      nodeIds.push(node - root);
      const last = leafStart[node + 1] ?? 0;
      for (let entry = leafStart[node] ?? 0; entry < last; entry++) {
        leaves.treeIds.push(tree);
        leaves.nodeIds.push(node - root);
        leaves.outputs.push(leafOutput[entry] ?? 0);
        leaves.weights.push(leafWeight[entry] ?? 0);
      }
    }
  });
  const inside = (of: (node: number) => number): number[] =>
    Array.from(feature, (asked, node) => (asked < 0 ? 0 : of(node)));
  const rootOf = (node: number): number => node - (nodeIds[node] ?? 0);
  const nodes: Record<string, AttributeValue> = {
    nodes_treeids: { ints: treeIds },
    nodes_nodeids: { ints: nodeIds },
    nodes_featureids: { ints: inside((node) => feature[node] ?? 0) },
    nodes_values: { floats: inside((node) => float32Threshold(ensemble, node)) },
    nodes_modes: {
      strings: Array.from(feature, (asked, node) =>
        asked < 0 ? "LEAF" : modeNames[modeOf(ensemble, node)],
      ),
    },
    nodes_truenodeids: { ints: inside((node) => (yes[node] ?? 0) - rootOf(node)) },
    nodes_falsenodeids: { ints: inside((node) => (no[node] ?? 0) - rootOf(node)) },
  };
  if (missingYes.includes(1))
    nodes["nodes_missing_value_tracks_true"] = { ints: Array.from(missingYes) };
  if (hasCovers(ensemble)) nodes["nodes_hitrates"] = { floats: Array.from(cover) };
  return { nodes, leaves };
}

import type { PostTransform } from "../../explain/explainable-model";
import { arrangeTrees } from "./arrange-trees";
import type { CoreReading } from "./core-reading";
import { invalidModel } from "./invalid-model";
import { leafMode, memberMode, type ListedTrees } from "./listed-trees";
import type { Attributes, GraphNode } from "./model-graph";
import { leastFeatures } from "./read-trees";
import { allScores, requireOutputs, targetNames } from "./score-rule";
import { aggregateShare } from "./tree-scores";

const aggregates = ["AVERAGE", "SUM", "MIN", "MAX"];

/** ONNX has SOFTMAX as 1 and LOGISTIC as 2; ONNX Runtime, whose answers are explained, has them the other way. */
const transforms: PostTransform[] = ["none", "logistic", "softmax", "softmax-zero", "probit"];

/**
 * Reads a TreeEnsemble of ai.onnx.ml 5.
 *
 * @throws AssayerError "invalid-model"; Unreadable for what cannot be explained as a sum of trees
 */
export function readTrees5(node: GraphNode): CoreReading {
  const { attributes } = node;
  const trees = listTrees(attributes);
  const targets = requireOutputs(attributes.int("n_targets", 0));
  const transform = transforms[attributes.int("post_transform", 0)];
  const aggregate = attributes.int("aggregate_function", 1);
  if (transform === undefined)
    throw invalidModel(
      "a post transform that ONNX knows",
      `${attributes.int("post_transform", 0)}`,
    );
  const share = aggregateShare(aggregates[aggregate] ?? `${aggregate}`, trees.roots.length);
  const scores = node.outputs[0] ?? "";
  const rule = allScores(targetNames(scores, targets), transform);
  return {
    input: node.inputs[0] ?? "",
    scores,
    labels: null,
    sums: targets,
    rule,
    leastFeatures: leastFeatures(trees),
    isOpposed: false,
    sumsToOne: false,
    read: (features, asked) => ({
      kind: "trees",
      ensemble: arrangeTrees(trees, features, new Float64Array(targets), share, asked),
    }),
  };
}

/** Inner nodes as they are, and behind them a leaf for each place that one is named at. */
function listTrees(attributes: Attributes): ListedTrees {
  const ints = (name: string): number[] => attributes.ints(name) ?? [];
  const splits = attributes.tensor("nodes_splits")?.numbers ?? [];
  const inner = splits.length;
  const ofNodes = (name: string, values: ArrayLike<number>): ArrayLike<number> => {
    if (values.length !== inner)
      throw invalidModel(`a value of ${name} for each of ${inner} nodes`, `${values.length}`);
    return values;
  };
  const innerModes = ofNodes("nodes_modes", attributes.tensor("nodes_modes")?.numbers ?? []);
  const targets = ints("leaf_targetids");
  const leafWeights = attributes.tensor("leaf_weights")?.numbers ?? [];
  if (targets.length !== leafWeights.length)
    throw invalidModel(`a weight for each of ${targets.length} leaves`, `${leafWeights.length}`);

  const leaves: number[] = [];
  const leafAt = (leaf: number): number => {
    if (!(leaf >= 0 && leaf < targets.length))
      throw invalidModel(`leaves among ${targets.length}`, `leaf ${leaf}`);
    return inner + leaves.push(leaf) - 1;
  };
  const side = (which: "true" | "false"): number[] => {
    const ids = ofNodes(`nodes_${which}nodeids`, ints(`nodes_${which}nodeids`));
    const isLeaf = ofNodes(`nodes_${which}leafs`, ints(`nodes_${which}leafs`));
    return Array.from(ids, (id, node) => {
      if (isLeaf[node] !== 0) return leafAt(id);
      if (id >= 0 && id < inner) return id;
      throw invalidModel(`nodes among ${inner}`, `node ${id}`);
    });
  };
  const [yes, no] = [side("true"), side("false")];
  const roots = ints("tree_roots");
  const outside = roots.find((root) => !(root >= 0 && root < inner));
  if (outside !== undefined) throw invalidModel(`roots among ${inner} nodes`, `root ${outside}`);
  const missing = ints("nodes_missing_value_tracks_true");
  if (missing.length > 0) ofNodes("nodes_missing_value_tracks_true", missing);

  const count = inner + leaves.length;
  const mode = new Uint8Array(count).fill(leafMode);
  for (let node = 0; node < inner; node++) {
    const own = Number(innerModes[node]);
    if (own > memberMode) throw invalidModel("nodes of a known mode", `mode ${own}`);
    mode[node] = own;
  }
  return {
    roots,
    feature: ofNodes("nodes_featureids", ints("nodes_featureids")),
    mode,
    threshold: splits,
    yes,
    no,
    missingYes: Uint8Array.from({ length: count }, (_, node) => (missing[node] === 1 ? 1 : 0)),
    members: membersOf(attributes, mode),
    // Leaves have no hit rates in this version.
    cover: undefined,
    weights: {
      node: leaves.map((_, i) => inner + i),
      output: leaves.map((leaf) => Number(targets[leaf])),
      value: leaves.map((leaf) => Number(leafWeights[leaf])),
    },
  };
}

/** Sets one after the other in the order of their nodes, with NaN between them. */
function membersOf(attributes: Attributes, mode: Uint8Array): Map<number, number[]> {
  const values = attributes.tensor("membership_values")?.numbers ?? [];
  const members = new Map<number, number[]>();
  let at = 0;
  mode.forEach((own, node) => {
    if (own !== memberMode) return;
    const set: number[] = [];
    for (; at < values.length && !Number.isNaN(values[at]); at++) set.push(Number(values[at]));
    at += 1;
    if (set.length === 0)
      throw invalidModel("a set for each BRANCH_MEMBER", `none for node ${node}`);
    members.set(node, set);
  });
  return members;
}

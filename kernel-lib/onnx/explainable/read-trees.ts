import { arrangeTrees } from "./arrange-trees";
import type { CoreReading } from "./core-reading";
import { invalidModel } from "./invalid-model";
import { leafMode, memberMode, modes, type ListedTrees } from "./listed-trees";
import type { Attributes, GraphNode } from "./model-graph";
import { allScores, isProbability, requireOutputs, targetNames, transformOf } from "./score-rule";
import { aggregateShare, classRule, isDistribution, withLeafValues } from "./tree-scores";

/**
 * Reads a TreeEnsembleRegressor or TreeEnsembleClassifier of ai.onnx.ml 1 to 4. What ONNX leaves open is as ONNX
 * Runtime does it (its tree_ensemble_common.h and tree_ensemble_aggregator.h).
 *
 * @throws AssayerError "invalid-model"; Unreadable for what cannot be explained as a sum of trees
 */
export function readTrees(node: GraphNode): CoreReading {
  const { attributes, operator } = node;
  const isClassifier = operator.endsWith("Classifier");
  const trees = listTrees(attributes, isClassifier ? "class" : "target");
  const labels = isClassifier
    ? (attributes.texts("classlabels_strings") ??
      attributes.ints("classlabels_int64s")?.map(String) ??
      [])
    : null;
  const sums = requireOutputs(labels?.length ?? attributes.int("n_targets", 0));
  const base = numbersOf(attributes, "base_values") ?? [];
  const rule = labels
    ? classRule(attributes, labels, trees, base.length)
    : allScores(targetNames(node.outputs[0] ?? "", sums), transformOf(attributes));
  const isBaseOfTwo = labels?.length === 2 && base.length <= 1;
  if (base.length !== 0 && base.length !== sums && !isBaseOfTwo)
    throw invalidModel(`a base value for each of ${sums} outputs`, `${base.length}`);
  const allBase = Float64Array.from({ length: sums }, (_, i) => base[i] ?? 0);
  const share = aggregateShare(attributes.text("aggregate_function") ?? "SUM", trees.roots.length);
  const listed = sums === 1 ? withLeafValues(trees) : trees;
  return {
    input: node.inputs[0] ?? "",
    scores: node.outputs[isClassifier ? 1 : 0] ?? "",
    labels,
    sums,
    rule,
    leastFeatures: leastFeatures(trees),
    isOpposed: false,
    sumsToOne:
      labels !== null &&
      (isProbability(rule) || (rule.postTransform === "none" && isDistribution(trees, share))),
    read: (features, asked) => ({
      kind: "trees",
      ensemble: arrangeTrees(listed, features, allBase, share, asked),
    }),
  };
}

function listTrees(attributes: Attributes, own: "class" | "target"): ListedTrees {
  const ints = (name: string): number[] => attributes.ints(name) ?? [];
  const trees = ints("nodes_treeids");
  const count = trees.length;
  const ofNodes = <Values extends ArrayLike<unknown>>(name: string, values: Values): Values => {
    if (values.length !== count)
      throw invalidModel(`a value of ${name} for each of ${count} nodes`, `${values.length}`);
    return values;
  };
  const mode = Uint8Array.from(
    ofNodes("nodes_modes", attributes.texts("nodes_modes") ?? []),
    modeOf,
  );
  const ids = ofNodes("nodes_nodeids", ints("nodes_nodeids"));
  const { roots, placeOf } = placesOf(trees, ids);
  const child = (name: string): Int32Array => {
    const given = ofNodes(name, ints(name));
    return Int32Array.from(given, (id, node) =>
      mode[node] === leafMode ? -1 : placeOf(Number(trees[node]), id),
    );
  };
  const value = numbersOf(attributes, `${own}_weights`) ?? [];
  const ofWeights = (name: string): number[] => {
    const values = ints(name);
    if (values.length !== value.length)
      throw invalidModel(
        `a value of ${name} for each of ${value.length} weights`,
        `${values.length}`,
      );
    return values;
  };
  const weightNodes = ofWeights(`${own}_nodeids`);
  const cover = numbersOf(attributes, "nodes_hitrates");
  const missing = ints("nodes_missing_value_tracks_true");
  if (missing.length > 0) ofNodes("nodes_missing_value_tracks_true", missing);
  return {
    roots,
    feature: ofNodes("nodes_featureids", ints("nodes_featureids")),
    mode,
    threshold: ofNodes("nodes_values", numbersOf(attributes, "nodes_values") ?? []),
    yes: child("nodes_truenodeids"),
    no: child("nodes_falsenodeids"),
    missingYes: Uint8Array.from(mode, (_, node) => (missing[node] === 1 ? 1 : 0)),
    members: new Map(),
    cover: cover?.length === count ? cover : undefined,
    weights: {
      node: ofWeights(`${own}_treeids`).map((tree, i) => placeOf(tree, Number(weightNodes[i]))),
      output: ofWeights(`${own}_ids`),
      value,
    },
  };
}

/** The first listed node of a tree is its root, and a tree's nodes stand together. */
function placesOf(
  trees: readonly number[],
  ids: readonly number[],
): { roots: number[]; placeOf: (tree: number, id: number) => number } {
  const roots: number[] = [];
  const places = new Map<number, Map<number, number>>();
  trees.forEach((tree, place) => {
    let own = places.get(tree);
    if (tree !== trees[place - 1]) {
      if (own) throw invalidModel("trees whose nodes stand together", `tree ${tree} in parts`);
      own = new Map();
      places.set(tree, own);
      roots.push(place);
    }
    const id = Number(ids[place]);
    if (own?.has(id))
      throw invalidModel("nodes that are listed once", `node ${id} of tree ${tree}`);
    own?.set(id, place);
  });
  const placeOf = (tree: number, id: number): number => {
    const place = places.get(tree)?.get(id);
    if (place === undefined)
      throw invalidModel("nodes that are listed", `node ${id} of tree ${tree}, which is not`);
    return place;
  };
  return { roots, placeOf };
}

function modeOf(name: string): number {
  const mode = modes.indexOf(name);
  if (mode === -1 || mode === memberMode)
    throw invalidModel("nodes of a known mode", `mode ${name}`);
  return mode;
}

/** Numbers as float32 in an attribute, or since version 3 as a tensor of doubles. */
function numbersOf(attributes: Attributes, name: string): ArrayLike<number> | undefined {
  const floats = attributes.floats(name);
  const tensor = attributes.tensor(`${name}_as_tensor`);
  if (floats && tensor) throw invalidModel(`${name} once`, "floats and a tensor of them");
  return tensor?.numbers ?? floats;
}

export function leastFeatures({ feature, mode }: ListedTrees): number {
  let most = 0;
  for (let node = 0; node < mode.length; node++)
    if (mode[node] !== leafMode) most = Math.max(most, Number(feature[node]) + 1);
  return most;
}

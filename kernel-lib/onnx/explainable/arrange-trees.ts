import type { TreeEnsemble } from "../../explain/tree-ensemble";
import { invalidModel } from "./invalid-model";
import { requireFinite, spreadBase, type ScoreRule } from "./score-rule";
import { equalMode, leafMode, memberMode, type ListedTrees } from "./listed-trees";

/**
 * Trees in the order of a walk, parents before children and the `yes` side first, after proof that they are trees:
 * from its root each node is reached once.
 *
 * Chains of `==` on one feature that lead to one and the same node are one node that asks for a set, as ONNX Runtime
 * reads them too: that is how converters write the categories of LightGBM.
 *
 * @param base a base value for each of the operator's own sums
 * @param share what leaf weights are multiplied by before they are summed
 * @param rule what is explained of the sums
 * @throws AssayerError "invalid-model"
 */
export function arrangeTrees(
  listed: ListedTrees,
  features: number,
  base: Float64Array,
  share: number,
  rule: ScoreRule,
): TreeEnsemble {
  const walk = walkTrees(listed, features);
  const count = walk.order.length;
  const place = new Int32Array(listed.mode.length).fill(-1);
  walk.order.forEach((node, i) => (place[node] = i));
  const weights = leafWeights(listed, place, count, share, rule);
  const isLeaf = (node: number) => listed.mode[node] === leafMode;
  const pick = (of: (node: number) => number, atLeaf: number) => (node: number) =>
    isLeaf(node) ? atLeaf : of(node);
  const members = new Map<number, Float64Array>();
  walk.order.forEach((node, i) => {
    const own = walk.members.get(node);
    if (own) members.set(i, Float64Array.from(new Set(own)).sort());
  });
  return {
    roots: Int32Array.from(listed.roots, (root) => Number(place[root])),
    feature: Int32Array.from(
      walk.order,
      pick((node) => Number(listed.feature[node]), -1),
    ),
    threshold: Float64Array.from(
      walk.order,
      pick((node) => (walk.members.has(node) ? 0 : Number(listed.threshold[node])), 0),
    ),
    mode: Uint8Array.from(
      walk.order,
      pick((node) => (walk.members.has(node) ? memberMode : Number(listed.mode[node])), 0),
    ),
    yes: Int32Array.from(
      walk.order,
      pick((node) => Number(place[Number(listed.yes[node])]), -1),
    ),
    no: Int32Array.from(walk.order, (node, i) =>
      isLeaf(node) ? -1 : Number(place[Number(walk.no[i])]),
    ),
    missingYes: Uint8Array.from(
      walk.order,
      pick((node) => Number(listed.missingYes[node]), 0),
    ),
    members,
    cover: coverOf(listed, walk.order),
    ...weights,
    baseValues: spreadBase(base, rule),
    features,
  };
}

interface Walk {
  /** Listed nodes in the order of the walk. */
  order: number[];
  /** By place in `order`: the listed node of the `no` side, behind a chain's last. */
  no: number[];
  /** By listed node. */
  members: Map<number, readonly number[]>;
}

function walkTrees(listed: ListedTrees, features: number): Walk {
  const { roots, mode, feature, threshold, yes, no, missingYes } = listed;
  const count = mode.length;
  const seen = new Uint8Array(count);
  const enter = (node: number): void => {
    if (!(node >= 0 && node < count))
      throw invalidModel("children that are nodes of the tree", `node ${node}`);
    if (seen[node])
      throw invalidModel("trees in which one way leads to a node", `several to node ${node}`);
    seen[node] = 1;
  };
  const walk: Walk = { order: [], no: [], members: new Map(listed.members) };
  /** Whether a node adds one value to the set of the node before it. */
  const goesOn = (node: number, last: number): boolean =>
    mode[node] === equalMode &&
    feature[node] === feature[last] &&
    yes[node] === yes[last] &&
    missingYes[node] === missingYes[last] &&
    !seen[node];
  for (const root of Array.from(roots)) {
    const open = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      enter(node);
      walk.order.push(node);
      if (mode[node] === leafMode) {
        walk.no.push(-1);
        continue;
      }
      requireSplit(listed, node, features);
      let last = node;
      if (mode[node] === equalMode) {
        const set = [Number(threshold[node])];
        for (let next = Number(no[last]); goesOn(next, last); next = Number(no[last])) {
          enter(next);
          requireSplit(listed, next, features);
          set.push(Number(threshold[next]));
          last = next;
        }
        if (set.length > 1) walk.members.set(node, set);
      }
      walk.no.push(Number(no[last]));
      open.push(Number(no[last]), Number(yes[node]));
    }
  }
  const lost = seen.indexOf(0);
  if (lost !== -1)
    throw invalidModel("trees whose first node leads to all others", `node ${lost} with no way to`);
  return walk;
}

function requireSplit(listed: ListedTrees, node: number, features: number): void {
  const feature = Number(listed.feature[node]);
  if (!(feature >= 0 && feature < features))
    throw invalidModel(
      `trees that ask about the ${features} features of their input`,
      `feature ${feature}`,
    );
  if (Number.isNaN(listed.threshold[node]))
    throw invalidModel("thresholds that are numbers", `NaN at node ${node}`);
}

function coverOf({ cover }: ListedTrees, order: readonly number[]): Float64Array {
  const all = Float64Array.from(order, (node) => cover?.[node] ?? NaN);
  // Converters fill the field with zeros or ones.
  const tells =
    all.every((value) => value >= 0 && value < Infinity) &&
    all.some((value) => value !== 0 && value !== 1);
  return tells ? all : all.fill(NaN);
}

/** The listed weights leaf by leaf, as those of the outputs that are explained. */
function leafWeights(
  { weights: { node, output, value }, mode }: ListedTrees,
  place: Int32Array,
  count: number,
  share: number,
  { spread, outputs }: ScoreRule,
): Pick<TreeEnsemble, "leafStart" | "leafOutput" | "leafWeight"> {
  const order = byLeaf(node, mode, place, count);
  const leafStart = new Int32Array(count + 1);
  const leafOutput = new Int32Array(order.length);
  const leafWeight = new Float64Array(order.length);
  // Where the weight of an output or of a listed one was last put, to find what a leaf has twice.
  const placed = new Int32Array(outputs.length).fill(-1);
  const listed = new Int32Array(spread.length).fill(-1);
  let [size, leaf] = [0, 0];
  for (const i of order) {
    const at = Number(place[Number(node[i])]);
    while (leaf < at) leafStart[++leaf] = size;
    const [source, weight] = [Number(output[i]), Number(value[i])];
    const target = spread[source];
    if (target === undefined)
      throw invalidModel(`weights of ${spread.length} outputs`, `output ${source}`);
    if (listed[source] === at)
      throw invalidModel("one weight of a leaf for an output", `two for output ${source}`);
    listed[source] = at;
    if (target === null) continue;
    const [own, factor] = target;
    let slot = Number(placed[own]);
    if (slot < Number(leafStart[at])) {
      slot = size++;
      placed[own] = slot;
      leafOutput[slot] = own;
    }
    leafWeight[slot] = Number(leafWeight[slot]) + weight * share * factor;
  }
  while (leaf < count) leafStart[++leaf] = size;
  return {
    leafStart,
    leafOutput: leafOutput.slice(0, size),
    leafWeight: requireFinite(leafWeight.slice(0, size)),
  };
}

/** Positions of the weights in the order of their leaves. Those of inner nodes, which old converters write, are left out. */
function byLeaf(
  node: ArrayLike<number>,
  mode: Uint8Array,
  place: Int32Array,
  count: number,
): Int32Array {
  const next = new Int32Array(count + 1);
  const after = (i: number): number =>
    mode[Number(node[i])] === leafMode ? Number(place[Number(node[i])]) + 1 : 0;
  for (let i = 0; i < node.length; i++)
    if (after(i) > 0) next[after(i)] = Number(next[after(i)]) + 1;
  for (let leaf = 0; leaf < count; leaf++)
    next[leaf + 1] = Number(next[leaf + 1]) + Number(next[leaf]);
  const order = new Int32Array(Number(next[count]));
  for (let i = 0; i < node.length; i++) {
    if (after(i) === 0) continue;
    const leaf = after(i) - 1;
    order[Number(next[leaf])] = i;
    next[leaf] = Number(next[leaf]) + 1;
  }
  return order;
}

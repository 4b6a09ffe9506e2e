import type { TreeEnsemble } from "../../explain/tree-ensemble";
import { invalidModel } from "./invalid-model";
import { spreadSums, type ScoreRule } from "./score-rule";
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
    baseValues: spreadSums(base, 1, rule).map((sum, o) => sum + Number(rule.shift[o])),
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

function leafWeights(
  listed: ListedTrees,
  place: Int32Array,
  count: number,
  share: number,
  { spread }: ScoreRule,
): Pick<TreeEnsemble, "leafStart" | "leafOutput" | "leafWeight"> {
  const { node, output, value } = listed.weights;
  const entries: { at: number; output: number; source: number; weight: number }[] = [];
  for (let i = 0; i < value.length; i++) {
    const [owner, source, weight] = [Number(node[i]), Number(output[i]), Number(value[i])];
    const targets = spread[source];
    if (targets === undefined)
      throw invalidModel(`weights of ${spread.length} outputs`, `output ${source}`);
    if (!Number.isFinite(weight)) throw invalidModel("leaf weights that are finite", `${weight}`);
    // Old converters give weights to inner nodes too, which nothing takes.
    if (listed.mode[owner] !== leafMode) continue;
    const at = Number(place[owner]);
    for (const [explained, factor] of targets)
      entries.push({ at, output: explained, source, weight: weight * share * factor });
  }
  entries.sort((a, b) => a.at - b.at || a.output - b.output || a.source - b.source);
  const leafStart = new Int32Array(count + 1);
  const sums: typeof entries = [];
  for (const entry of entries) {
    const last = sums.at(-1);
    if (last?.at !== entry.at || last.output !== entry.output) {
      sums.push(entry);
      leafStart[entry.at + 1] = Number(leafStart[entry.at + 1]) + 1;
    } else if (last.source === entry.source)
      throw invalidModel("one weight of a leaf for an output", `two for output ${entry.source}`);
    else {
      last.weight += entry.weight;
      last.source = entry.source;
    }
  }
  for (let i = 0; i < count; i++)
    leafStart[i + 1] = Number(leafStart[i + 1]) + Number(leafStart[i]);
  return {
    leafStart,
    leafOutput: Int32Array.from(sums, (entry) => entry.output),
    leafWeight: Float64Array.from(sums, (entry) => entry.weight),
  };
}

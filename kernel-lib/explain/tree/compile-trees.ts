import { AssayerError } from "../../errors";
import type { TreeEnsemble } from "../tree-ensemble";
import { isSwapped, questionColumns, type QuestionColumns } from "./question-columns";

/**
 * The trees of an ensemble laid out for explaining: nodes in preorder, so that a subtree is a range of positions and a
 * walk needs no recursion, however deep the tree. An edge is named by the position it leads to.
 */
export interface CompiledTrees {
  /** First position of each tree, and the number of positions. */
  starts: Int32Array;
  /** Distance from the root. */
  level: Int32Array;
  parent: Int32Array;
  /** The position behind a subtree. */
  end: Int32Array;
  /** The other child of an inner node; the first one is the next position. 0 at a leaf. */
  second: Int32Array;
  /** The condition of an inner node, kept towards its first child: `codes[column] < cut`; column -1 at a leaf. */
  column: Int32Array;
  cut: Int32Array;
  /** The player that the edge's condition is about, -1 at a root. */
  player: Int32Array;
  /** The last edge before, on the way from the root, with a condition on the same player; -1 where there is none. */
  older: Int32Array;
  /** Place of the player among the distinct players of the way, in order of their first condition. */
  slot: Int32Array;
  /** Number of distinct players on the way to a position, its own edge included. */
  distinct: Int32Array;
  /** Share of the rows that keep all conditions of the edge's player up to and with it; NaN without covers. */
  share: Float64Array;
  /** By tree, which of the explained outputs its leaves add to. */
  treeOutputs: readonly Int32Array[];
  /** By tree, weights: positions × outputs of the tree, row-major; 0 but at leaves. */
  treeWeights: readonly Float64Array[];
  outputs: number;
  players: number;
  features: number;
  questions: QuestionColumns;
  deepest: number;
  mostDistinct: number;
  /** By tree, the most distinct players on a way to a leaf. */
  mostByTree: Int32Array;
}

/** Lays an ensemble out, for the outputs and the players that are asked for. */
export function compileTrees(
  ensemble: TreeEnsemble,
  origin: Int32Array,
  players: number,
  outputs: readonly number[],
): CompiledTrees {
  const { feature, cover } = ensemble;
  const order = preorder(ensemble);
  const { node: nodes, from, starts } = order;
  const count = nodes.length;
  const questions = questionColumns(ensemble, nodes);
  const ints = () => new Int32Array(count);
  const trees: CompiledTrees = {
    starts,
    level: ints(),
    parent: from,
    end: ints(),
    second: ints(),
    column: ints(),
    cut: ints(),
    player: ints().fill(-1),
    older: ints().fill(-1),
    slot: ints(),
    distinct: ints(),
    share: new Float64Array(count).fill(1),
    ...leafWeights(ensemble, order, outputs),
    outputs: outputs.length,
    players,
    features: ensemble.features,
    questions,
    deepest: 0,
    mostDistinct: 0,
    mostByTree: new Int32Array(starts.length - 1),
  };
  const newest = new Int32Array(players).fill(-1);
  const way: number[] = [];
  for (let i = 0; i < count; i++) {
    const node = Number(nodes[i]);
    const above = Number(from[i]);
    trees.column[i] = Number(questions.column[node]);
    trees.cut[i] = Number(questions.cut[node]);
    const level = above < 0 ? 0 : Number(trees.level[above]) + 1;
    trees.level[i] = level;
    for (let left = way.pop(); left !== undefined; left = way.pop()) {
      if (Number(trees.level[left]) < level) {
        way.push(left);
        break;
      }
      trees.end[left] = i;
      const player = Number(trees.player[left]);
      if (player >= 0) newest[player] = Number(trees.older[left]);
    }
    way.push(i);
    trees.deepest = Math.max(trees.deepest, level);
    if (above < 0) continue;
    if (i !== above + 1) trees.second[above] = i;
    const asked = Number(nodes[above]);
    const player = Number(origin[Number(feature[asked])]);
    const older = Number(newest[player]);
    newest[player] = i;
    trees.player[i] = player;
    trees.older[i] = older;
    trees.slot[i] = older < 0 ? Number(trees.distinct[above]) : Number(trees.slot[older]);
    trees.distinct[i] = Number(trees.distinct[above]) + (older < 0 ? 1 : 0);
    trees.share[i] =
      shareOf(cover, node, ensemble, asked) * (older < 0 ? 1 : Number(trees.share[older]));
  }
  for (const left of way) trees.end[left] = count;
  trees.mostByTree.forEach((_, tree) => {
    const own = trees.distinct.subarray(starts[tree], starts[tree + 1]);
    trees.mostByTree[tree] = own.reduce((most, each) => Math.max(most, each), 0);
  });
  trees.mostDistinct = trees.mostByTree.reduce((most, each) => Math.max(most, each), 0);
  return trees;
}

/** Of the rows that come to a node, the share that goes on to a child; half where none came. */
function shareOf(
  cover: Float64Array,
  child: number,
  { yes, no }: TreeEnsemble,
  parent: number,
): number {
  const both = Number(cover[Number(yes[parent])]) + Number(cover[Number(no[parent])]);
  return both === 0 ? 0.5 : Number(cover[child]) / both;
}

/** Nodes of all trees in preorder, first the child where the node's `code < cut` leads. */
function preorder(ensemble: TreeEnsemble) {
  const { roots, feature, yes, no, mode } = ensemble;
  const limit = feature.length;
  const node = new Int32Array(limit);
  const from = new Int32Array(limit);
  const starts = new Int32Array(roots.length + 1);
  let count = 0;
  roots.forEach((root, tree) => {
    starts[tree] = count;
    const open: { at: number; parent: number }[] = [{ at: root, parent: -1 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { at, parent } = next;
      if (count === limit || !(at >= 0 && at < limit))
        throw new AssayerError(
          "invalid-argument",
          "treeShap requires trees whose nodes are each reached once; got nodes that are shared or missing",
        );
      node[count] = at;
      from[count] = parent;
      if (Number(feature[at]) >= 0) {
        const swapped = isSwapped(mode[at]);
        open.push({ at: Number((swapped ? yes : no)[at]), parent: count });
        open.push({ at: Number((swapped ? no : yes)[at]), parent: count });
      }
      count++;
    }
  });
  starts[roots.length] = count;
  return { node: node.slice(0, count), from: from.slice(0, count), starts };
}

/** The outputs of each tree among those explained, and the weights of its leaves for them. */
function leafWeights(
  { leafStart, leafOutput, leafWeight, feature }: TreeEnsemble,
  { node: nodes, starts }: { node: Int32Array; starts: Int32Array },
  outputs: readonly number[],
): Pick<CompiledTrees, "treeOutputs" | "treeWeights"> {
  const place = new Map(outputs.map((output, index) => [output, index]));
  const treeOutputs: Int32Array[] = [];
  const treeWeights: Float64Array[] = [];
  for (let tree = 0; tree + 1 < starts.length; tree++) {
    const own = nodes.subarray(starts[tree], starts[tree + 1]);
    const found: { at: number; output: number; weight: number }[] = [];
    own.forEach((node, at) => {
      if (Number(feature[node]) >= 0) return;
      for (let w = Number(leafStart[node]); w < Number(leafStart[node + 1]); w++) {
        const output = place.get(Number(leafOutput[w]));
        if (output !== undefined) found.push({ at, output, weight: Number(leafWeight[w]) });
      }
    });
    const here = Int32Array.from(new Set(found.map(({ output }) => output))).sort();
    const column = new Map(Array.from(here, (output, index) => [output, index]));
    const weights = new Float64Array(own.length * here.length);
    for (const { at, output, weight } of found) {
      const cell = at * here.length + Number(column.get(output));
      weights[cell] = Number(weights[cell]) + weight;
    }
    treeOutputs.push(here);
    treeWeights.push(weights);
  }
  return { treeOutputs, treeWeights };
}

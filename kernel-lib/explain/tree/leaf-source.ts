import type { CompiledTrees } from "./compile-trees";
import { mostBits } from "./group-plan";
import { addByPatterns, addByShares, bitCount, type LeafSums } from "./leaf-patterns";
import { PatternStack } from "./pattern-stack";

/** What the leaves of a tree are worth, by pattern of what a row keeps. */
export interface TreeLeaves {
  /** Fills the sums of a leaf. */
  fill: (leaf: number, sums: LeafSums) => void;
  /** What that costs, in the units of `planGroups`. */
  cost: (leaf: number) => number;
}

/** The leaves of a tree; null for a tree that cannot be tabled. */
export type LeafSource = (tree: number) => TreeLeaves | null;

/** The rows that missing columns are drawn from. */
export interface Background {
  count: number;
  /** columns × count. */
  codes: Int32Array;
  /** count × k. */
  margins: Float64Array;
}

/** Leaves where missing columns keep their conditions as often as covers tell, each for itself. */
export function leavesByCovers(trees: CompiledTrees): LeafSource {
  const { parent, share, slot, distinct } = trees;
  const fill = (leaf: number, sums: LeafSums) => {
    const shares = new Float64Array(Number(distinct[leaf])).fill(-1);
    // The newest condition of each player holds its older ones.
    for (let i = leaf; Number(parent[i]) >= 0; i = Number(parent[i]))
      if (Number(shares[Number(slot[i])]) < 0) shares[Number(slot[i])] = Number(share[i]);
    addByShares(sums, shares);
  };
  const cost = (leaf: number) => {
    const players = Number(distinct[leaf]);
    return 4 * 2 ** players * Math.ceil(players / 2);
  };
  return () => ({ fill, cost });
}

/** Leaves where missing columns keep their conditions together, as the rows of a background do. */
export function leavesByBackground(trees: CompiledTrees, background: Background): LeafSource {
  return (tree) => {
    const leaves = leafPatterns(trees, tree, background);
    return leaves === null
      ? null
      : {
          fill: (leaf, sums) => {
            const { patterns, shares } = leaves.get(leaf) as LeafPatterns;
            addByPatterns(sums, Number(trees.distinct[leaf]), patterns, shares);
          },
          cost: (leaf) => (leaves.get(leaf) as LeafPatterns).cost,
        };
  };
}

interface LeafPatterns {
  patterns: Int32Array;
  /** Of the background's rows, those with each pattern. */
  shares: Float64Array;
  cost: number;
}

/** By leaf, which conditions the rows of a background keep; null where a way has too many players. */
function leafPatterns(
  trees: CompiledTrees,
  tree: number,
  { codes, count }: Background,
): Map<number, LeafPatterns> | null {
  const { starts, distinct, column, mostByTree } = trees;
  if (Number(mostByTree[tree]) > mostBits) return null;
  const patterns = new PatternStack(trees, codes, count);
  const leaves = new Map<number, LeafPatterns>();
  for (let i = Number(starts[tree]); i < Number(starts[tree + 1]); i++)
    if (Number(column[i]) >= 0) patterns.split(i);
    else leaves.set(i, counted(patterns.at(i), Number(distinct[i])));
  return leaves;
}

function counted(patterns: Int32Array, bits: number): LeafPatterns {
  const times = 2 ** bits <= 8 * patterns.length ? byPlace(patterns, bits) : byKey(patterns);
  const found = Int32Array.from(times.keys());
  const shares = Float64Array.from(times.values(), (each) => each / patterns.length);
  const cost = found.reduce((sum, pattern) => sum + 6 * 2 ** bitCount(pattern), 0);
  return { patterns: found, shares, cost };
}

function byPlace(patterns: Int32Array, bits: number): Map<number, number> {
  const times = new Int32Array(2 ** bits);
  for (const pattern of patterns) times[pattern] = Number(times[pattern]) + 1;
  const found = new Map<number, number>();
  times.forEach((each, pattern) => {
    if (each > 0) found.set(pattern, each);
  });
  return found;
}

function byKey(patterns: Int32Array): Map<number, number> {
  const found = new Map<number, number>();
  for (const pattern of patterns) found.set(pattern, (found.get(pattern) ?? 0) + 1);
  return found;
}

import type { CompiledTrees } from "./compile-trees";
import { mostBits, planGroups } from "./group-plan";
import { addByPatterns, bitCount, type LeafSums } from "./leaf-patterns";
import { PatternTables } from "./pattern-tables";
import { PairWalk } from "./pair-walk";
import type { OutputTransform } from "./output-transform";
import { codesByRow, type RowBlock } from "./row-block";
import { narrowPatterns, TablePass } from "./table-pass";

/** The rows that missing columns are drawn from. */
export interface Background {
  count: number;
  /** columns × count. */
  codes: Int32Array;
  /** count × k. */
  margins: Float64Array;
}

/** Scales the margin's values of a pair of rows to those of the output. */
export interface PairScale {
  transform: OutputTransform;
  labels: ArrayLike<number> | null;
  /** n × k, of the rows explained. */
  margins: Float64Array;
}

/** What a node costs that two rows come to, in the units of `planGroups`. */
const pairNode = 9;

/** Adds interventional values to a block of rows: by tables of patterns where rows are many, else pair by pair. */
export function explainByBackground(
  trees: CompiledTrees,
  block: RowBlock,
  background: Background,
): void {
  const { count, forPairs } = block;
  const pass = new TablePass(trees, block);
  const byPairs: number[] = [];
  for (let tree = 0; tree + 1 < trees.starts.length; tree++) {
    const leaves = leafPatterns(trees, tree, background);
    if (leaves === null) {
      byPairs.push(tree);
      continue;
    }
    const width = Number(trees.treeOutputs[tree]?.length);
    const { steps, cost } = planGroups(trees, tree, {
      rows: count,
      columnsOf: (players) => width * (forPairs ? (players * (players - 1)) / 2 : players),
      leafCost: (leaf) => leaves.get(leaf)?.cost ?? 0,
      walkable: false,
    });
    if (cost > pairsCost(trees, tree, count, background.count)) byPairs.push(tree);
    else {
      const fill = (leaf: number, sums: LeafSums) => {
        const found = leaves.get(leaf);
        if (found !== undefined)
          addByPatterns(sums, Number(trees.distinct[leaf]), found.patterns, found.shares);
      };
      pass.run(tree, steps, new PatternTables(trees, fill, forPairs), () => undefined);
    }
  }
  if (byPairs.length > 0) explainByPairs(trees, byPairs, block, background, null);
}

function pairsCost(trees: CompiledTrees, tree: number, rows: number, others: number): number {
  const { starts, column, level } = trees;
  let deep = 0;
  let leaves = 0;
  for (let i = Number(starts[tree]); i < Number(starts[tree + 1]); i++)
    if (Number(column[i]) < 0) {
      deep += Number(level[i]);
      leaves++;
    }
  return rows * others * pairNode * 2 * (deep / leaves);
}

interface LeafPatterns {
  patterns: Int32Array;
  /** Of the background's rows, those with each pattern. */
  shares: Float64Array;
  /** Of filling the leaf's sums. */
  cost: number;
}

/** By leaf, which conditions the rows of a background keep; null where a way has too many players. */
function leafPatterns(
  trees: CompiledTrees,
  tree: number,
  { codes, count }: Background,
): Map<number, LeafPatterns> | null {
  const { starts, distinct, level, column } = trees;
  const [first, last] = [Number(starts[tree]), Number(starts[tree + 1])];
  let deepest = 0;
  for (let i = first; i < last; i++) {
    if (Number(distinct[i]) > mostBits) return null;
    deepest = Math.max(deepest, Number(level[i]));
  }
  const patterns = Array.from({ length: deepest + 1 }, () => new Int32Array(count));
  const leaves = new Map<number, LeafPatterns>();
  for (let i = first; i < last; i++) {
    const depth = Number(level[i]);
    const own = patterns[depth] as Int32Array;
    if (depth > 0) narrowPatterns(trees, i, codes, count, patterns[depth - 1] as Int32Array, own);
    if (Number(column[i]) < 0) leaves.set(i, counted(own));
  }
  return leaves;
}

function counted(patterns: Int32Array): LeafPatterns {
  const sorted = patterns.slice().sort();
  const found: number[] = [];
  const shares: number[] = [];
  let cost = 0;
  for (const pattern of sorted) {
    if (found.at(-1) !== pattern) {
      found.push(pattern);
      shares.push(0);
      cost += 6 * 2 ** bitCount(pattern);
    }
    shares[shares.length - 1] = Number(shares.at(-1)) + 1 / patterns.length;
  }
  return { patterns: Int32Array.from(found), shares: Float64Array.from(shares), cost };
}

/** Adds interventional values pair by pair with the rows of the background, scaled to an output of the margin. */
export function explainByPairs(
  trees: CompiledTrees,
  wanted: readonly number[],
  { codes, count, values, forPairs }: RowBlock,
  background: Background,
  scale: PairScale | null,
): void {
  const { players, outputs, starts, treeOutputs, treeWeights } = trees;
  const walk = new PairWalk(trees);
  const own = codesByRow(codes, count);
  const others = codesByRow(background.codes, background.count);
  const size = players * (forPairs ? players : 1);
  const part = new Float64Array(outputs * size);
  const unused = new Float64Array(players);
  const each = wanted.flatMap((tree) =>
    Array.from(treeOutputs[tree] ?? [], (output, offset, here = treeOutputs[tree]) => ({
      first: Number(starts[tree]),
      stride: Number(here?.length),
      of: treeWeights[tree] ?? part,
      offset,
      target: part.subarray(output * size, (output + 1) * size),
    })),
  );
  for (let row = 0; row < count; row++)
    for (let other = 0; other < background.count; other++) {
      part.fill(0);
      for (const weights of each) {
        const { target } = weights;
        const from = weights.first;
        if (forPairs) walk.walk(own(row), others(other), from, weights, unused, target);
        else walk.walk(own(row), others(other), from, weights, target, null);
      }
      for (let output = 0; output < outputs; output++) {
        const factor =
          (scale === null ? 1 : factorOf(scale, background, row, other, output, outputs)) /
          background.count;
        const from = output * size;
        const to = (row * outputs + output) * size;
        for (let i = 0; i < size; i++)
          values[to + i] = Number(values[to + i]) + factor * Number(part[from + i]);
      }
    }
}

/** What the output differs between the two rows for a unit of margin; the slope where their margins are equal. */
function factorOf(
  { transform, labels, margins }: PairScale,
  background: Background,
  row: number,
  other: number,
  output: number,
  outputs: number,
): number {
  const margin = Number(margins[row * outputs + output]);
  const against = Number(background.margins[other * outputs + output]);
  const label = labels?.[row] ?? 0;
  return margin === against
    ? transform.slope(margin, label)
    : (transform.at(margin, label) - transform.at(against, label)) / (margin - against);
}

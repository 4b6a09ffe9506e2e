import type { CompiledTrees } from "./compile-trees";
import { planGroups } from "./group-plan";
import { addByShares } from "./leaf-patterns";
import { PatternTables, type FillLeaf } from "./pattern-tables";
import { QuadratureWalk } from "./quadrature-walk";
import { codesByRow, type RowBlock } from "./row-block";
import { TablePass } from "./table-pass";

/** For fewer rows than these, planning takes longer than walking. */
const fewRows = 8;

/** Adds path-dependent values to a block of rows: by tables of patterns where rows are many, else row by row. */
export function explainByCovers(trees: CompiledTrees, block: RowBlock): void {
  const { count, codes, forPairs } = block;
  const own = codesByRow(codes, count);
  const walker = new QuadratureWalk(trees);
  const pass = new TablePass(trees, block);
  const tables = new PatternTables(trees, fillByShares(trees), forPairs);
  for (let tree = 0; tree + 1 < trees.starts.length; tree++) {
    const first = Number(trees.starts[tree]);
    const walk = (top: number) => {
      walkRows(trees, tree, top, block, own, walker);
    };
    if (count < fewRows) walk(first);
    else {
      const width = Number(trees.treeOutputs[tree]?.length);
      const { steps } = planGroups(trees, tree, {
        rows: count,
        columnsOf: (players) => width * (forPairs ? (players * (players - 1)) / 2 : players),
        leafCost: (leaf) => leafCost(Number(trees.distinct[leaf])),
        walkable: true,
      });
      pass.run(tree, steps, tables, walk);
    }
  }
}

function leafCost(players: number): number {
  return 4 * 2 ** players * Math.ceil(players / 2);
}

function fillByShares({ parent, share, slot, distinct }: CompiledTrees): FillLeaf {
  return (leaf, sums) => {
    const shares = new Float64Array(Number(distinct[leaf])).fill(-1);
    // The newest condition of each player holds its older ones.
    for (let i = leaf; Number(parent[i]) >= 0; i = Number(parent[i]))
      if (Number(shares[Number(slot[i])]) < 0) shares[Number(slot[i])] = Number(share[i]);
    addByShares(sums, shares);
  };
}

function walkRows(
  trees: CompiledTrees,
  tree: number,
  top: number,
  { count, values, forPairs }: RowBlock,
  own: (row: number) => Int32Array,
  walker: QuadratureWalk,
): void {
  const { players, outputs, starts, treeOutputs, treeWeights, parent, end, distinct } = trees;
  const here = treeOutputs[tree] ?? new Int32Array(0);
  const of = treeWeights[tree] ?? new Float64Array(0);
  const way: number[] = [];
  for (let i = Number(parent[top]); i >= 0; i = Number(parent[i])) way.unshift(i);
  let most = 0;
  for (let i = top; i < Number(end[top]); i++) most = Math.max(most, Number(distinct[i]));
  walker.setPlayers(most);
  const size = players * (forPairs ? players : 1);
  const unused = new Float64Array(players);
  here.forEach((output, offset) => {
    const weights = { of, first: Number(starts[tree]), stride: here.length, offset };
    for (let row = 0; row < count; row++) {
      const cell = (row * outputs + output) * size;
      const target = values.subarray(cell, cell + size);
      walker.walk(
        own(row),
        top,
        way,
        weights,
        forPairs ? unused : target,
        forPairs ? target : null,
      );
    }
  });
}

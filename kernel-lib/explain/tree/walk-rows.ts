import type { CompiledTrees } from "./compile-trees";
import type { QuadratureWalk } from "./quadrature-walk";
import type { RowBlock } from "./row-block";

/** Adds path-dependent values to a block of rows, by walking the subtree at `top` row by row. */
export function walkRows(
  trees: CompiledTrees,
  tree: number,
  top: number,
  { count, values, forPairs }: RowBlock,
  own: (row: number) => Int32Array,
  walker: QuadratureWalk,
): void {
  const { players, outputs, starts, treeOutputs, treeWeights, parent, end, distinct, mostByTree } =
    trees;
  const here = treeOutputs[tree] ?? new Int32Array(0);
  const of = treeWeights[tree] ?? new Float64Array(0);
  const way: number[] = [];
  for (let i = Number(parent[top]); i >= 0; i = Number(parent[i])) way.unshift(i);
  let most = way.length === 0 ? Number(mostByTree[tree]) : 0;
  if (way.length > 0)
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

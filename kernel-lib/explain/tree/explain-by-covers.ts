import type { CompiledTrees } from "./compile-trees";
import { QuadratureWalk } from "./quadrature-walk";

/** Adds the path-dependent values of `count` rows, of which `codes` holds what the trees ask (columns × count). */
export function explainByCovers(
  trees: CompiledTrees,
  codes: Int32Array,
  count: number,
  values: Float64Array,
  pairs: Float64Array | null,
): void {
  const { players, outputs, starts, treeOutputs, treeWeights, distinct } = trees;
  const walk = new QuadratureWalk(trees);
  const own = new Int32Array(codes.length / Math.max(1, count));
  treeOutputs.forEach((here, tree) => {
    const first = Number(starts[tree]);
    const of = treeWeights[tree] ?? new Float64Array(0);
    let most = 0;
    for (let i = first; i < Number(starts[tree + 1]); i++)
      most = Math.max(most, Number(distinct[i]));
    walk.setPlayers(most);
    for (let row = 0; row < count; row++) {
      for (let c = 0; c < own.length; c++) own[c] = Number(codes[c * count + row]);
      here.forEach((output, offset) => {
        const cell = (row * outputs + output) * players;
        walk.walk(
          own,
          first,
          [],
          { of, first, stride: here.length, offset },
          values.subarray(cell, cell + players),
          pairs?.subarray(cell * players, (cell + players) * players) ?? null,
        );
      });
    }
  });
}

import { AssayerError } from "../../errors";
import type { TreeEnsemble } from "../tree-ensemble";
import { keepsCondition } from "./keeps-condition";
import { requireRows } from "./predict-ensemble";

/**
 * The same trees with covers counted from data: how many of the rows come to each node. For files that hold none.
 *
 * @param background its rows: count × features, row-major
 * @throws AssayerError "empty-sample" for no rows, "invalid-argument" for rows of another width
 */
export function ensembleCovers(
  ensemble: TreeEnsemble,
  background: { rows: Float64Array; count: number },
): TreeEnsemble {
  const { rows, count } = background;
  requireRows("ensembleCovers", "background rows", ensemble, rows, count);
  if (count === 0)
    throw new AssayerError("empty-sample", "ensembleCovers requires a background row; got 0");
  const { feature, features, yes, no } = ensemble;
  const cover = new Float64Array(feature.length);
  for (let row = 0; row < count; row++)
    for (const root of ensemble.roots) {
      let node = root;
      for (;;) {
        cover[node] = Number(cover[node]) + 1;
        const asked = Number(feature[node]);
        if (asked < 0) break;
        const value = Number(rows[row * features + asked]);
        node = Number((keepsCondition(ensemble, node, value) ? yes : no)[node]);
      }
    }
  return { ...ensemble, cover };
}

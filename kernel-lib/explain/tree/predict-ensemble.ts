import { AssayerError } from "../../errors";
import type { TreeEnsemble } from "../tree-ensemble";
import { keepsCondition } from "./keeps-condition";

/**
 * Raw outputs of an ensemble of trees: base values and the weights of the leaves that each row falls into, summed in
 * double precision. The reference that everything else about trees is held to.
 *
 * @param rows n × features, row-major
 * @returns n × outputs, row-major, before any post transform
 * @throws AssayerError "invalid-argument" for rows of another length than n × features
 */
export function predictEnsemble(
  ensemble: TreeEnsemble,
  rows: Float64Array,
  n: number,
): Float64Array {
  const { features, baseValues, leafStart, leafOutput, leafWeight } = ensemble;
  requireRows("predictEnsemble", "rows", ensemble, rows, n);
  const outputs = baseValues.length;
  const predictions = new Float64Array(n * outputs);
  for (let row = 0; row < n; row++) {
    const values = rows.subarray(row * features, (row + 1) * features);
    const sums = predictions.subarray(row * outputs, (row + 1) * outputs);
    sums.set(baseValues);
    for (const root of ensemble.roots) {
      const leaf = leafOf(ensemble, root, values);
      const end = Number(leafStart[leaf + 1]);
      for (let i = Number(leafStart[leaf]); i < end; i++) {
        const output = Number(leafOutput[i]);
        sums[output] = Number(sums[output]) + Number(leafWeight[i]);
      }
    }
  }
  return predictions;
}

function leafOf(ensemble: TreeEnsemble, root: number, values: Float64Array): number {
  const { feature, yes, no } = ensemble;
  let node = root;
  for (;;) {
    const asked = Number(feature[node]);
    if (asked < 0) return node;
    node = Number((keepsCondition(ensemble, node, Number(values[asked])) ? yes : no)[node]);
  }
}

/** Refuses rows that are not `count` × features. */
export function requireRows(
  caller: string,
  what: string,
  { features }: TreeEnsemble,
  rows: Float64Array,
  count: number,
): void {
  if (!Number.isInteger(count) || count < 0 || rows.length !== count * features)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires ${what} of ${features} features each; got ${rows.length} values for ${count} rows`,
    );
}

import type { TreeEnsemble } from "../tree-ensemble";

/**
 * What all the nodes of an ensemble ask of a row, as few columns of small whole numbers: a node's condition is then
 * `code < cut`, whatever its branch mode, and costs no branch. Nodes that compare one feature with different thresholds
 * share a column; each set of members, and each value that is asked for by equality, has a column of its own.
 */
export interface QuestionColumns {
  /** By node of the ensemble, the column it reads, -1 at a leaf. */
  column: Int32Array;
  /** By node, what the code must be below to go to `yes`, or to `no` where the mode is swapped. */
  cut: Int32Array;
  columns: readonly QuestionColumn[];
}

interface QuestionColumn {
  feature: number;
  /** A missing value keeps every condition of the column, or none. */
  missingKept: boolean;
  /** Rising; a value's code is the number of bounds that it does not keep. Null for a set. */
  bounds: { value: Float64Array; open: Uint8Array } | null;
  /** Values whose code is 0; all others have 1. */
  members: ReadonlySet<number> | null;
}

/** Above every cut of a threshold but the one that all numbers keep. */
const never = 0x3fffffff;

/** Whether a node of a branch mode is asked the other way round: ≥ as <, > as ≤, ≠ as =. */
export function isSwapped(mode: number | undefined): boolean {
  return mode === 2 || mode === 3 || mode === 5;
}

/** Gathers the conditions of the nodes that `reached` lists. */
export function questionColumns(ensemble: TreeEnsemble, reached: Int32Array): QuestionColumns {
  const { feature, mode, missingYes, threshold, members } = ensemble;
  const column = new Int32Array(feature.length).fill(-1);
  const cut = new Int32Array(feature.length);
  const asked = new Map<
    string,
    { nodes: number[]; missingKept: boolean; set: Float64Array | null }
  >();
  for (const node of reached) {
    const own = Number(feature[node]);
    if (own < 0) continue;
    const how = Number(mode[node]);
    const missing = missingYes[node] === 1;
    const missingKept = how === 5 ? false : isSwapped(how) ? !missing : missing;
    const value = Number(threshold[node]);
    const set =
      how < 4
        ? null
        : how === 6
          ? (members.get(node) ?? new Float64Array(0))
          : Float64Array.of(value);
    const key = `${own} ${missingKept} ${set === null ? "" : `in ${set.join()}`}`;
    let column = asked.get(key);
    if (column === undefined) asked.set(key, (column = { nodes: [], missingKept, set }));
    column.nodes.push(node);
  }
  const columns = [...asked.values()].map(({ nodes, missingKept, set }, index): QuestionColumn => {
    for (const node of nodes) column[node] = index;
    const own = Number(feature[Number(nodes[0])]);
    if (set === null)
      return {
        feature: own,
        missingKept,
        bounds: orderedBounds(ensemble, nodes, cut),
        members: null,
      };
    for (const node of nodes) cut[node] = 1;
    return { feature: own, missingKept, bounds: null, members: new Set(set) };
  });
  return { column, cut, columns };
}

/** The distinct bounds of a column, and the cut of each of its nodes. `<` and `≥` make open bounds: t itself is out. */
function orderedBounds({ threshold, mode }: TreeEnsemble, nodes: number[], cut: Int32Array) {
  const isOpen = (node: number) => mode[node] === 1 || mode[node] === 2;
  const at = (node: number) => Number(threshold[node]);
  const sorted = nodes
    .filter((node) => !Number.isNaN(at(node)))
    .sort((a, b) => at(a) - at(b) || Number(isOpen(b)) - Number(isOpen(a)));
  const value: number[] = [];
  const open: number[] = [];
  for (const node of sorted) {
    const own = Number(isOpen(node));
    if (value.at(-1) !== at(node) || open.at(-1) !== own) {
      value.push(at(node));
      open.push(own);
    }
    cut[node] = value.length;
  }
  // No number keeps a comparison with NaN; where it is asked the other way round, every number does.
  for (const node of nodes)
    if (Number.isNaN(at(node))) cut[node] = mode[node] === 2 || mode[node] === 3 ? never : 0;
  return { value: Float64Array.from(value), open: Uint8Array.from(open) };
}

/**
 * Codes of rows, column by column.
 *
 * @param rows n × features, row-major
 * @returns columns × n
 */
export function codeRows(
  { columns }: QuestionColumns,
  rows: Float64Array,
  n: number,
  features: number,
): Int32Array {
  const codes = new Int32Array(columns.length * n);
  columns.forEach(({ feature, missingKept, bounds, members }, index) => {
    for (let row = 0; row < n; row++) {
      const value = Number(rows[row * features + feature]);
      codes[index * n + row] =
        value !== value
          ? missingKept
            ? -1
            : never
          : bounds === null
            ? Number(members?.has(value) !== true)
            : codeOf(bounds.value, bounds.open, value);
    }
  });
  return codes;
}

/** The number of bounds that a value does not keep. */
function codeOf(bound: Float64Array, open: Uint8Array, value: number): number {
  let low = 0;
  let high = bound.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const edge = Number(bound[middle]);
    if (value < edge || (value === edge && open[middle] === 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

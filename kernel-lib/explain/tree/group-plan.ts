import type { CompiledTrees } from "./compile-trees";

/** How a subtree's leaves are explained: child by child, by one table of patterns, or by walking it row by row. */
export const step = { split: 0, table: 1, walk: 2 } as const;

/** What work costs, in nanoseconds of one core; only their ratios matter. */
const cost = {
  /** Rows' patterns at both children of a node, and in a group, up to three answers put behind each other. */
  split: 3,
  answers: 2.5,
  /** A row's value read from a table's column and added, by the bits of its patterns. */
  read: (bits: number) => 1 + (bits > 11 ? 0.15 * 1.7 ** (bits - 11) : 0),
  /** A cell of a table's column. */
  cell: 1.3,
  /** An edge walked, and a node of its quadrature rule. */
  edge: 12,
  node: 5,
};

/** Patterns with more bits than this are not tabled. */
export const mostBits = 16;

/** What a plan is made for. */
export interface GroupWork {
  rows: number;
  /** Columns of a table about so many players. */
  columnsOf: (players: number) => number;
  /** Of filling the sums of a leaf, in nanoseconds. */
  leafCost: (leaf: number) => number;
  /** Whether a subtree may be walked row by row. */
  walkable: boolean;
}

/**
 * Chooses for each subtree of a tree what is cheapest, from the leaves up.
 *
 * @returns by position less that of the root, one of `step`; and what all costs, infinite where nothing is possible
 */
export function planGroups(
  trees: CompiledTrees,
  tree: number,
  { rows, columnsOf, leafCost, walkable }: GroupWork,
): { steps: Uint8Array; cost: number } {
  const { starts, column, second, distinct, player, older, level, end } = trees;
  const first = Number(starts[tree]);
  const size = Number(starts[tree + 1]) - first;
  const steps = new Uint8Array(size);
  const inner = new Int32Array(size);
  const build = new Float64Array(size);
  const best = new Float64Array(size);
  const most = new Int32Array(size);
  for (let at = size - 1; at >= 0; at--) {
    const i = first + at;
    const own = Number(distinct[i]);
    const isLeaf = Number(column[i]) < 0;
    const yes = at + 1;
    const no = Number(second[i]) - first;
    inner[at] = isLeaf ? 0 : 1 + Number(inner[yes]) + Number(inner[no]);
    most[at] = isLeaf ? own : Math.max(Number(most[yes]), Number(most[no]));
    const split = isLeaf ? Infinity : rows * cost.split + Number(best[yes]) + Number(best[no]);
    const bits = own + Number(inner[at]);
    let table = Infinity;
    build[at] = Infinity;
    if (bits <= mostBits) {
      const cells = 2 ** bits;
      build[at] = isLeaf
        ? leafCost(i) + cells * columnsOf(own) * cost.cell
        : Number(build[yes]) +
          Number(build[no]) +
          cells *
            cost.cell *
            (2 + columnsOf(playersBelow(i + 1)) + columnsOf(playersBelow(first + no)));
      table =
        Number(build[at]) +
        rows *
          (Math.ceil(Number(inner[at]) / 3) * cost.answers +
            columnsOf(playersBelow(i)) * cost.read(bits));
    }
    const edges = Number(level[i]) + Number(end[i]) - i - 1;
    const walk = walkable
      ? rows * edges * (cost.edge + cost.node * Math.max(1, Math.ceil(Number(most[at]) / 2)))
      : Infinity;
    const least = Math.min(split, table, walk);
    best[at] = least;
    steps[at] = least === split ? step.split : least === table ? step.table : step.walk;
  }
  return { steps, cost: Number(best[0]) };

  /** Players on the way to a position and below it. */
  function playersBelow(i: number): number {
    let count = Number(distinct[i]);
    if (Number(column[i]) < 0) return count;
    const seen = new Set<number>();
    for (let j = i + 1; j < Number(end[i]); j++) {
      // New below i, unless an older condition lies below i too.
      let before = Number(older[j]);
      while (before > i) before = Number(older[before]);
      if (before < 0) seen.add(Number(player[j]));
    }
    count += seen.size;
    return count;
  }
}

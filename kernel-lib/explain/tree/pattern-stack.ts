import type { CompiledTrees } from "./compile-trees";

/**
 * Patterns of all rows at once, on the way down a tree: at each position the bits of the players on the way whose
 * conditions a row keeps, by slot. Holds those of the two children of each node on the current way.
 */
export class PatternStack {
  private readonly first: (Int32Array | undefined)[] = [];
  private readonly second: (Int32Array | undefined)[] = [];
  private readonly root: Int32Array;

  /** @param codes columns × count */
  constructor(
    private readonly trees: CompiledTrees,
    private readonly codes: Int32Array,
    private readonly count: number,
  ) {
    this.root = new Int32Array(count);
  }

  /** Patterns at a position whose parent was split last on its level. */
  at(i: number): Int32Array {
    const { level, parent } = this.trees;
    const depth = Number(level[i]);
    const side = i === Number(parent[i]) + 1 ? this.first : this.second;
    return depth === 0 ? this.root : (side[depth] as Int32Array);
  }

  /** Finds the patterns of a node's children. */
  split(i: number): void {
    const { level, column, cut, older, slot } = this.trees;
    const { count } = this;
    const from = this.at(i);
    const depth = Number(level[i]) + 1;
    const yes = (this.first[depth] ??= new Int32Array(count));
    const no = (this.second[depth] ??= new Int32Array(count));
    const start = Number(column[i]) * count;
    const codes = this.codes.subarray(start, start + count);
    const bound = Number(cut[i]);
    const place = Number(slot[i + 1]);
    if (Number(older[i + 1]) < 0) addPlayer(from, codes, bound, place, yes, no);
    else narrowPlayer(from, codes, bound, place, yes, no);
  }
}

/** Where a player has its first condition, its bit tells who keeps it. */
function addPlayer(
  from: Int32Array,
  codes: Int32Array,
  bound: number,
  place: number,
  yes: Int32Array,
  no: Int32Array,
): void {
  const own = 1 << place;
  for (let r = 0; r < from.length; r++) {
    const before = Number(from[r]);
    const bit = ((Number(codes[r]) - bound) >>> 31) << place;
    yes[r] = before | bit;
    no[r] = before | (bit ^ own);
  }
}

/** Where it has conditions already, its bit stays only for those who keep this one too. */
function narrowPlayer(
  from: Int32Array,
  codes: Int32Array,
  bound: number,
  place: number,
  yes: Int32Array,
  no: Int32Array,
): void {
  const others = ~(1 << place);
  for (let r = 0; r < from.length; r++) {
    const before = Number(from[r]);
    const bit = ((Number(codes[r]) - bound) >>> 31) << place;
    yes[r] = before & (others | bit);
    no[r] = before & ~bit;
  }
}

import type { CompiledTrees } from "./compile-trees";
import { step } from "./group-plan";
import { addRead, type PatternTables } from "./pattern-tables";
import type { RowBlock } from "./row-block";

/**
 * Takes a block of rows down a tree all together, column by column: at each node the pattern of the players on the
 * way, for every row, and at each group the reads from its table.
 */
export class TablePass {
  private readonly patterns: (Int32Array | undefined)[] = [];
  private readonly answers: Int32Array;

  constructor(
    private readonly trees: CompiledTrees,
    private readonly block: RowBlock,
  ) {
    this.answers = new Int32Array(block.count);
  }

  /**
   * @param steps how each subtree is explained, by position less that of the root
   * @param walk explains a subtree that is walked row by row
   */
  run(tree: number, steps: Uint8Array, tables: PatternTables, walk: (top: number) => void): void {
    const { starts, level, end } = this.trees;
    const { codes, count, sums } = this.block;
    const first = Number(starts[tree]);
    const last = Number(starts[tree + 1]);
    for (let i = first; i < last;) {
      const how = steps[i - first];
      if (how === step.walk) {
        walk(i);
        i = Number(end[i]);
        continue;
      }
      const depth = Number(level[i]);
      const own = (this.patterns[depth] ??= new Int32Array(count));
      const above = this.patterns[depth - 1];
      if (above === undefined) own.fill(0);
      else narrowPatterns(this.trees, i, codes, count, above, own);
      if (how === step.split) {
        i++;
        continue;
      }
      const { targets, columns } = tables.of(tree, i);
      const at = this.answered(i, own);
      targets.forEach((target, index) => {
        const to = (sums[target] ??= new Float64Array(count));
        addRead(to, columns[index] as Float64Array, at, count);
      });
      i = Number(end[i]);
    }
  }

  /** Patterns of a group: those of the way, and the answers of its nodes. */
  private answered(top: number, own: Int32Array): Int32Array {
    const { column, cut, distinct, end } = this.trees;
    const { answers } = this;
    const { codes, count } = this.block;
    let place = Number(distinct[top]);
    let from = own;
    for (let i = top; i < Number(end[top]); i++) {
      if (Number(column[i]) < 0) continue;
      const start = Number(column[i]) * count;
      const bound = Number(cut[i]);
      addAnswers(answers, from, codes, start, bound, place, count);
      from = answers;
      place++;
    }
    return from;
  }
}

/** Patterns at a position from those at its parent: bits of the players on the way whose conditions a row keeps. */
export function narrowPatterns(
  { parent, column, cut, older, slot }: CompiledTrees,
  i: number,
  codes: Int32Array,
  count: number,
  from: Int32Array,
  to: Int32Array,
): void {
  const above = Number(parent[i]);
  const start = Number(column[above]) * count;
  const bound = Number(cut[above]);
  const place = Number(slot[i]);
  const flip = i === above + 1 ? 0 : 1;
  if (Number(older[i]) < 0)
    for (let r = 0; r < count; r++)
      to[r] = Number(from[r]) | ((((Number(codes[start + r]) - bound) >>> 31) ^ flip) << place);
  else
    for (let r = 0; r < count; r++)
      to[r] =
        Number(from[r]) & ~((((Number(codes[start + r]) - bound) >>> 31) ^ flip ^ 1) << place);
}

function addAnswers(
  to: Int32Array,
  from: Int32Array,
  codes: Int32Array,
  start: number,
  bound: number,
  place: number,
  count: number,
): void {
  for (let r = 0; r < count; r++)
    to[r] = Number(from[r]) | (((Number(codes[start + r]) - bound) >>> 31) << place);
}

import type { CompiledTrees } from "./compile-trees";
import { step } from "./group-plan";
import { PatternStack } from "./pattern-stack";
import { addRead, type PatternTables } from "./pattern-tables";
import type { RowBlock } from "./row-block";

/**
 * Takes a block of rows down a tree all together, column by column: at each node the pattern of the players on the
 * way, for every row, and at each group the reads from its table.
 */
export class TablePass {
  private readonly patterns: PatternStack;
  private readonly answers: Int32Array;

  constructor(
    private readonly trees: CompiledTrees,
    private readonly block: RowBlock,
  ) {
    this.patterns = new PatternStack(trees, block.codes, block.count);
    this.answers = new Int32Array(block.count);
  }

  /**
   * @param steps how each subtree is explained, by position less that of the root
   * @param walk explains a subtree that is walked row by row
   */
  run(tree: number, steps: Uint8Array, tables: PatternTables, walk: (top: number) => void): void {
    const { starts, end } = this.trees;
    const { count, sums } = this.block;
    const first = Number(starts[tree]);
    const last = Number(starts[tree + 1]);
    for (let i = first; i < last;) {
      const how = steps[i - first];
      if (how === step.split) {
        this.patterns.split(i);
        i++;
        continue;
      }
      if (how === step.walk) walk(i);
      else {
        const { targets, columns } = tables.of(tree, i);
        const at = this.answered(i);
        targets.forEach((target, index) => {
          const to = (sums[target] ??= new Float64Array(count));
          addRead(to, columns[index] as Float64Array, at, count);
        });
      }
      i = Number(end[i]);
    }
  }

  /** Patterns of a group: those of the way to it, and the answers of its nodes. */
  private answered(top: number): Int32Array {
    const { column, cut, distinct, end } = this.trees;
    const { codes, count } = this.block;
    const nodes: number[] = [];
    for (let i = top; i < Number(end[top]); i++) if (Number(column[i]) >= 0) nodes.push(i);
    let from = this.patterns.at(top);
    const question = (i: number | undefined) => {
      const start = i === undefined ? 0 : Number(column[i]) * count;
      const bound = i === undefined ? noAnswer : Number(cut[i]);
      return { codes: codes.subarray(start, start + count), bound };
    };
    for (let n = 0; n < nodes.length; n += 3) {
      const three = [question(nodes[n]), question(nodes[n + 1]), question(nodes[n + 2])] as const;
      addAnswers(this.answers, from, three, Number(distinct[top]) + n);
      from = this.answers;
    }
    return from;
  }
}

/** A bound that no code is below. */
const noAnswer = -1;

interface Question {
  codes: Int32Array;
  bound: number;
}

function addAnswers(
  to: Int32Array,
  from: Int32Array,
  [one, two, three]: readonly [Question, Question, Question],
  place: number,
): void {
  const [a, b, c] = [one.codes, two.codes, three.codes];
  const [aBound, bBound, cBound] = [one.bound, two.bound, three.bound];
  for (let r = 0; r < to.length; r++)
    to[r] =
      Number(from[r]) |
      ((((Number(a[r]) - aBound) >>> 31) |
        (((Number(b[r]) - bBound) >>> 31) << 1) |
        (((Number(c[r]) - cBound) >>> 31) << 2)) <<
        place);
}

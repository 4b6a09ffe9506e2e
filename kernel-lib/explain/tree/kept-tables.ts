import type { CompiledTrees } from "./compile-trees";
import { planGroups, step } from "./group-plan";
import type { LeafSource } from "./leaf-source";
import { PatternTables } from "./pattern-tables";
import { codesByRow, type RowBlock } from "./row-block";

/** Most numbers that are kept. */
const mostCells = 1 << 24;
/** Rows that tables are planned for: enough for groups of a few leaves. */
const plannedRows = 2000;

/** A group of leaves: what its nodes ask, and its table, pattern by pattern. */
interface KeptGroup {
  top: number;
  /** First position behind the group. */
  end: number;
  /** Column and cut of each of its nodes. */
  questions: readonly number[];
  targets: readonly number[];
  /** 2^bits × targets. */
  cells: Float64Array;
}

/** All tables of an ensemble at once, so that a row costs some reads and nothing else. */
export class KeptTables {
  private readonly patterns: Int32Array;

  /**
   * The groups one after the other, each as its top, its end, the numbers of its questions and targets, its first cell,
   * then the column and cut of each question, and the targets: a row reads them in a stream.
   */
  private readonly program: Int32Array;
  private readonly cells: Float64Array;

  private constructor(
    private readonly trees: CompiledTrees,
    groups: readonly KeptGroup[],
    /** By position, 1 at nodes above the groups. */
    private readonly above: Uint8Array,
  ) {
    this.patterns = new Int32Array(trees.deepest + 1);
    this.cells = new Float64Array(groups.reduce((sum, { cells }) => sum + cells.length, 0));
    const program: number[] = [];
    let first = 0;
    for (const { top, end, questions, targets, cells } of groups) {
      program.push(top, end, questions.length / 2, targets.length, first, ...questions, ...targets);
      this.cells.set(cells, first);
      first += cells.length;
    }
    this.program = Int32Array.from(program);
  }

  /** Null where they would take too much memory. */
  static of(trees: CompiledTrees, source: LeafSource): KeptTables | null {
    if (leafCells(trees) > 4 * mostCells) return null;
    const groups: KeptGroup[] = [];
    const above = new Uint8Array(trees.level.length);
    let cells = 0;
    for (let tree = 0; tree + 1 < trees.starts.length; tree++) {
      const leaves = source(tree);
      if (leaves === null) return null;
      const width = Number(trees.treeOutputs[tree]?.length);
      const { steps, cost } = planGroups(trees, tree, {
        rows: plannedRows,
        columnsOf: (players) => width * players,
        leafCost: leaves.cost,
        walkable: false,
      });
      if (cost === Infinity) return null;
      const tables = new PatternTables(trees, leaves.fill, false);
      const first = Number(trees.starts[tree]);
      for (let i = first; i < Number(trees.starts[tree + 1]);) {
        if (steps[i - first] === step.split) {
          above[i] = 1;
          i++;
          continue;
        }
        const group = keptGroup(trees, tree, i, tables);
        cells += group.cells.length;
        if (cells > mostCells) return null;
        groups.push(group);
        i = group.end;
      }
    }
    return new KeptTables(trees, groups, above);
  }

  /** Adds values to a block of few rows. */
  explain({ codes, count, values }: RowBlock): void {
    const targets = count === 0 ? 0 : values.length / count;
    const own = codesByRow(codes, count);
    for (let row = 0; row < count; row++)
      this.explainRow(own(row), values.subarray(row * targets, (row + 1) * targets));
  }

  private explainRow(codes: Int32Array, values: Float64Array): void {
    const { distinct } = this.trees;
    const { above, program, cells } = this;
    let i = 0;
    for (let at = 0; at < program.length;) {
      const top = Number(program[at]);
      for (; i < top; i++) if (above[i] === 1) this.narrow(i, codes);
      let pattern = this.narrow(top, codes);
      let place = Number(distinct[top]);
      const questions = at + 5 + 2 * Number(program[at + 2]);
      const width = Number(program[at + 3]);
      for (let q = at + 5; q < questions; q += 2, place++)
        pattern |= ((Number(codes[Number(program[q])]) - Number(program[q + 1])) >>> 31) << place;
      const from = Number(program[at + 4]) + pattern * width;
      for (let t = 0; t < width; t++) {
        const target = Number(program[questions + t]);
        values[target] = Number(values[target]) + Number(cells[from + t]);
      }
      i = Number(program[at + 1]);
      at = questions + width;
    }
  }

  /** The pattern at a position, from that at its parent. */
  private narrow(i: number, codes: Int32Array): number {
    const { parent, level, column, cut, older, slot } = this.trees;
    const { patterns } = this;
    const above = Number(parent[i]);
    const depth = Number(level[i]);
    if (above < 0) return (patterns[depth] = 0);
    const before = Number(patterns[depth - 1]);
    const first = (Number(codes[Number(column[above])]) - Number(cut[above])) >>> 31;
    const keeps = i === above + 1 ? first : 1 - first;
    const place = Number(slot[i]);
    return (patterns[depth] =
      Number(older[i]) < 0 ? before | (keeps << place) : before & ~((1 - keeps) << place));
  }
}

/** Cells of tables of single leaves; groups share some of them. */
function leafCells({ treeOutputs, starts, column, distinct }: CompiledTrees): number {
  let cells = 0;
  treeOutputs.forEach(({ length }, tree) => {
    for (let i = Number(starts[tree]); i < Number(starts[tree + 1]); i++)
      if (Number(column[i]) < 0) cells += length * Number(distinct[i]) * 2 ** Number(distinct[i]);
  });
  return cells;
}

function keptGroup(
  trees: CompiledTrees,
  tree: number,
  top: number,
  tables: PatternTables,
): KeptGroup {
  const { column, cut } = trees;
  const end = Number(trees.end[top]);
  const questions: number[] = [];
  for (let i = top; i < end; i++)
    if (Number(column[i]) >= 0) questions.push(Number(column[i]), Number(cut[i]));
  const { bits, targets, columns } = tables.of(tree, top);
  const cells = new Float64Array(2 ** bits * targets.length);
  columns.forEach((each, t) => {
    for (let m = 0; m < 2 ** bits; m++) cells[m * targets.length + t] = Number(each[m]);
  });
  return { top, end, questions, targets, cells };
}

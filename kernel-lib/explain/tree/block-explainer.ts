import type { CompiledTrees } from "./compile-trees";
import { explainByPairs, type PairScale } from "./explain-by-pairs";
import { planGroups } from "./group-plan";
import { KeptTables } from "./kept-tables";
import {
  leavesByBackground,
  leavesByCovers,
  type Background,
  type LeafSource,
} from "./leaf-source";
import { PairWalk } from "./pair-walk";
import { PatternTables } from "./pattern-tables";
import { QuadratureWalk } from "./quadrature-walk";
import { addSums, codesByRow, type RowBlock } from "./row-block";
import { TablePass } from "./table-pass";
import { walkRows } from "./walk-rows";

/** For fewer rows than these, planning takes longer than walking. */
const fewRows = 16;
/** What a node costs that two rows come to, in the units of `planGroups`. */
const pairNode = 9;

/**
 * Explains blocks of rows, each in the way that costs least: many by tables of patterns that are made, read and
 * forgotten group by group; a few by walking the trees, or from tables that are kept once rows come again.
 */
export class BlockExplainer {
  private readonly source: LeafSource;
  private readonly quadrature: QuadratureWalk | null;
  private readonly pairs: PairWalk | null;
  private kept: KeptTables | null | undefined;
  private fewBlocks = 0;

  /** @param background null for path-dependent values */
  constructor(
    private readonly trees: CompiledTrees,
    private readonly background: Background | null,
  ) {
    this.source =
      background === null ? leavesByCovers(trees) : leavesByBackground(trees, background);
    this.quadrature = background === null ? new QuadratureWalk(trees) : null;
    this.pairs = background === null ? null : new PairWalk(trees);
  }

  /** Adds the values of margins to a block. */
  explain(block: RowBlock): void {
    if (block.count >= fewRows) this.explainMany(block);
    else if (block.forPairs) this.walk(block, this.allTrees());
    else {
      this.fewBlocks++;
      if (this.fewBlocks === 2) this.kept = KeptTables.of(this.trees, this.source);
      if (this.kept) this.kept.explain(block);
      else this.walk(block, this.allTrees());
    }
  }

  /** Adds the values of a transformed output to a block. */
  explainScaled(block: RowBlock, scale: PairScale): void {
    const { trees, pairs, background } = this;
    if (pairs !== null && background !== null)
      explainByPairs(trees, pairs, this.allTrees(), block, background, scale);
  }

  private allTrees(): number[] {
    return this.trees.treeOutputs.map((_, tree) => tree);
  }

  private walk(block: RowBlock, wanted: readonly number[]): void {
    const { trees, quadrature, pairs, background } = this;
    if (pairs !== null && background !== null)
      explainByPairs(trees, pairs, wanted, block, background, null);
    if (quadrature === null) return;
    const own = codesByRow(block.codes, block.count);
    for (const tree of wanted)
      walkRows(trees, tree, Number(trees.starts[tree]), block, own, quadrature);
  }

  private explainMany(block: RowBlock): void {
    const { trees, quadrature } = this;
    const { count, forPairs } = block;
    const pass = new TablePass(trees, block);
    const own = quadrature === null ? null : codesByRow(block.codes, count);
    const walked: number[] = [];
    for (let tree = 0; tree + 1 < trees.starts.length; tree++) {
      const leaves = this.source(tree);
      if (leaves === null) {
        walked.push(tree);
        continue;
      }
      const width = Number(trees.treeOutputs[tree]?.length);
      const { steps, cost } = planGroups(trees, tree, {
        rows: count,
        columnsOf: (players) => width * (forPairs ? (players * (players - 1)) / 2 : players),
        leafCost: leaves.cost,
        walkable: quadrature !== null,
      });
      if (cost > this.pairsCost(tree, count)) {
        walked.push(tree);
        continue;
      }
      const tables = new PatternTables(trees, leaves.fill, forPairs);
      pass.run(tree, steps, tables, (top) => {
        if (quadrature !== null && own !== null) walkRows(trees, tree, top, block, own, quadrature);
      });
    }
    addSums(block);
    if (walked.length > 0) this.walk(block, walked);
  }

  /** About what it costs to walk a tree for all pairs of rows. */
  private pairsCost(tree: number, rows: number): number {
    const { background, trees } = this;
    if (background === null) return Infinity;
    const { starts, column, level } = trees;
    let deep = 0;
    let leaves = 0;
    for (let i = Number(starts[tree]); i < Number(starts[tree + 1]); i++)
      if (Number(column[i]) < 0) {
        deep += Number(level[i]);
        leaves++;
      }
    return rows * background.count * pairNode * 2 * (deep / leaves);
  }
}

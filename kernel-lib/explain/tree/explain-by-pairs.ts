import type { CompiledTrees } from "./compile-trees";
import type { Background } from "./leaf-source";
import type { OutputTransform } from "./output-transform";
import type { PairWalk } from "./pair-walk";
import { codesByRow, type RowBlock } from "./row-block";

/** Scales the margin's values of a pair of rows to those of the output. */
export interface PairScale {
  transform: OutputTransform;
  labels: ArrayLike<number> | null;
  /** n × k, of the rows explained. */
  margins: Float64Array;
}

/** Adds interventional values pair by pair with the rows of the background, scaled to an output of the margin. */
export function explainByPairs(
  trees: CompiledTrees,
  walk: PairWalk,
  wanted: readonly number[],
  { codes, count, values, forPairs }: RowBlock,
  background: Background,
  scale: PairScale | null,
): void {
  const { players, outputs, starts, treeOutputs, treeWeights } = trees;
  const ownRows = codesByRow(codes, count);
  const others = codesByRow(background.codes, background.count);
  const size = players * (forPairs ? players : 1);
  const part = new Float64Array(outputs * size);
  const unused = new Float64Array(players);
  const each = wanted.flatMap((tree) =>
    Array.from(treeOutputs[tree] ?? [], (output, offset, here = treeOutputs[tree]) => ({
      first: Number(starts[tree]),
      stride: Number(here?.length),
      of: treeWeights[tree] ?? part,
      offset,
      target: part.subarray(output * size, (output + 1) * size),
    })),
  );
  for (let row = 0; row < count; row++) {
    const own = ownRows(row);
    for (let other = 0; other < background.count; other++) {
      const theirs = others(other);
      part.fill(0);
      for (const weights of each) {
        const { target } = weights;
        const from = weights.first;
        if (forPairs) walk.walk(own, theirs, from, weights, unused, target);
        else walk.walk(own, theirs, from, weights, target, null);
      }
      for (let output = 0; output < outputs; output++) {
        const factor =
          (scale === null ? 1 : factorOf(scale, background, row, other, output, outputs)) /
          background.count;
        const from = output * size;
        const to = (row * outputs + output) * size;
        for (let i = 0; i < size; i++)
          values[to + i] = Number(values[to + i]) + factor * Number(part[from + i]);
      }
    }
  }
}

/** What the output differs between the two rows for a unit of margin; the slope where their margins are equal. */
function factorOf(
  { transform, labels, margins }: PairScale,
  background: Background,
  row: number,
  other: number,
  output: number,
  outputs: number,
): number {
  const margin = Number(margins[row * outputs + output]);
  const against = Number(background.margins[other * outputs + output]);
  return transform.slope(margin, against, labels?.[row] ?? 0);
}

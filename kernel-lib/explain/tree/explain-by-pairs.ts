import type { CompiledTrees } from "./compile-trees";
import type { OutputTransform } from "./output-transform";
import { PairWalk } from "./pair-walk";

/** The rows that missing columns are drawn from. */
export interface Background {
  /** columns × count. */
  codes: Int32Array;
  count: number;
  /** count × k. */
  margins: Float64Array;
}

/** Scales the margin's values of a pair of rows to those of the output. */
export interface PairScale {
  transform: OutputTransform;
  labels: ArrayLike<number> | null;
  /** n × k, of the rows explained. */
  margins: Float64Array;
  /** count × k, of the background. */
  others: Float64Array;
}

/** Adds the interventional values of `count` rows, pair by pair with the rows of the background. */
export function explainByPairs(
  trees: CompiledTrees,
  codes: Int32Array,
  count: number,
  background: Background,
  scale: PairScale | null,
  values: Float64Array,
  pairs: Float64Array | null,
): void {
  const { players, outputs, starts, treeOutputs, treeWeights } = trees;
  const walk = new PairWalk(trees);
  const own = rowsOfCodes(codes, count);
  const others = rowsOfCodes(background.codes, background.count);
  const part = new Float64Array(outputs * players);
  const pairPart = pairs === null ? null : new Float64Array(part.length * players);
  for (let row = 0; row < count; row++)
    for (let other = 0; other < background.count; other++) {
      part.fill(0);
      pairPart?.fill(0);
      treeOutputs.forEach((here, tree) => {
        const first = Number(starts[tree]);
        const of = treeWeights[tree] ?? new Float64Array(0);
        here.forEach((output, offset) => {
          const cell = output * players;
          walk.walk(
            own(row),
            others(other),
            first,
            { of, first, stride: here.length, offset },
            part.subarray(cell, cell + players),
            pairPart?.subarray(cell * players, (cell + players) * players) ?? null,
          );
        });
      });
      for (let output = 0; output < outputs; output++) {
        const factor =
          (scale === null ? 1 : factorOf(scale, row, other, output, outputs)) / background.count;
        const from = output * players;
        const to = (row * outputs + output) * players;
        addScaled(part, from, values, to, players, factor);
        if (pairs !== null && pairPart !== null)
          addScaled(pairPart, from * players, pairs, to * players, players * players, factor);
      }
    }
}

function rowsOfCodes(codes: Int32Array, count: number): (row: number) => Int32Array {
  const columns = codes.length / count;
  const rows = new Int32Array(codes.length);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < columns; column++)
      rows[row * columns + column] = Number(codes[column * count + row]);
  return (row) => rows.subarray(row * columns, (row + 1) * columns);
}

/** What the output differs between the two rows for a unit of margin; the slope where their margins are equal. */
function factorOf(
  { transform, labels, margins, others }: PairScale,
  row: number,
  other: number,
  output: number,
  outputs: number,
): number {
  const margin = Number(margins[row * outputs + output]);
  const against = Number(others[other * outputs + output]);
  const label = labels?.[row] ?? 0;
  return margin === against
    ? transform.slope(margin, label)
    : (transform.at(margin, label) - transform.at(against, label)) / (margin - against);
}

function addScaled(
  from: Float64Array,
  start: number,
  to: Float64Array,
  at: number,
  length: number,
  factor: number,
): void {
  for (let i = 0; i < length; i++)
    to[at + i] = Number(to[at + i]) + factor * Number(from[start + i]);
}

import type { CompiledTrees } from "./compile-trees";

/** Rows that are explained together, and what is summed up for them. */
export interface RowBlock {
  count: number;
  /** What the trees ask of the rows: columns × count. */
  codes: Int32Array;
  /** count × targets, row-major: what walks add to. */
  values: Float64Array;
  /** By target, `count` numbers: what tables add to; made when first asked for. */
  sums: (Float64Array | undefined)[];
  /** Whether targets are pairs of players (outputs × players × players) in place of players (outputs × players). */
  forPairs: boolean;
}

/** Most numbers that sums of tables may take up. */
const mostCells = 1 << 24;
const mostRows = 1 << 14;

/** Rows that are best explained together. */
export function blockRows(targets: number): number {
  return Math.max(1, Math.min(mostRows, Math.floor(mostCells / Math.max(1, targets))));
}

/** Targets of an explanation: a number for each is found of every row. */
export function targetsOf({ outputs, players }: CompiledTrees, forPairs: boolean): number {
  return outputs * players * (forPairs ? players : 1);
}

/** Codes row by row: a function that gives those of a row. */
export function codesByRow(codes: Int32Array, count: number): (row: number) => Int32Array {
  const columns = count === 0 ? 0 : codes.length / count;
  const rows = new Int32Array(codes.length);
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < count; row++)
      rows[row * columns + column] = Number(codes[column * count + row]);
  return (row) => rows.subarray(row * columns, (row + 1) * columns);
}

/** Adds what tables summed up to the values of the rows. */
export function addSums({ sums, values, count }: RowBlock): void {
  const targets = sums.length;
  sums.forEach((column, target) => {
    if (column === undefined) return;
    for (let row = 0; row < count; row++) {
      const cell = row * targets + target;
      values[cell] = Number(values[cell]) + Number(column[row]);
    }
  });
}

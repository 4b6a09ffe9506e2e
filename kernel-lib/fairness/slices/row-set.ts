import type { Candidate } from "./search-cube";
import type { Losses, LossSums } from "./loss-sums";

/** A set of rows, a bit for each. */
export type RowSet = Uint32Array;

export function emptyRowSet(rows: number): RowSet {
  return new Uint32Array(Math.ceil(rows / 32));
}

/** The rows of a slice. */
export function rowsOf({ literals }: Candidate, rows: number): RowSet {
  const set = emptyRowSet(rows).fill(0xffffffff);
  if (rows % 32 !== 0) set[set.length - 1] = 2 ** (rows % 32) - 1;
  for (const { feature, literal } of literals) {
    const { binOf } = feature;
    for (let word = 0; word < set.length; word++) {
      const bits = set[word] as number;
      if (bits === 0) continue;
      let kept = 0;
      const start = word * 32;
      const end = Math.min(rows, start + 32);
      for (let i = start; i < end; i++) {
        const bin = binOf[i] as number;
        if (bin >= literal.from && bin < literal.to) kept |= 1 << (i - start);
      }
      set[word] = bits & kept;
    }
  }
  return set;
}

/** Adds the rows of `added` to `set`. */
export function addRows(set: RowSet, added: RowSet): void {
  for (let word = 0; word < set.length; word++)
    set[word] = (set[word] as number) | (added[word] as number);
}

/** Sums of the losses of rows that are in one set and, as asked, in the other or not in it. */
export function sumsOf(losses: Losses, set: RowSet, other: RowSet, inOther: boolean): LossSums {
  const sums = { rows: 0, sum: 0, squares: 0 };
  for (let word = 0; word < set.length; word++) {
    const asked = inOther ? (other[word] as number) : ~(other[word] as number);
    let bits = (set[word] as number) & asked;
    while (bits !== 0) {
      const lowest = bits & -bits;
      const loss = losses.values[word * 32 + 31 - Math.clz32(lowest)] as number;
      sums.rows++;
      sums.sum += loss;
      sums.squares += loss * loss;
      bits ^= lowest;
    }
  }
  return sums;
}

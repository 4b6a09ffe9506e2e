/** Minimise cost · x over x ≥ 0, where each row's product with x is at most, or exactly, its limit. */
export interface LinearProgram {
  cost: ArrayLike<number>;
  rows: readonly { factors: ArrayLike<number>; limit: number; equal?: boolean }[];
}

export interface LinearSolution {
  x: Float64Array;
  value: number;
  /** What each row's limit costs, 0 or more: the multipliers of the Lagrangian. NaN for rows of exactly. */
  multipliers: Float64Array;
}

const tolerance = 1e-11;

/**
 * Solves a linear program by the simplex method over a full table, in two phases. For some hundreds of rows and
 * thousands of columns.
 *
 * It enters the column that falls most steeply; after many steps without progress it keeps to the lowest index, which
 * cannot go in circles.
 *
 * @returns null where no x keeps to the rows, or the cost has no bottom
 * @see Dantzig 1951; Bland 1977
 */
export function linearProgram({ cost, rows }: LinearProgram): LinearSolution | null {
  const n = cost.length;
  const m = rows.length;
  // Columns: x, a slack for each row, the limit. Artificial variables need none: once out, they stay out.
  const width = n + m + 1;
  const table = Array.from(rows, ({ factors, limit, equal = false }, i) => {
    const line = new Float64Array(width);
    const sign = limit < 0 ? -1 : 1;
    for (let j = 0; j < n; j++) line[j] = sign * (factors[j] as number);
    if (!equal) line[n + i] = sign;
    line[width - 1] = sign * limit;
    return line;
  });
  const basis = rows.map(({ limit, equal = false }, i) => (equal || limit < 0 ? n + m + i : n + i));

  const first = new Float64Array(width);
  for (const [i, column] of basis.entries())
    if (column >= n + m) subtract(first, table[i] as Float64Array, 1);
  if (!descend(table, basis, first, n + m)) return null;
  if (-(first[width - 1] as number) > 1e-9) return null;
  leaveArtificial(table, basis, n + m);

  const second = new Float64Array(width);
  for (let j = 0; j < n; j++) second[j] = cost[j] as number;
  for (const [i, column] of basis.entries())
    if (column < n && cost[column] !== 0)
      subtract(second, table[i] as Float64Array, cost[column] as number);
  if (!descend(table, basis, second, n + m)) return null;

  const x = new Float64Array(n);
  for (const [i, column] of basis.entries())
    if (column < n) x[column] = Math.max(0, (table[i] as Float64Array)[width - 1] as number);
  let value = 0;
  for (let j = 0; j < n; j++) value += (cost[j] as number) * (x[j] as number);
  const multipliers = Float64Array.from(rows, ({ equal = false }, i) =>
    equal ? NaN : Math.max(0, second[n + i] as number),
  );
  return { x, value, multipliers };
}

/** Steps until no column of the first `columns` lowers the cost; false when it has no bottom. */
function descend(
  table: Float64Array[],
  basis: number[],
  reduced: Float64Array,
  columns: number,
): boolean {
  const last = reduced.length - 1;
  let idle = 0;
  for (;;) {
    const careful = idle > 2 * (columns + table.length);
    let entering = -1;
    let steepest = -tolerance;
    for (let j = 0; j < columns; j++)
      if ((reduced[j] as number) < steepest) {
        entering = j;
        if (careful) break;
        steepest = reduced[j] as number;
      }
    if (entering < 0) return true;
    let leaving = -1;
    let least = Infinity;
    for (const [i, line] of table.entries()) {
      const factor = line[entering] as number;
      if (factor <= 1e-10) continue;
      const ratio = (line[last] as number) / factor;
      const isTie = leaving >= 0 && Math.abs(ratio - least) <= 1e-14;
      if (
        isTie
          ? careful
            ? (basis[i] as number) < (basis[leaving] as number)
            : factor > ((table[leaving] as Float64Array)[entering] as number)
          : ratio < least
      ) {
        leaving = i;
        least = ratio;
      }
    }
    if (leaving < 0) return false;
    idle = least > 1e-12 ? 0 : idle + 1;
    pivot(table, basis, reduced, leaving, entering);
  }
}

function pivot(
  table: Float64Array[],
  basis: number[],
  reduced: Float64Array,
  leaving: number,
  entering: number,
): void {
  const line = table[leaving] as Float64Array;
  const factor = line[entering] as number;
  for (let j = 0; j < line.length; j++) line[j] = (line[j] as number) / factor;
  line[entering] = 1;
  for (const other of [...table, reduced])
    if (other !== line) {
      const share = other[entering] as number;
      if (share === 0) continue;
      subtract(other, line, share);
      other[entering] = 0;
    }
  basis[leaving] = entering;
}

/** Artificial variables that stayed at 0 make room for real ones, or their row says nothing. */
function leaveArtificial(table: Float64Array[], basis: number[], columns: number): void {
  for (const [i, line] of table.entries()) {
    if ((basis[i] as number) < columns) continue;
    let entering = -1;
    for (let j = 0; j < columns; j++)
      if (Math.abs(line[j] as number) > Math.abs(entering < 0 ? 1e-9 : (line[entering] as number)))
        entering = j;
    if (entering >= 0) pivot(table, basis, new Float64Array(line.length), i, entering);
    else line.fill(0);
  }
}

function subtract(from: Float64Array, line: Float64Array, times: number): void {
  for (let j = 0; j < from.length; j++) from[j] = (from[j] as number) - times * (line[j] as number);
}

/**
 * The x of least ‖a x − b‖ for each column of b, and of least ‖x‖ where several are as near: Householder's QR with the
 * largest column first, and a second one from the other side where columns depend on each other.
 *
 * @param a n × p, column by column
 * @param b q columns of n
 * @returns q columns of p
 * @see Golub and Van Loan, "Matrix computations", 5.4 and 5.5: the complete orthogonal decomposition
 */
export function leastSquares(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
): Float64Array[] {
  const p = a.length;
  const n = a[0]?.length ?? 0;
  const columns = a.map((column) => column.slice());
  const targets = b.map((column) => column.slice());
  const order = columns.map((_, j) => j);
  let rank = 0;
  let first = 0;
  for (; rank < Math.min(n, p); rank++) {
    let pivot = rank;
    let largest = -1;
    for (let j = rank; j < p; j++) {
      const size = norm(columns[j] as Float64Array, rank);
      if (size > largest) [pivot, largest] = [j, size];
    }
    if (rank === 0) first = largest;
    if (largest <= first * Number.EPSILON * Math.max(n, p)) break;
    swap(columns, rank, pivot);
    swap(order, rank, pivot);
    const mirror = mirrorOf(columns[rank] as Float64Array, rank);
    for (const column of [...columns.slice(rank), ...targets]) reflect(mirror, column, rank);
  }
  // Rows of the triangle, as columns: r × p upper trapezoid transposed is p × r, whose own QR gives the least x.
  const rows = Array.from({ length: rank }, (_, i) =>
    Float64Array.from(columns, (column, j) => (j < i ? 0 : (column[i] as number))),
  );
  const mirrors = rows.map((row, i) => {
    const mirror = mirrorOf(row, i);
    for (const other of rows.slice(i)) reflect(mirror, other, i);
    return mirror;
  });
  return targets.map((target) => {
    // rows now hold an upper triangle U with (Rᵀ) = Q U, so that R x = Uᵀ Qᵀ x = target.
    const x = new Float64Array(p);
    for (let i = 0; i < rank; i++) {
      let rest = target[i] as number;
      for (let k = 0; k < i; k++)
        rest -= ((rows[i] as Float64Array)[k] as number) * (x[k] as number);
      x[i] = rest / ((rows[i] as Float64Array)[i] as number);
    }
    for (let i = rank - 1; i >= 0; i--) reflect(mirrors[i] as Float64Array, x, i);
    const result = new Float64Array(p);
    for (const [place, j] of order.entries()) result[j] = x[place] as number;
    return result;
  });
}

function norm(column: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < column.length; i++) sum += (column[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** The unit normal of the mirror that leaves of the column's part below `from` its first number alone. */
function mirrorOf(column: Float64Array, from: number): Float64Array {
  const mirror = column.slice(from);
  const head = mirror[0] as number;
  mirror[0] = head + (head < 0 ? -1 : 1) * norm(mirror, 0);
  const size = norm(mirror, 0);
  return size === 0 ? mirror : mirror.map((value) => value / size);
}

function reflect(mirror: Float64Array, column: Float64Array, from: number): void {
  let product = 0;
  for (let i = 0; i < mirror.length; i++)
    product += (mirror[i] as number) * (column[from + i] as number);
  for (let i = 0; i < mirror.length; i++)
    column[from + i] = (column[from + i] as number) - 2 * product * (mirror[i] as number);
}

function swap(list: unknown[], i: number, j: number): void {
  [list[i], list[j]] = [list[j], list[i]];
}

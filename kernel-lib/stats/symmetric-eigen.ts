/** Eigenvalues in descending order, and a unit eigenvector for each, one after the other. */
export interface SymmetricEigen {
  values: Float64Array;
  /** n × n, row-major: row i belongs to value i. Its largest component is positive. */
  vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL steps with
 * implicit shifts. About 6n³ operations.
 *
 * @param matrix n × n, row-major, finite; the part below the diagonal is read
 * @see Golub and Van Loan, "Matrix computations", 8.3; Bowdler, Martin, Reinsch and Wilkinson 1968
 * @example symmetricEigen([2, 1, 1, 2], 2).values // 3, 1
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const { diagonal, beside, basis } = tridiagonal(Float64Array.from(matrix), n);
  diagonalize(diagonal, beside, basis, n);
  const order = [...diagonal.keys()].sort((a, b) => (diagonal[b] ?? 0) - (diagonal[a] ?? 0));
  const vectors = new Float64Array(n * n);
  for (const [i, from] of order.entries()) {
    const vector = basis.subarray(from * n, from * n + n);
    let largest = 0;
    for (const component of vector)
      if (Math.abs(component) > Math.abs(largest) * (1 + 1e-9)) largest = component;
    vectors.set(largest < 0 ? vector.map((component) => -component) : vector, i * n);
  }
  return { values: Float64Array.from(order, (i) => diagonal[i] ?? 0), vectors };
}

/** Reflections that leave three diagonals; the rows of `basis` turn back. */
function tridiagonal(
  a: Float64Array,
  n: number,
): { diagonal: Float64Array; beside: Float64Array; basis: Float64Array } {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  const beside = new Float64Array(n);
  const normal = new Float64Array(n);
  const image = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    let length = 0;
    for (let i = k + 1; i < n; i++) length = Math.hypot(length, a[i * n + k] ?? 0);
    const first = a[(k + 1) * n + k] ?? 0;
    const reflected = first > 0 ? -length : length;
    let below = 0;
    for (let i = k + 2; i < n; i++) below = Math.max(below, Math.abs(a[i * n + k] ?? 0));
    if (below === 0) {
      beside[k] = first;
      continue;
    }
    beside[k] = reflected;
    normal.fill(0, 0, k + 1);
    for (let i = k + 1; i < n; i++) normal[i] = a[i * n + k] ?? 0;
    normal[k + 1] = first - reflected;
    let size = 0;
    for (let i = k + 1; i < n; i++) size = Math.hypot(size, normal[i] ?? 0);
    for (let i = k + 1; i < n; i++) normal[i] = (normal[i] ?? 0) / size;
    // a - 2 (normal ⊗ w + w ⊗ normal), w = a normal - (normal · a normal) normal
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++)
        sum += (i >= j ? (a[i * n + j] ?? 0) : (a[j * n + i] ?? 0)) * (normal[j] ?? 0);
      image[i] = sum;
      along += sum * (normal[i] ?? 0);
    }
    for (let i = k + 1; i < n; i++) image[i] = (image[i] ?? 0) - along * (normal[i] ?? 0);
    for (let i = k + 1; i < n; i++)
      for (let j = k + 1; j <= i; j++)
        a[i * n + j] =
          (a[i * n + j] ?? 0) -
          2 * ((normal[i] ?? 0) * (image[j] ?? 0) + (image[i] ?? 0) * (normal[j] ?? 0));
    reflect(basis, normal, k + 1, n);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i] ?? 0);
  return { diagonal, beside, basis };
}

/** Reflects the columns of `basis` at the plane of a unit normal, whose components before `from` are 0. */
function reflect(basis: Float64Array, normal: Float64Array, from: number, n: number): void {
  const along = new Float64Array(n);
  for (let i = from; i < n; i++)
    for (let j = 0; j < n; j++)
      along[j] = (along[j] ?? 0) + (normal[i] ?? 0) * (basis[i * n + j] ?? 0);
  for (let i = from; i < n; i++)
    for (let j = 0; j < n; j++)
      basis[i * n + j] = (basis[i * n + j] ?? 0) - 2 * (normal[i] ?? 0) * (along[j] ?? 0);
}

/** QL steps until nothing is left beside the diagonal; the rows of `basis` turn along. */
function diagonalize(d: Float64Array, e: Float64Array, basis: Float64Array, n: number): void {
  for (let l = 0; l < n; l++)
    for (let m = split(d, e, l, n); m !== l; m = split(d, e, l, n)) {
      const [dl = 0, next = 0, el = 0] = [d[l], d[l + 1], e[l]];
      const half = (next - dl) / (2 * el);
      let g = (d[m] ?? 0) - dl + el / (half + (half < 0 ? -1 : 1) * Math.hypot(half, 1));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * (e[i] ?? 0);
        const b = c * (e[i] ?? 0);
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = (d[i + 1] ?? 0) - p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        const q = (d[i + 1] ?? 0) - p;
        const t = ((d[i] ?? 0) - q) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = q + p;
        g = c * t - b;
        rotate(basis, i, c, s, n);
      }
      if (i >= l) continue;
      d[l] = dl - p;
      e[l] = g;
      e[m] = 0;
    }
}

/** The first row at or after `l` below which nothing is left beside the diagonal. */
function split(d: Float64Array, e: Float64Array, l: number, n: number): number {
  let m = l;
  while (
    m + 1 < n &&
    Math.abs(e[m] ?? 0) > Number.EPSILON * (Math.abs(d[m] ?? 0) + Math.abs(d[m + 1] ?? 0))
  )
    m++;
  return m;
}

function rotate(basis: Float64Array, i: number, c: number, s: number, n: number): void {
  for (let j = i * n; j < i * n + n; j++) {
    const upper = basis[j] ?? 0;
    const lower = basis[j + n] ?? 0;
    basis[j + n] = s * upper + c * lower;
    basis[j] = c * upper - s * lower;
  }
}

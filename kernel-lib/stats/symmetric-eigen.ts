/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations.
 *
 * @param matrix p × p, row-major
 * @returns p values in no order; `vectors` p × p, row-major, the k-th column of which belongs to the k-th value
 * @see Golub and Van Loan 1996, "Matrix Computations", 8.4
 */
export function symmetricEigen(
  matrix: readonly number[],
  p: number,
): { values: number[]; vectors: number[] } {
  const a = [...matrix];
  const vectors = a.map((_, place) => (Math.floor(place / p) === place % p ? 1 : 0));
  const get = (from: number[], i: number, j: number) => from[i * p + j] as number;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let i = 0; i < p; i++)
      for (let j = i + 1; j < p; j++) {
        const off = get(a, i, j);
        if (Math.abs(off) <= 1e-18 * Math.sqrt(Math.abs(get(a, i, i) * get(a, j, j))) || off === 0)
          continue;
        rotated = true;
        const theta = (get(a, j, j) - get(a, i, i)) / (2 * off);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (let k = 0; k < p; k++) rotate(a, k * p + i, k * p + j, cosine, sine);
        for (let k = 0; k < p; k++) rotate(a, i * p + k, j * p + k, cosine, sine);
        a[i * p + j] = 0;
        a[j * p + i] = 0;
        for (let k = 0; k < p; k++) rotate(vectors, k * p + i, k * p + j, cosine, sine);
      }
    if (!rotated) break;
  }
  return { values: Array.from({ length: p }, (_, i) => get(a, i, i)), vectors };
}

function rotate(a: number[], i: number, j: number, cosine: number, sine: number): void {
  const left = a[i] as number;
  const right = a[j] as number;
  a[i] = cosine * left - sine * right;
  a[j] = sine * left + cosine * right;
}

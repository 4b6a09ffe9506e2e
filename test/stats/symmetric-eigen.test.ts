import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { symmetricEigen } from "../../kernel-lib/stats/symmetric-eigen";

const random = seededRandom(7);
const kinds: Record<string, (i: number, j: number) => number> = {
  random: () => random() - 0.5,
  "of rank 1": (i, j) => (i + 1) * (j + 1),
  "of equal blocks": (i, j) => Number(i >> 1 === j >> 1),
  diagonal: (i, j) => (i === j ? i % 3 : 0),
  zero: () => 0,
};

for (const [kind, cell] of Object.entries(kinds))
  test(`symmetricEigen gives orthonormal vectors that the matrix stretches by their values: ${kind}`, () => {
    for (const n of [1, 2, 3, 8, 60]) {
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = cell(i, j);
      const { values, vectors } = symmetricEigen(matrix, n);
      const scale = Math.max(...values.map(Math.abs), 1);
      const rows = Array.from({ length: n }, (_, i) => vectors.subarray(i * n, i * n + n));
      const dot = (a: Float64Array, b: Float64Array) =>
        a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
      for (const [i, vector] of rows.entries()) {
        assert.ok(i === 0 || (values[i] ?? NaN) <= (values[i - 1] ?? NaN), "values descend");
        for (const [j, other] of rows.entries())
          assert.ok(Math.abs(dot(vector, other) - Number(i === j)) < 1e-12, `${n}: ${i}, ${j}`);
        for (let j = 0; j < n; j++) {
          const image = dot(matrix.subarray(j * n, j * n + n), vector);
          const expected = (values[i] ?? NaN) * (vector[j] ?? NaN);
          assert.ok(Math.abs(image - expected) < 1e-12 * scale, `${n}: ${i}, ${j}`);
        }
      }
    }
  });

test("symmetricEigen knows the values of a matrix that is solved on paper", () => {
  // The second differences of a string with fixed ends: 2 - 2 cos(k π / (n + 1)).
  const n = 20;
  const matrix = Float64Array.from({ length: n * n }, (_, at) => {
    const apart = Math.abs(Math.floor(at / n) - (at % n));
    return apart === 0 ? 2 : apart === 1 ? -1 : 0;
  });
  const { values } = symmetricEigen(matrix, n);
  for (const [i, value] of values.entries())
    assert.ok(Math.abs(value - (2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)))) < 1e-14);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { linearProgram } from "../../../kernel-lib/fairness/mitigation/linear-program";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { assertNear } from "./near";

test("linearProgram solves Dantzig's kind of problem, with its multipliers", () => {
  // Maximise 3x + 5y: x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18 (Hillier and Lieberman); x = 2, y = 6, value 36, prices 0, 1.5, 1.
  const found = linearProgram({
    cost: [-3, -5],
    rows: [
      { factors: [1, 0], limit: 4 },
      { factors: [0, 2], limit: 12 },
      { factors: [3, 2], limit: 18 },
    ],
  });
  assert.deepEqual([...(found?.x ?? [])], [2, 6]);
  assertNear(found?.value ?? NaN, -36, 1e-12);
  for (const [i, price] of [0, 1.5, 1].entries())
    assertNear(found?.multipliers[i] ?? NaN, price, 1e-12);
});

test("linearProgram does not go in circles on Beale's example", () => {
  const found = linearProgram({
    cost: [-0.75, 150, -0.02, 6],
    rows: [
      { factors: [0.25, -60, -0.04, 9], limit: 0 },
      { factors: [0.5, -90, -0.02, 3], limit: 0 },
      { factors: [0, 0, 1, 0], limit: 1 },
    ],
  });
  assertNear(found?.value ?? NaN, -0.05, 1e-12);
});

test("linearProgram has no answer where rows contradict each other, or the cost has no bottom", () => {
  assert.equal(
    linearProgram({
      cost: [1],
      rows: [
        { factors: [1], limit: 1 },
        { factors: [-1], limit: -2 },
      ],
    }),
    null,
  );
  assert.equal(linearProgram({ cost: [-1], rows: [{ factors: [-1], limit: 0 }] }), null);
});

test("linearProgram's answer keeps to all rows and its multipliers prove it best, for random programs", () => {
  const random = seededRandom(11);
  for (let round = 0; round < 200; round++) {
    const n = 2 + Math.floor(random() * 8);
    const cost = Array.from({ length: n }, () => random() - 0.3);
    const rows = [
      ...Array.from({ length: 6 }, () => ({
        factors: Array.from({ length: n }, () => Math.round(4 * random() - 1)),
        limit: Math.round(3 * random() - 0.4),
        equal: false,
      })),
      { factors: new Array<number>(n).fill(1), limit: 2, equal: true },
    ];
    const found = linearProgram({ cost, rows });
    if (found === null) continue;
    const product = (factors: readonly number[]) =>
      factors.reduce((sum, factor, j) => sum + factor * (found.x[j] as number), 0);
    let bound = 0;
    const reduced = [...cost];
    for (const [i, { factors, limit, equal }] of rows.entries()) {
      if (equal) assertNear(product(factors), limit, 1e-9);
      else {
        assert.ok(product(factors) <= limit + 1e-9);
        const multiplier = found.multipliers[i] as number;
        bound -= multiplier * limit;
        for (const [j, factor] of factors.entries())
          reduced[j] = (reduced[j] as number) + multiplier * factor;
      }
    }
    // Weak duality: Σ x = 2, so the rest costs at least twice its cheapest column.
    assertNear(bound + 2 * Math.min(...reduced), found.value, 1e-8);
  }
});

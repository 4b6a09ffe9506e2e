import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, pearson, spearman } from "../../kernel-lib/index";
import { ranks } from "../../kernel-lib/stats/ranks";
import { assertClose, column, golden } from "./golden";

const { scipy } = golden.versions;

for (const { x, y, ...expected } of golden.correlations) {
  test(`pearson equals scipy ${scipy} pearsonr within 1e-12: ${x} and ${y}`, () => {
    assertClose(pearson(column(x), column(y)), expected.pearson, 1e-12);
  });
  test(`spearman equals scipy ${scipy} spearmanr within 1e-12: ${x} and ${y}`, () => {
    assertClose(spearman(column(x), column(y)), expected.spearman, 1e-12);
  });
}

test(`ranks equal scipy ${scipy} rankdata, which averages ties`, () => {
  const wages = ranks(column("wage"));
  assert.deepEqual(
    Array.from(wages).filter((_, i) => i % 25 === 0),
    golden.ranks,
  );
});

test("pearson and spearman stay within −1 and 1, and tell a line from a curve", () => {
  const x = [0.1, 0.2, 0.30000000000000004, 0.4];
  const falling = pearson(
    x,
    x.map((value) => -3 * value),
  );
  assert.ok(falling >= -1);
  assertClose(falling, -1, 1e-15);
  assert.equal(spearman(x, [1, 10, 100, 1000]), 1);
  assert.ok(pearson(x, [1, 10, 100, 1000]) < 0.95);
});

test("pearson and spearman are NaN for a constant, and where a value is NaN", () => {
  for (const correlation of [pearson, spearman]) {
    assert.ok(Number.isNaN(correlation([0.1, 0.1, 0.1], [1, 2, 3])));
    assert.ok(Number.isNaN(correlation([1, NaN, 3], [1, 2, 3])));
  }
});

test("pearson and spearman refuse arrays that make no pairs", () => {
  const refused = (work: () => void, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(
    () => pearson([1, 2], [1]),
    "pearson requires arrays of one length, 2 or more; got 2 and 1",
  );
  refused(
    () => spearman([1], [1]),
    "spearman requires arrays of one length, 2 or more; got 1 and 1",
  );
});

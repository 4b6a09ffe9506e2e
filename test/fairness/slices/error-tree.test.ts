import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import { errorTree } from "../../../kernel-lib/fairness/slices/error-tree";
import { conditionWords } from "../../../kernel-lib/fairness/slices/condition-words";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { assertNear } from "../../stats/two-sample-golden";
import { golden } from "./golden";
import { error, numbers, wrong } from "./wages";

for (const [name, loss] of [
  ["wrong", wrong],
  ["error", error],
] as const)
  test(`the tree of the CPS wages is that of scikit-learn ${golden.versions["scikit-learn"]} where the loss is ${name}`, () => {
    for (const { maxDepth, minLeaf, nodes } of golden.trees[name]) {
      const tree = errorTree({ features: numbers, loss }, { maxDepth, minLeaf, alpha: 1 });
      assert.equal(tree.length, nodes.length);
      nodes.forEach((wanted, i) => {
        const node = tree[i];
        assert.ok(node);
        assert.equal(node.parent ?? -1, wanted.parent);
        assert.equal(node.rows, wanted.rows);
        assertNear(node.loss, wanted.loss, 1e-12);
        assertNear(node.errors, wanted.loss * wanted.rows, 1e-12);
        const children = tree.filter(({ parent }) => parent === i).map((child) => child.condition);
        const { feature, threshold } = wanted;
        assert.deepEqual(
          children,
          feature === null
            ? []
            : [
                { feature, above: null, atMost: threshold },
                { feature, above: threshold, atMost: null },
              ],
        );
      });
    }
  });

test("categories are cut one from the others, and what is missing from what is there", () => {
  const random = seededRandom(2);
  const rows = 3000;
  const region = Array.from({ length: rows }, () => "abc"[Math.floor(random() * 3)] ?? "");
  const member = Array.from({ length: rows }, () => random() < 0.5);
  const debt = Array.from({ length: rows }, () => (random() < 0.3 ? null : random()));
  const loss = region.map((r, i) =>
    Number(
      random() < (r === "b" ? (member[i] === true ? 0.9 : 0.5) : debt[i] === null ? 0.2 : 0.02),
    ),
  );
  const tree = errorTree({ features: { region, member, debt }, loss });
  const words = tree.map(({ condition, parent }) => [
    parent,
    condition && conditionWords(condition),
  ]);
  assert.deepEqual(words, [
    [null, null],
    [0, "region = b"],
    [0, "region ≠ b"],
    [1, "member = false"],
    [1, "member = true"],
    [2, "debt ≠ (missing)"],
    [2, "debt = (missing)"],
  ]);
  for (const [i, node] of tree.entries()) {
    const children = tree.filter(({ parent }) => parent === i);
    if (children.length === 0) continue;
    assert.equal(
      children.reduce((sum, { rows: n }) => sum + n, 0),
      node.rows,
    );
    assert.equal(
      children.reduce((sum, { errors }) => sum + errors, 0),
      node.errors,
    );
  }
});

test("errors that gather nowhere are left whole", () => {
  const trees = 100;
  let cut = 0;
  for (let seed = 0; seed < trees; seed++) {
    const random = seededRandom(500 + seed);
    const draw = <T>(of: () => T) => Array.from({ length: 400 }, of);
    const features = { a: draw(random), b: draw(random), c: draw(() => Math.floor(random() * 5)) };
    cut += Number(errorTree({ features, loss: draw(() => Number(random() < 0.2)) }).length > 1);
  }
  assert.ok(cut / trees <= 0.05, `${cut} of ${trees}`);
});

test("a table without rows has no tree, one without features a root", () => {
  assert.deepEqual(errorTree({ features: { a: [] }, loss: [] }), []);
  assert.deepEqual(errorTree({ features: {}, loss: [1, 0] }), [
    { parent: null, condition: null, rows: 2, errors: 1, loss: 0.5 },
  ]);
});

test("errorTree refuses a column of another length and options out of range", () => {
  const thrown = (message: string) => (fault: unknown) =>
    fault instanceof AssayerError && fault.code === "invalid-argument" && fault.message === message;
  assert.throws(
    () => errorTree({ features: { age: [1] }, loss: [0, 1] }),
    thrown("errorTree requires as many values of age as losses; got 1 and 2"),
  );
  assert.throws(
    () => errorTree({ features: {}, loss: [0] }, { maxDepth: 0 }),
    thrown("errorTree requires a whole maxDepth from 1 to 8; got 0"),
  );
});

test("conditions are told in words", () => {
  assert.equal(conditionWords({ feature: "age", above: 20, atMost: 35 }), "20 < age ≤ 35");
  assert.equal(
    conditionWords({ feature: "age", above: 20.123456789, atMost: null }),
    "age > 20.1235",
  );
  assert.equal(conditionWords({ feature: "age", above: null, atMost: null }), "any age");
  assert.equal(conditionWords({ feature: "south", equals: "1" }), "south = 1");
  assert.equal(conditionWords({ feature: "south", differsFrom: "1" }), "south ≠ 1");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildTree, columnsOf, leafOf, treeValues } from "../../kernel-lib/onnx/tree";

const tree = buildTree({
  feature: 1,
  threshold: 2,
  left: { values: [0.75, 0.25] },
  right: {
    feature: 0,
    threshold: -1,
    left: { values: [0, 1] },
    right: { values: [0.5, 0.5] },
  },
});

test("buildTree lays nodes out depth first, left before right", () => {
  assert.deepEqual([...tree.feature], [1, -1, 0, -1, -1]);
  assert.deepEqual([...tree.left], [1, -1, 3, -1, -1]);
  assert.deepEqual([...tree.right], [2, -1, 4, -1, -1]);
  assert.deepEqual([...tree.values], [0, 0, 0.75, 0.25, 0, 0, 0, 1, 0.5, 0.5]);
  assert.equal(columnsOf(tree), 2);
});

test("a row goes left only below the threshold; NaN goes right", () => {
  assert.equal(leafOf(tree, [0, 1.999]), 1);
  assert.equal(leafOf(tree, [0, 2]), 4);
  assert.equal(leafOf(tree, [-5, NaN]), 3);
  assert.deepEqual([...treeValues(tree, [-5, 3])], [0, 1]);
});

test("buildTree refuses leaves of different width and splits that are none", () => {
  const leaf = { values: [1] };
  assert.throws(
    () => buildTree({ feature: 0, threshold: 1, left: leaf, right: { values: [1, 2] } }),
    {
      code: "invalid-argument",
      message: "buildTree requires leaves with 1 values each; got one with 2",
    },
  );
  assert.throws(() => buildTree({ feature: -1, threshold: 1, left: leaf, right: leaf }), {
    code: "invalid-argument",
    message: "buildTree requires a column ≥ 0 and a threshold; got column -1, threshold 1",
  });
});

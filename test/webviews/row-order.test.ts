import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column } from "../../webviews/columns";
import { sortRows } from "../../webviews/row-order";

function column(values: (string | number | null)[]): Column {
  return {
    id: "metrics.auc",
    title: "auc",
    group: "metrics",
    numeric: true,
    width: 90,
    value: (row) => values[row] ?? null,
    cell: () => "",
  };
}

test("rows without a value, and NaN, come last in both directions", () => {
  const auc = column([0.7, null, 0.9, NaN, 0.8]);
  assert.deepEqual(sortRows([0, 1, 2, 3, 4], auc, false), [0, 4, 2, 1, 3]);
  assert.deepEqual(sortRows([0, 1, 2, 3, 4], auc, true), [2, 4, 0, 1, 3]);
});

test("text is ordered by the numbers in it, and equal rows keep their order", () => {
  const names = column(["tree-10", "tree-9", "Tree-9", "bagging"]);
  assert.deepEqual(sortRows([0, 1, 2, 3], names, false), [3, 1, 2, 0]);
});

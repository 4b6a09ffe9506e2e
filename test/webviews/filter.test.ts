import assert from "node:assert/strict";
import { test } from "node:test";
import { isProjectFilter, parseFilter } from "../../webviews/filter";

const row: Record<string, string | number | null> = {
  name: "Tree 6",
  experiment: "wages",
  status: "finished",
  "metrics.auc": 0.83,
  "metrics.loss": NaN,
  "params.kind": "decision tree",
  "params.seed": null,
};
const columns = Object.keys(row);
const matches = (text: string) => parseFilter(text, columns).matches((column) => row[column]);

test("an empty filter holds for every run", () => {
  assert.equal(matches("  "), true);
});

test("words are looked for in name, experiment and status, whatever their case", () => {
  assert.equal(matches("tree WAGES"), true);
  assert.equal(matches("tree boosted"), false);
  assert.equal(matches('"Tree 6"'), true);
});

test("comparisons need no space, and a metric no group", () => {
  assert.equal(matches("auc>0.8"), true);
  assert.equal(matches("metrics.auc <= 0.8"), false);
  assert.equal(matches("auc >= 0.83 and status = finished"), true);
  assert.equal(matches("status != finished"), false);
});

test("text compares with quotes, and a colon asks for a part of it", () => {
  assert.equal(matches('kind = "decision tree"'), true);
  assert.equal(matches("kind : tree"), true);
  assert.equal(matches("kind = tree"), false);
});

test("NaN is neither more nor less than a number, and is found by its name", () => {
  assert.equal(matches("loss > 0"), false);
  assert.equal(matches("loss <= 0"), false);
  assert.equal(matches("loss = NaN"), true);
});

test("a run without the value differs from every value", () => {
  assert.equal(matches("seed = 1"), false);
  assert.equal(matches("seed != 1"), true);
});

test("an unknown column is told, and the rest of the filter still holds", () => {
  const filter = parseFilter("depth > 3 tree", columns);
  assert.equal(filter.problem, "No column is called depth.");
  assert.equal(
    filter.matches((column) => row[column]),
    true,
  );
});

test("parseFilter names the columns that a filter compares, so that they can be read", () => {
  const columns = ["name", "metrics.auc", "params.depth"];
  assert.deepEqual(parseFilter("tree auc > 0.8 depth = 6", columns).columns, [
    "metrics.auc",
    "params.depth",
  ]);
});

test("isProjectFilter tells MLflow's words and quotes from this table's own", () => {
  for (const text of [
    "params.model LIKE 'tree%'",
    "attributes.status = 'FINISHED'",
    "params.model in ('tree', 'linear')",
    "tags.team is not null",
    "metrics.`val loss` < 1",
  ])
    assert.equal(isProjectFilter(text), true, text);
  for (const text of [
    "tree auc > 0.8",
    'status = "failed"',
    "metrics.auc > 0.8 and params.depth = 6",
    "in",
  ])
    assert.equal(isProjectFilter(text), false, text);
});

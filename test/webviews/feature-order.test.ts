import assert from "node:assert/strict";
import { test } from "node:test";
import { sortFeatures, type FeatureChoice } from "../../webviews/feature-order";
import { driftReport } from "../charts/reports";

const names = (choice: Partial<FeatureChoice>) =>
  sortFeatures(driftReport.features, { search: "", verdict: "", sort: "rank", ...choice }).map(
    (row) => driftReport.features[row]?.feature,
  );

test("features keep the report's rank, also where the order that is asked for says nothing", () => {
  const all = ["delay", "previous delay", "origin", "distance", "date", "carrier"];
  assert.deepEqual(names({}), all);
  assert.deepEqual(names({ sort: "verdict" }), [
    "delay",
    "previous delay",
    "origin",
    "date",
    "carrier",
    "distance",
  ]);
  assert.deepEqual(names({ sort: "feature" }), [
    "carrier",
    "date",
    "delay",
    "distance",
    "origin",
    "previous delay",
  ]);
  assert.deepEqual(names({ sort: "impact" }).slice(0, 2), ["delay", "previous delay"]);
  assert.deepEqual(names({ sort: "effect" }).slice(-2), ["date", "carrier"]);
});

test("features are found by all words of a search, and by verdict", () => {
  assert.deepEqual(names({ search: "DELAY  prev" }), ["previous delay"]);
  assert.deepEqual(names({ search: "nothing" }), []);
  assert.deepEqual(names({ verdict: "undecided" }), ["date", "carrier"]);
});

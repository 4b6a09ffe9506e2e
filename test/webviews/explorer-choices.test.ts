import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenThresholds, usualExplorer, withThreshold } from "../../webviews/explorer-choices";

const groups = ["__proto__", "constructor", "women"].map((name) => ({
  name,
  counts: null,
  scores: null,
}));

test("a group of any name has the threshold that was set for it, also after a reload", () => {
  const each = groups.reduce(
    (all, { name }, i) => withThreshold(all, name, 0.1 * (i + 1)),
    usualExplorer.each,
  );
  const reloaded = JSON.parse(JSON.stringify(each)) as typeof each;
  for (const kept of [each, reloaded])
    assert.deepEqual(
      Object.entries(chosenThresholds({ ...usualExplorer, mode: "each", each: kept }, groups)),
      [
        ["__proto__", 0.1],
        ["constructor", 0.2],
        ["women", 0.1 * 3],
      ],
    );
});

test("a group for which nothing was set keeps the threshold that it has", () => {
  for (const mode of ["one", "each"] as const)
    assert.deepEqual(
      Object.values(chosenThresholds({ ...usualExplorer, mode }, groups)),
      [0.5, 0.5, 0.5],
    );
  const one = { ...usualExplorer, one: 0.3, each: { women: 0.9 } };
  assert.deepEqual(Object.values(chosenThresholds(one, groups)), [0.3, 0.3, 0.3]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { loggedThreshold } from "../../webviews/logged-threshold";
import { scoreless, unfair } from "../fixtures/fairness-reports";

const scores = {
  thresholds: [0.1, 0.48712, 0.5, 0.52, 0.9],
  positivesAbove: [3, 2, 2, 2, 0],
  negativesAbove: [3, 1, 1, 0, 0],
  positives: 3,
  negatives: 3,
  calibration: [],
};

test("loggedThreshold is the threshold that gives the logged answers, the roundest of several", () => {
  const counts = { truePositives: 2, falsePositives: 1, falseNegatives: 1, trueNegatives: 2 };
  assert.equal(loggedThreshold({ counts, scores }), 0.5);
  for (const { groups } of unfair.groupings)
    for (const group of groups.filter(({ small }) => !small))
      assert.equal(loggedThreshold(group), 0.5, group.name);
});

test("loggedThreshold is null where no threshold gives the answers, or none is known", () => {
  const counts = { truePositives: 3, falsePositives: 0, falseNegatives: 0, trueNegatives: 3 };
  assert.equal(loggedThreshold({ counts, scores }), null);
  assert.equal(loggedThreshold({ counts: null, scores }), null);
  for (const group of scoreless.groupings[0]?.groups ?? [])
    assert.equal(loggedThreshold(group), null);
});

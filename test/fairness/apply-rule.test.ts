import assert from "node:assert/strict";
import { test } from "node:test";
import { applyRule } from "../../kernel-lib/fairness/apply-rule";
import type { DecisionRule } from "../../kernel-lib/fairness/decision-rule";
import { requestNumber } from "../../kernel-lib/fairness/request-number";

const rule: DecisionRule = {
  kind: "decision-rule",
  format: 1,
  constraint: "equalOpportunity",
  objective: "accuracy",
  sensitiveFeatures: ["sex"],
  groups: [
    { group: "female", thresholds: [0.2, 0.6], levels: [0, 0.25, 1] },
    { group: "male", thresholds: [0.5], levels: [0, 1] },
    { group: "(missing)", thresholds: [], levels: [1] },
  ],
  otherwise: { thresholds: [0.9], levels: [0, 1] },
  key: "a key",
};

const certain: DecisionRule = {
  ...rule,
  groups: [{ group: "female", thresholds: [0.2, 0.6], levels: [0, 1, 0] }],
};

test("applyRule answers by the steps of each row's group", () => {
  const yScore = [0.2, 0.3, 0.6, 0.7, 0.9, 0.9, 0.91];
  const sex = ["female", "female", "female", "female", "other", "female", "other"];
  assert.deepEqual(
    [...applyRule(certain, { yScore, sensitiveFeatures: { sex } })],
    [0, 1, 1, 0, 0, 0, 1],
  );
  assert.deepEqual([...applyRule(certain, { yScore, groups: sex })], [0, 1, 1, 0, 0, 0, 1]);
});

test("a missing value is a group of its own, and several features make one name", () => {
  const both: DecisionRule = {
    ...certain,
    sensitiveFeatures: ["sex", "south"],
    groups: [
      { group: "female, 1", thresholds: [], levels: [1] },
      { group: "(missing), (missing)", thresholds: [], levels: [1] },
    ],
    otherwise: { thresholds: [], levels: [0] },
  };
  const sensitiveFeatures = { sex: ["female", "female", null], south: [1, 0, NaN] };
  assert.deepEqual([...applyRule(both, { yScore: [0, 0, 0], sensitiveFeatures })], [1, 0, 1]);
});

test("a rule with randomness answers each id as its number says, the same every time", () => {
  const requestId = Array.from({ length: 4000 }, (_, i) => `r${i}`);
  const inputs = {
    yScore: requestId.map(() => 0.4),
    sensitiveFeatures: { sex: requestId.map(() => "female") },
    requestId,
  };
  const answers = applyRule(rule, inputs);
  assert.deepEqual(applyRule(rule, inputs), answers);
  assert.deepEqual(
    [...answers],
    requestId.map((id) => (requestNumber("a key", id) < 0.25 ? 1 : 0)),
  );
  const share = answers.reduce((sum, each) => sum + each, 0) / answers.length;
  assert.ok(Math.abs(share - 0.25) < 0.03, `${share}`);
});

test("applyRule says what does not fit", () => {
  const good = { yScore: [0.5], sensitiveFeatures: { sex: ["male"] }, requestId: ["a"] };
  const noIds = { yScore: good.yScore, sensitiveFeatures: good.sensitiveFeatures };
  const cases: [DecisionRule, Parameters<typeof applyRule>[1], string][] = [
    [rule, noIds, "applyRule requires requestId for a rule with randomness; got none"],
    [
      rule,
      { ...good, requestId: [""] },
      "applyRule requires ids that are texts; got none at position 0",
    ],
    [
      rule,
      { ...good, requestId: [] },
      "applyRule requires 1 values of requestId, as many as scores; got 0",
    ],
    [
      rule,
      { ...good, yScore: [NaN] },
      "applyRule requires scores that are numbers; got NaN at position 0",
    ],
    [
      rule,
      { ...good, sensitiveFeatures: {} },
      "applyRule requires sensitive feature sex; got none of that name",
    ],
    [
      rule,
      { ...good, sensitiveFeatures: { sex: [] } },
      "applyRule requires one value of sex a row; got 0 of 1 rows",
    ],
    [
      { ...rule, sensitiveFeatures: ["constructor"] },
      good,
      "applyRule requires sensitive feature constructor; got none of that name",
    ],
    [
      { ...rule, otherwise: { thresholds: [0.5], levels: [1] } },
      good,
      "applyRule requires a decision rule with one level more than thresholds; got another",
    ],
    [
      { ...rule, otherwise: { thresholds: [0.5, 0.4], levels: [0, 1, 1] } },
      good,
      "applyRule requires a decision rule with finite thresholds in ascending order for each group and otherwise; got another",
    ],
    [
      { ...rule, otherwise: { thresholds: [], levels: [1.5] } },
      good,
      "applyRule requires a decision rule with levels from 0 to 1 for each group and otherwise; got another",
    ],
    [
      { ...rule, key: "" },
      good,
      "applyRule requires a decision rule with a key, since it has randomness; got another",
    ],
  ];
  for (const [each, inputs, message] of cases)
    assert.throws(() => applyRule(each, inputs), { code: "invalid-argument", message });
});

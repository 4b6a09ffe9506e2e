import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import {
  rejectOption,
  type RejectOptionOptions,
} from "../../../kernel-lib/fairness/mitigation/reject-option";
import { ruleOutcome } from "../../../kernel-lib/fairness/mitigation/rule-outcome";
import { assertNear } from "./near";
import { digits, golden, wages, weights } from "./golden";

const privileged = ["male"];

test(`rejectOption equals AIF360 ${golden.versions["aif360"] ?? ""} RejectOptionClassification: threshold, margin and every answer, for its three metrics`, () => {
  assert.equal(golden.reject.length, 6);
  for (const each of golden.reject) {
    const rows = { ...wages, ...(each.weighted ? { sampleWeight: weights } : {}) };
    const found = rejectOption({
      ...rows,
      privileged,
      metric: each.metric,
      thresholds: 15,
      margins: 8,
    });
    const name = JSON.stringify({ ...each, answers: "" });
    assert.ok(found.satisfied);
    assertNear(found.threshold, each.threshold, 1e-12, name);
    assertNear(found.margin, each.margin, 1e-12, name);
    const limits = new Map(
      found.rule.groups.map((own) => [own.group, own.thresholds[0] as number]),
    );
    const answers = wages.yScore.map((score, i) =>
      Number(score > (limits.get(wages.sensitiveFeatures.sex[i] as string) as number)),
    );
    assert.deepEqual(answers, digits(each.answers), name);
    const outcome = ruleOutcome(found.rule, rows);
    assert.deepEqual(outcome, found.outcome);
  }
});

test("when nothing keeps to the range, it is the nearest to 0 and says so", () => {
  const found = rejectOption({ ...wages, privileged, lower: 2, upper: 3, margins: 5 });
  assert.equal(found.satisfied, false);
  assert.ok(Math.abs(found.fairness) < 0.01);
});

test("bad input is named", () => {
  const refused = (options: Partial<RejectOptionOptions>, message: string) => {
    assert.throws(
      () => rejectOption({ ...wages, privileged, ...options }),
      new AssayerError("invalid-argument", message),
    );
  };
  refused({ lower: 0.1, upper: -0.1 }, "rejectOption requires lower ≤ upper; got 0.1 and -0.1");
  refused({ privileged: ["men"] }, "unknown group: men; expected one of female, male");
  refused(
    { privileged: ["male", "female"] },
    "rejectOption requires privileged and other groups; got one side alone",
  );
  refused(
    { yScore: wages.yScore.map((score) => score + 1) },
    `rejectOption requires probabilities from 0 to 1 in yScore; got ${(wages.yScore[0] as number) + 1} at position 0`,
  );
  refused(
    { lowThreshold: 0.9, highThreshold: 0.1 },
    "rejectOption requires 0 ≤ lowThreshold < highThreshold ≤ 1; got 0.9 and 0.1",
  );
  refused(
    { metric: "parity" as "averageOddsDifference" },
    "unknown metric: parity; expected one of statisticalParityDifference, averageOddsDifference, equalOpportunityDifference",
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import {
  calibratedEqualizedOdds,
  type CalibratedCost,
  type CalibratedEqualizedOddsOptions,
} from "../../../kernel-lib/fairness/mitigation/calibrated-equalized-odds";
import { golden, wages, weights } from "./golden";
import { assertNear } from "./near";

const costs: Record<string, CalibratedCost> = {
  fnr: "falseNegativeRate",
  fpr: "falsePositiveRate",
  weighted: "weighted",
};

test(`calibratedEqualizedOdds mixes as AIF360 ${golden.versions["aif360"] ?? ""} CalibratedEqOddsPostprocessing does, within 1e-12`, () => {
  assert.equal(golden.calibrated.length, 6);
  for (const each of golden.calibrated) {
    const { mixRates } = calibratedEqualizedOdds({
      ...wages,
      cost: costs[each.cost] as CalibratedCost,
      ...(each.weighted ? { sampleWeight: weights } : {}),
    });
    for (const sex of ["female", "male"] as const)
      assertNear(mixRates[sex] as number, Math.min(each[sex], 1), 1e-12, JSON.stringify(each));
  }
});

test("a group that is mixed answers by its base rate that often, and a score of the threshold is a yes", () => {
  const rows = {
    yTrue: [1, 0, 1, 0, 1, 1, 0, 1],
    yScore: [0.9, 0.1, 0.8, 0.2, 0.5, 0.6, 0.4, 0.7],
    sensitiveFeatures: { group: ["a", "a", "a", "a", "b", "b", "b", "b"] },
  };
  // By hand: positives of a miss (0.1 + 0.2) / 2 = 0.15, those of b (0.5 + 0.4 + 0.3) / 3 = 0.4; a's base rate is 0.5,
  // which misses 0.5, so that a is mixed at (0.4 - 0.15) / (0.5 - 0.15) = 5 / 7.
  const { rule, mixRates, outcome } = calibratedEqualizedOdds({
    ...rows,
    cost: "falseNegativeRate",
  });
  assertNear(mixRates["a"] as number, 5 / 7, 1e-12);
  assert.equal(mixRates["b"], 0);
  const [a, b] = rule.groups;
  assertNear(a?.levels[0] ?? NaN, 5 / 7, 1e-12);
  assert.equal(a?.levels[1], 1);
  assert.deepEqual(b?.levels, [0, 1]);
  assert.equal(outcome.groups[1]?.counts.truePositives, 3);
});

test("bad input is named", () => {
  const refused = (options: Partial<CalibratedEqualizedOddsOptions>, message: string) => {
    assert.throws(
      () => calibratedEqualizedOdds({ ...wages, ...options }),
      new AssayerError("invalid-argument", message),
    );
  };
  refused(
    { cost: "money" as CalibratedCost },
    "unknown cost: money; expected one of falseNegativeRate, falsePositiveRate, weighted",
  );
  refused(
    { threshold: 0 },
    "calibratedEqualizedOdds requires a threshold above 0, at most 1; got 0",
  );
});

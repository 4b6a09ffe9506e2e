import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import { applyRule } from "../../../kernel-lib/fairness/apply-rule";
import type { DecisionRule } from "../../../kernel-lib/fairness/decision-rule";
import { explainRule } from "../../../kernel-lib/fairness/mitigation/explain-rule";
import { fairnessTradeoff } from "../../../kernel-lib/fairness/mitigation/fairness-tradeoff";
import {
  optimizeThresholds,
  type OptimizeThresholdsOptions,
} from "../../../kernel-lib/fairness/mitigation/optimize-thresholds";
import type {
  ParityConstraint,
  ParityObjective,
} from "../../../kernel-lib/fairness/mitigation/parity";
import { ruleOutcome } from "../../../kernel-lib/fairness/mitigation/rule-outcome";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { assertNear } from "./near";
import { golden, ties, wages, weights, type ThresholdCase } from "./golden";

const data: Record<ThresholdCase["data"], typeof wages | typeof ties> = {
  wages,
  ties,
  wagesByRace: { ...wages, sensitiveFeatures: { sex: golden.wages.race } },
  wagesUpsideDown: { ...wages, yScore: wages.yScore.map((score) => 1 - score) },
};

const constrained: Record<string, string[]> = {
  demographicParity: ["selectionRate"],
  equalizedOdds: ["truePositiveRate", "falsePositiveRate"],
};

const rateOf = (constraint: string) =>
  constrained[constraint] ?? [constraint.replace("Parity", "")];

test(`optimizeThresholds equals Fairlearn ${golden.versions["fairlearn"] ?? ""} ThresholdOptimizer within 1e-9: objective and constraint of every pair of them`, () => {
  assert.ok(golden.thresholds.length > 80);
  for (const each of golden.thresholds) {
    const { constraint, objective, gridSize = 1000, flip = false, tolerance } = each;
    const rows = data[each.data];
    const found = optimizeThresholds({
      ...rows,
      constraint: constraint as ParityConstraint,
      objective: objective as ParityObjective,
      gridSize,
      flip,
      ...(tolerance === undefined ? {} : { tolerance }),
    });
    const name = JSON.stringify({ ...each, groups: undefined });
    assertNear(found.objective, each.best, 1e-9, name);
    const rates = rateOf(constraint);
    const difference = Math.max(
      ...rates.map((rate) => {
        const values = Object.values(each.groups).map((own) => own[rate] as number);
        return Math.max(...values) - Math.min(...values);
      }),
    );
    assertNear(found.difference, difference, 1e-9, name);
    for (const [group, own] of Object.entries(each.groups))
      for (const rate of rates)
        assertNear(
          found.constraintValues[group]?.[rate] ?? NaN,
          own[rate] as number,
          1e-9,
          `${name} ${group}`,
        );
    const outcome = ruleOutcome(found.rule, rows);
    for (const [g, own] of outcome.groups.entries()) {
      assertNear(own.selectionRate, found.outcome.groups[g]?.selectionRate ?? NaN, 1e-9, name);
      assertNear(own.accuracy, found.outcome.groups[g]?.accuracy ?? NaN, 1e-9, name);
    }
  }
});

test("without flip levels rise with the score, from 0 to 1 at most, between finite rising thresholds", () => {
  for (const constraint of ["demographicParity", "equalOpportunity", "equalizedOdds"] as const)
    for (const randomize of [true, false]) {
      const { rule } = optimizeThresholds({ ...ties, constraint, randomize });
      assert.deepEqual(
        rule.groups.map(({ group }) => group),
        ["a", "b", "c"],
      );
      for (const { thresholds, levels } of [...rule.groups, rule.otherwise]) {
        assert.equal(levels.length, thresholds.length + 1);
        assert.ok(thresholds.every(Number.isFinite));
        assert.deepEqual(
          thresholds,
          [...thresholds].sort((a, b) => a - b),
        );
        assert.deepEqual(
          levels,
          [...levels].sort((a, b) => a - b),
        );
        assert.ok(levels.every((level) => level >= 0 && level <= 1));
        if (!randomize) assert.ok(levels.every((level) => level === 0 || level === 1));
      }
    }
});

test("applyRule answers as often as the rule's outcome says, and exactly so where nothing is drawn", () => {
  const requestId = wages.yTrue.map((_, i) => `request ${i}`);
  const selected = (rule: DecisionRule, sex: string) =>
    applyRule(rule, { ...wages, requestId }).reduce(
      (sum, answer, i) => sum + (wages.sensitiveFeatures.sex[i] === sex ? answer : 0),
      0,
    );
  for (const randomize of [true, false]) {
    const { rule, outcome } = optimizeThresholds({ ...wages, randomize });
    for (const { group, rows, selectionRate } of outcome.groups)
      assertNear(
        selected(rule, group),
        rows * selectionRate,
        randomize ? 3 * Math.sqrt(rows) : 1e-9,
      );
  }
});

test("a weight counts as that many rows", () => {
  const repeated = weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
  const pick = <T>(values: readonly T[]) => repeated.map((row) => values[row] as T);
  for (const constraint of ["demographicParity", "equalizedOdds"] as const) {
    const options = { constraint, objective: "balancedAccuracy" } as const;
    const weighted = optimizeThresholds({ ...wages, ...options, sampleWeight: weights });
    const rows = {
      yTrue: pick(wages.yTrue),
      yScore: pick(wages.yScore),
      sensitiveFeatures: { sex: pick(wages.sensitiveFeatures.sex) },
    };
    assert.deepEqual(weighted.rule, optimizeThresholds({ ...rows, ...options }).rule);
  }
});

/** Every pair of pure thresholds of two groups. */
function bruteForce(
  rows: typeof ties,
  rates: readonly ("selectionRate" | "truePositiveRate" | "falsePositiveRate")[],
  tolerance: number,
): number {
  const limits = [-1, ...new Set(rows.yScore)];
  let best = -Infinity;
  const groups = [...new Set(rows.sensitiveFeatures.group)].sort();
  assert.equal(groups.length, 2);
  for (const first of limits)
    for (const second of limits) {
      const { groups: own, overall } = ruleOutcome(
        {
          kind: "decision-rule",
          format: 1,
          constraint: "",
          objective: "",
          sensitiveFeatures: ["group"],
          groups: [first, second].map((limit, g) => ({
            group: groups[g] as string,
            thresholds: [limit],
            levels: [0, 1],
          })),
          otherwise: { thresholds: [], levels: [0] },
          key: "",
        },
        rows,
      );
      const difference = Math.max(
        ...rates.map((rate) => Math.abs((own[0]?.[rate] ?? NaN) - (own[1]?.[rate] ?? NaN))),
      );
      if (difference <= tolerance) best = Math.max(best, overall.accuracy);
    }
  return best;
}

test("without a draw it finds the best pair of thresholds that trying all of them finds", () => {
  const two = ties.sensitiveFeatures.group.flatMap((group, i) => (group === "c" ? [] : [i]));
  const rows = {
    yTrue: two.map((i) => ties.yTrue[i] as number),
    yScore: two.map((i) => ties.yScore[i] as number),
    sensitiveFeatures: { group: two.map((i) => ties.sensitiveFeatures.group[i] as string) },
  };
  for (const [constraint, rates] of [
    ["demographicParity", ["selectionRate"]],
    ["equalOpportunity", ["truePositiveRate"]],
    ["equalizedOdds", ["truePositiveRate", "falsePositiveRate"]],
  ] as const)
    for (const tolerance of [0, 0.03, 0.08, 0.2, undefined]) {
      const found = optimizeThresholds({
        ...rows,
        constraint,
        randomize: false,
        ...(tolerance === undefined ? {} : { tolerance }),
      });
      const limit = tolerance ?? found.difference;
      assert.ok(found.difference <= limit);
      assertNear(found.objective, bruteForce(rows, rates, limit), 1e-12, constraint);
      assert.ok(found.withDraws !== null);
      if (tolerance === undefined) assert.ok(found.withDraws.difference < 1e-9);
    }
});

test("equalized odds within a tolerance gains as the tolerance grows, and keeps to it", () => {
  let before = optimizeThresholds({ ...wages, constraint: "equalizedOdds" }).objective;
  for (const tolerance of [0.001, 0.02, 0.1, 1]) {
    const found = optimizeThresholds({ ...wages, constraint: "equalizedOdds", tolerance });
    assert.ok(found.difference <= tolerance + 1e-9);
    assert.ok(found.objective >= before - 1e-9);
    before = found.objective;
  }
  const free = fairnessTradeoff({ ...wages, constraint: "equalizedOdds", points: 2 });
  assertNear(before, free.points[1]?.objective ?? NaN, 1e-9);
});

test("fairnessTradeoff runs from equal groups to the best threshold of each group, and rises in between", () => {
  for (const constraint of ["demographicParity", "equalOpportunity", "equalizedOdds"] as const)
    for (const randomize of [true, false]) {
      const options = { ...wages, constraint, randomize };
      const { points } = fairnessTradeoff({ ...options, points: 9 });
      assert.ok(points.length >= (randomize ? 9 : 2), `${constraint} ${points.length}`);
      for (const [i, point] of points.entries()) {
        const next = points[i + 1];
        if (next !== undefined) {
          assert.ok(next.difference > point.difference);
          assert.ok(next.objective > point.objective);
        }
        const outcome = ruleOutcome(point.rule, wages);
        assertNear(outcome.overall.accuracy, point.objective, 1e-9);
      }
      const equal = optimizeThresholds(options);
      assert.deepEqual(points[0]?.rule, equal.rule);
      assert.equal(points[0].objective, equal.objective);
      const single = wages.yScore.map((_, i) => i);
      const best = ["female", "male"].reduce((right, sex) => {
        const rows = single.filter((i) => wages.sensitiveFeatures.sex[i] === sex);
        const rightAt = (limit: number) =>
          rows.filter((i) => Number((wages.yScore[i] as number) > limit) === wages.yTrue[i]).length;
        return (
          right + Math.max(rightAt(-1), ...rows.map((i) => rightAt(wages.yScore[i] as number)))
        );
      }, 0);
      assertNear(points[points.length - 1]?.objective ?? NaN, best / single.length, 1e-12);
    }
});

test("a group that was not there gets the threshold that is best without groups", () => {
  const { rule } = optimizeThresholds({ ...wages, constraint: "equalOpportunity" });
  const strangers = { ...wages, sensitiveFeatures: { sex: wages.yTrue.map(() => "unknown") } };
  const limits = [-1, ...wages.yScore];
  const best = Math.max(
    ...limits.map(
      (limit) => wages.yScore.filter((score, i) => Number(score > limit) === wages.yTrue[i]).length,
    ),
  );
  assertNear(ruleOutcome(rule, strangers).overall.accuracy, best / wages.yTrue.length, 1e-12);
});

test("on 300 small tables with ties, weights of 0, tiny and huge scores the rule keeps its promise or the input is refused", () => {
  const random = seededRandom(9);
  const whole = (below: number) => Math.floor(random() * below);
  const constraints = [
    "demographicParity",
    "equalOpportunity",
    "falsePositiveRateParity",
    "equalizedOdds",
  ] as const;
  let kept = 0;
  for (let round = 0; round < 300; round++) {
    const n = 4 + whole(30);
    const levels = 1 + whole(8);
    const size = [1, 1e308, 1e-320][round % 3] as number;
    const column = <T>(value: () => T) => Array.from({ length: n }, value);
    const rows = {
      yTrue: column(() => whole(2)),
      yScore: column(() => (whole(levels) / levels - 0.3) * size),
      sensitiveFeatures: { group: column(() => whole(3)) },
      sampleWeight: column(() => (round % 2 === 0 ? 1 : whole(3))),
    };
    const tolerance = random() * 0.3;
    const constraint = constraints[whole(4)] as ParityConstraint;
    const [flip, randomize] = [random() < 0.3, random() < 0.7];
    try {
      const found = optimizeThresholds({ ...rows, constraint, tolerance, flip, randomize });
      kept++;
      assert.ok(found.difference <= tolerance + 1e-9, `round ${round}`);
      for (const [g, { counts }] of ruleOutcome(found.rule, rows).groups.entries())
        for (const part of ["truePositives", "falsePositives"] as const)
          assertNear(counts[part], found.outcome.groups[g]?.counts[part] ?? NaN, 1e-9);
    } catch (error) {
      assert.ok(error instanceof AssayerError && error.code === "invalid-argument", String(error));
    }
  }
  assert.ok(kept > 150, `${kept}`);
});

test("neighbouring doubles are told apart", () => {
  const low = 0.1;
  const high = low + Number.EPSILON / 16;
  assert.ok(high > low && (low + high) / 2 >= low);
  const { outcome, rule } = optimizeThresholds({
    yTrue: [1, 0, 1, 0],
    yScore: [high, low, high, low],
    sensitiveFeatures: { group: ["a", "a", "b", "b"] },
  });
  assert.equal(outcome.overall.accuracy, 1);
  assert.equal(
    ruleOutcome(rule, {
      yTrue: [1, 0],
      yScore: [high, low],
      sensitiveFeatures: { group: ["a", "a"] },
    }).overall.accuracy,
    1,
  );
});

test("several sensitive features make a group of each pair of values; missing values are one", () => {
  const random = seededRandom(3);
  const n = 200;
  const yTrue = Array.from({ length: n }, () => Number(random() < 0.5));
  const { rule } = optimizeThresholds({
    yTrue,
    yScore: yTrue.map((label) => label * 0.3 + random()),
    sensitiveFeatures: {
      sex: yTrue.map((_, i) => (i % 2 === 0 ? "f" : "m")),
      age: yTrue.map((_, i) => [10, 9, null][i % 3]),
    },
  });
  assert.deepEqual(rule.sensitiveFeatures, ["sex", "age"]);
  assert.deepEqual(
    rule.groups.map(({ group }) => group),
    ["f, 9", "f, 10", "f, (missing)", "m, 9", "m, 10", "m, (missing)"],
  );
});

test("explainRule says what each group's score means", () => {
  const rule = optimizeThresholds(wages).rule;
  const female = { group: "female", thresholds: [0.48, 0.62], levels: [0, 0.37, 1] };
  assert.deepEqual(
    explainRule({
      ...rule,
      groups: [female, { group: "male", thresholds: [], levels: [1] }],
      otherwise: { thresholds: [0.5], levels: [0, 1] },
    }),
    [
      "The aim: the same share of every group gets a yes, as nearly as was asked for; within that, the highest accuracy.",
      "female: yes above 0.62; by a draw of 37% above 0.48 up to 0.62; no at 0.48 or below.",
      "male: yes at any score.",
      "Any other group: yes above 0.5; no at 0.5 or below.",
      "A draw is made from the request's id: the same request always gets the same answer.",
    ],
  );
  assert.equal(explainRule(optimizeThresholds({ ...wages, randomize: false }).rule).length, 4);
  assert.equal(
    explainRule({ ...rule, constraint: "constructor" })[0],
    "The aim: groups are equal in constructor, as nearly as was asked for; within that, the highest accuracy.",
  );
});

test("groups whose values hold commas keep names of their own", () => {
  const { rule } = optimizeThresholds({
    yTrue: [0, 1, 0, 1],
    yScore: [0.1, 0.2, 0.3, 0.4],
    sensitiveFeatures: { town: ["a, b", "a, b", "a", "a"], county: ["c", "c", "b, c", "b, c"] },
  });
  assert.deepEqual(
    rule.groups.flatMap(({ group, thresholds }) => (thresholds.length > 0 ? [group] : [])).sort(),
    ['"a, b", c', 'a, "b, c"'],
  );
});

test("bad input is named", () => {
  const refused = (options: Partial<OptimizeThresholdsOptions>, message: string) => {
    assert.throws(
      () => optimizeThresholds({ ...wages, ...options }),
      new AssayerError("invalid-argument", message),
    );
  };
  const oneClass = {
    yTrue: [1, 1, 0, 1],
    yScore: [0.2, 0.3, 0.4, 0.5],
    sensitiveFeatures: { sex: ["f", "f", "m", "m"] },
  };
  refused({ key: "" }, "optimizeThresholds requires a text that is not empty as key; got another");
  refused(
    { ...oneClass, constraint: "equalizedOdds" },
    'optimizeThresholds requires a negative label in every group for falsePositiveRate; got none in group "f"',
  );
  assert.equal(optimizeThresholds(oneClass).difference, 0);
  refused(
    { constraint: "fairness" as ParityConstraint },
    "unknown constraint: fairness; expected one of demographicParity, selectionRateParity, truePositiveRateParity, equalOpportunity, falsePositiveRateParity, trueNegativeRateParity, falseNegativeRateParity, equalizedOdds",
  );
  refused(
    { constraint: "equalizedOdds", objective: "selectionRate" },
    "unknown objective for equalizedOdds: selectionRate; expected one of accuracy, balancedAccuracy",
  );
  refused(
    { gridSize: 0.5 },
    "optimizeThresholds requires a gridSize of 1 or more, a whole number; got 0.5",
  );
  refused(
    { gridSize: 2 ** 31 },
    "optimizeThresholds requires a gridSize of at most 1000000; got 2147483648",
  );
  refused({ tolerance: -1 }, "optimizeThresholds requires a tolerance from 0 to 1; got -1");
  refused(
    { sensitiveFeatures: {} },
    "optimizeThresholds requires one feature or more in sensitiveFeatures; got none",
  );
  refused(
    { sensitiveFeatures: { sex: ["f"] } },
    "optimizeThresholds requires one value of sex a row; got 1 of 534 rows",
  );
  refused(
    {
      yTrue: Array.from({ length: 1002 }, (_, i) => i % 2),
      yScore: Array.from({ length: 1002 }, (_, i) => i),
      sensitiveFeatures: { id: Array.from({ length: 1002 }, (_, i) => i) },
    },
    "optimizeThresholds requires at most 1000 different values of id; got more: bin them first",
  );
  assert.throws(() => optimizeThresholds({ ...wages, yScore: wages.yScore.map(() => NaN) }), {
    code: "invalid-argument",
    message: "optimizeThresholds requires finite numbers in yScore; got NaN at position 0",
  });
  assert.throws(
    () => fairnessTradeoff({ ...wages, points: 1 }),
    new AssayerError(
      "invalid-argument",
      "fairnessTradeoff requires 2 points or more, a whole number; got 1",
    ),
  );
});

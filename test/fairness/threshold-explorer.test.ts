import assert from "node:assert/strict";
import { test } from "node:test";
import { exploreThresholds } from "../../kernel-lib/fairness/explore-thresholds";
import {
  ThresholdExplorer,
  type ThresholdExplorerInputs,
} from "../../kernel-lib/fairness/threshold-explorer";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";

interface Rows {
  yTrue: number[];
  yScore: number[];
  groups: string[];
  sampleWeight: number[];
}

/** Scores with ties, some of them on round thresholds; weights in quarters, so that sums are exact. */
function someRows(n: number, seed: number, digits = 2): Rows {
  const random = seededRandom(seed);
  const rows: Rows = { yTrue: [], yScore: [], groups: [], sampleWeight: [] };
  for (let i = 0; i < n; i++) {
    const positive = random() < 0.4 ? 1 : 0;
    const scale = 10 ** digits;
    rows.yTrue.push(positive);
    rows.yScore.push(Math.round(scale * Math.min(1, 0.7 * random() + 0.3 * positive)) / scale);
    rows.groups.push(["a", "b", "c"][Math.floor(3 * random())] ?? "");
    rows.sampleWeight.push(Math.ceil(8 * random()) / 4);
  }
  return rows;
}

/** The same figures, row by row. */
function byHand(rows: Rows, thresholds: Record<string, number>, present: number, group?: string) {
  const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  let changed = 0;
  let total = 0;
  rows.yScore.forEach((score, i) => {
    if (group !== undefined && rows.groups[i] !== group) return;
    const weight = rows.sampleWeight[i] ?? 0;
    const selected = score > (thresholds[rows.groups[i] ?? ""] ?? NaN);
    total += weight;
    if (selected !== score > present) changed += weight;
    if (rows.yTrue[i] === 1) counts[selected ? "truePositives" : "falseNegatives"] += weight;
    else counts[selected ? "falsePositives" : "trueNegatives"] += weight;
  });
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const share = (a: number, b: number) => (b === 0 ? null : a / b);
  return {
    counts,
    selectionRate: share(tp + fp, total),
    truePositiveRate: share(tp, tp + fn),
    falsePositiveRate: share(fp, fp + tn),
    precision: share(tp, tp + fp),
    accuracy: share(tp + tn, total),
    changed: share(changed, total),
    cost: 5 * fn + fp,
  };
}

const costs = { falseNegatives: 5, falsePositives: 1 };

test("figures at any thresholds are those of the rows, with weights and without", () => {
  for (const weighted of [false, true]) {
    const rows = someRows(3000, 1);
    if (!weighted) rows.sampleWeight.fill(1);
    const { sampleWeight, ...rest } = rows;
    const explorer = new ThresholdExplorer(weighted ? rows : rest);
    assert.equal(sampleWeight.length, 3000);
    for (const [a, b, c] of [
      [0.5, 0.5, 0.5],
      [0.31, 0.305, 0.7],
      [0, 1, -1],
      [Infinity, -Infinity, 0.2],
    ] as const) {
      const thresholds = { a, b, c };
      const outcome = explorer.at({ thresholds, present: 0.4, costs });
      assert.deepEqual(outcome.overall, byHand(rows, thresholds, 0.4));
      for (const { group, threshold, ...figures } of outcome.groups) {
        assert.equal(threshold, thresholds[group as "a"]);
        assert.deepEqual(figures, byHand(rows, thresholds, 0.4, group));
      }
      const rates = outcome.groups.map((each) => each.selectionRate ?? 0);
      assert.equal(outcome.demographicParityDifference, Math.max(...rates) - Math.min(...rates));
    }
  }
});

test("groups that a choice does not name have its threshold, or the present one", () => {
  const explorer = new ThresholdExplorer(someRows(300, 2));
  const thresholdsOf = (choice: Parameters<ThresholdExplorer["at"]>[0]) =>
    explorer.at(choice).groups.map(({ threshold }) => threshold);
  assert.deepEqual(thresholdsOf({}), [0.5, 0.5, 0.5]);
  assert.deepEqual(thresholdsOf({ present: { b: 0.4 } }), [0.5, 0.4, 0.5]);
  assert.deepEqual(thresholdsOf({ threshold: 0.6, thresholds: { c: 0.1 } }), [0.6, 0.6, 0.1]);
  assert.equal(explorer.at({ present: 0.3 }).overall.changed, 0);
  assert.equal(explorer.at({}).overall.cost, null, "no costs, no cost");
});

test("differences are of the groups that can be told, and null where fewer than two can", () => {
  const yTrue = [1, 0, 1, 0, 0, 0];
  const yScore = [0.9, 0.8, 0.3, 0.1, 0.9, 0.2];
  const groups = ["a", "a", "b", "b", "no positives", "no positives"];
  const outcome = new ThresholdExplorer({ yTrue, yScore, groups }).at({ threshold: 0.5 });
  assert.equal(outcome.groups[2]?.truePositiveRate, null);
  assert.equal(outcome.equalOpportunityDifference, 1);
  assert.equal(outcome.equalizedOddsDifference, 1);
  const one = new ThresholdExplorer({ yTrue, yScore, groups: groups.map(() => "all") });
  assert.equal(one.at({}).demographicParityDifference, null);
});

test("thinned counts are exact at each threshold they name and at every hundredth", () => {
  const rows = someRows(20_000, 3, 9);
  const explorer = new ThresholdExplorer(rows);
  const thin = explorer.thin();
  for (const { group, scores } of thin.groups) {
    assert.ok(scores.thresholds.length > 250 && scores.thresholds.length <= 400);
    const above = (threshold: number, label: number) =>
      rows.yScore.reduce(
        (sum, score, i) =>
          rows.groups[i] === group && rows.yTrue[i] === label && score > threshold
            ? sum + (rows.sampleWeight[i] ?? 0)
            : sum,
        0,
      );
    assert.deepEqual(
      scores.thresholds,
      scores.thresholds.toSorted((a, b) => a - b),
    );
    for (let i = 0; i < scores.thresholds.length; i += 7) {
      assert.equal(scores.positivesAbove[i], above(scores.thresholds[i] ?? NaN, 1));
      assert.equal(scores.negativesAbove[i], above(scores.thresholds[i] ?? NaN, 0));
    }
    assert.deepEqual([scores.positivesAbove.at(-1), scores.negativesAbove.at(-1)], [0, 0]);
    assert.deepEqual([scores.positives, scores.negatives], [above(-1, 1), above(-1, 0)]);
  }
  for (let hundredth = -1; hundredth <= 101; hundredth++) {
    const choice = { threshold: hundredth / 100, thresholds: { b: 0.3 }, costs };
    assert.deepEqual(exploreThresholds(thin.groups, choice), explorer.at(choice));
  }
  const json = JSON.parse(JSON.stringify(thin)) as typeof thin;
  assert.deepEqual(json, thin, "as a report carries it");
});

test("thinned counts keep the shape of the ROC curve", () => {
  const rows = someRows(20_000, 4, 9);
  const { overall } = new ThresholdExplorer(rows).thin();
  const { positives, negatives, positivesAbove, negativesAbove } = overall;
  for (let i = 1; i < overall.thresholds.length; i++) {
    const step =
      ((positivesAbove[i - 1] ?? 0) - (positivesAbove[i] ?? 0)) / positives +
      ((negativesAbove[i - 1] ?? 0) - (negativesAbove[i] ?? 0)) / negatives;
    assert.ok(step < 0.01, `a step of ${step}`);
  }
});

test("few different scores are all kept, and bins of the calibration hold every row", () => {
  const rows = someRows(2000, 5, 1);
  const { overall, groups } = new ThresholdExplorer(rows).thin();
  assert.deepEqual(
    overall.thresholds,
    [...new Set(rows.yScore)].sort((a, b) => a - b),
  );
  for (const scores of [overall, ...groups.map((each) => each.scores)]) {
    const sum = scores.calibration.reduce((total, bin) => total + bin.rows, 0);
    const all = scores === overall ? 2000 : undefined;
    if (all !== undefined) assert.equal(sum, all);
    for (const { meanScore, share } of scores.calibration) {
      assert.ok(meanScore >= 0 && meanScore <= 1);
      assert.ok(share.low !== null && share.high !== null && share.value !== null);
      assert.ok(share.low <= share.value && share.value <= share.high);
    }
  }
  const last = overall.calibration.at(-1);
  const inLast = rows.yScore.map((score, i) => [score, i] as const).filter(([s]) => s >= 0.9);
  const weight = (label?: number) =>
    inLast.reduce(
      (total, [, i]) =>
        label === undefined || rows.yTrue[i] === label
          ? total + (rows.sampleWeight[i] ?? 0)
          : total,
      0,
    );
  assert.equal(last?.rows, inLast.length);
  assert.equal(last.share.value, weight(1) / weight());
});

test("a group may have the name of what every object has", () => {
  const names = ["constructor", "toString"];
  const explorer = new ThresholdExplorer({
    yTrue: [0, 1, 0, 1],
    yScore: [0.2, 0.6, 0.3, 0.8],
    groups: ["constructor", "constructor", "toString", "__proto__"],
  });
  const usual = explorer.at({ thresholds: {}, present: {} });
  assert.deepEqual(
    usual.groups.map(({ group, threshold }) => [group, threshold]),
    [["__proto__", 0.5], ...names.map((name) => [name, 0.5])],
  );
  const thresholds = Object.fromEntries([["__proto__", 0.9]]);
  const [moved] = explorer.at({ thresholds }).groups;
  assert.deepEqual([moved?.threshold, moved?.selectionRate, moved?.changed], [0.9, 0, 1]);
});

test("bad input is told", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => i);
  assert.throws(
    () => new ThresholdExplorer({ yTrue: many.map((i) => i % 2), yScore: many, groups: many }),
    {
      code: "invalid-argument",
      message:
        "ThresholdExplorer requires at most 1000 different values of groups; got more: bin them first",
    },
  );
  const good: ThresholdExplorerInputs = { yTrue: [0, 1], yScore: [0.1, 0.9], groups: ["a", "b"] };
  const cases: [Partial<ThresholdExplorerInputs>, RegExp][] = [
    [
      { yScore: [0.1] },
      /^ThresholdExplorer requires arrays of one length, 1 or more; got 2 and 1$/,
    ],
    [
      { yScore: [0.1, NaN] },
      /^ThresholdExplorer requires finite numbers in yScore; got NaN at position 1$/,
    ],
    [{ yTrue: [0, 1, 2], yScore: [0, 0, 0] }, /^ThresholdExplorer requires labels of two classes/],
    [{ groups: ["a"] }, /^ThresholdExplorer requires one value of groups a row; got 1 of 2 rows$/],
    [{ sampleWeight: [0, 0] }, /^ThresholdExplorer requires some sampleWeight above 0/],
    [{ sampleWeight: [1, -1] }, /^ThresholdExplorer requires sampleWeight of 0 or more/],
  ];
  for (const [change, message] of cases)
    assert.throws(() => new ThresholdExplorer({ ...good, ...change }), {
      code: "invalid-argument",
      message,
    });
  const explorer = new ThresholdExplorer(good);
  for (const [choice, message] of [
    [{ threshold: NaN }, "exploreThresholds requires thresholds that are numbers; got NaN for a"],
    [
      { present: { b: NaN } },
      "exploreThresholds requires present thresholds that are numbers; got NaN for b",
    ],
    [{ thresholds: { c: 0.5 } }, "unknown group: c; expected one of a; b"],
  ] as const)
    assert.throws(() => explorer.at(choice), { code: "invalid-argument", message });
  assert.throws(() => explorer.thin({ places: 10 }), {
    code: "invalid-argument",
    message: "thin requires 200 places or more; got 10",
  });
});

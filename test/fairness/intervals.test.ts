import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countDisparity,
  equalizedOddsDifference,
  figureDisparity,
  metric,
  metricFrame,
  type CountMetric,
  type Figure,
} from "../../kernel-lib/index";
import { binomialDraw } from "../../kernel-lib/stats/binomial-draw";
import { exactInterval } from "../../kernel-lib/stats/exact-interval";
import { normalQuantile } from "../../kernel-lib/stats/normal-quantile";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { wilsonInterval } from "../../kernel-lib/stats/wilson-interval";
import { countCoverage, rowCoverage, scenarios, type Coverage } from "./coverage";
import { golden, type Row, type Values } from "./golden";

const { versions, data } = golden;
const { columns } = data.wages;

function close(actual: number | undefined, expected: number, tolerance: number, what = ""): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${what} ${String(actual)} is not ${expected} within ${tolerance}`,
  );
}

test(`normalQuantile equals SciPy ${versions.scipy} norm.ppf within 1e-14, relative`, () => {
  for (const [share, expected] of golden.normal)
    close(normalQuantile(share), expected, 1e-14 * Math.abs(expected) + 1e-16);
});

test(`Wilson and exact intervals equal SciPy ${versions.scipy} binomtest within 1e-12`, () => {
  for (const { successes, trials, wilson, exact } of golden.shares) {
    const ours = wilsonInterval(successes / trials, trials, normalQuantile(0.975));
    ours.forEach((end, i) => {
      close(end, wilson[i] ?? NaN, 1e-12);
    });
    exactInterval(successes, trials, 0.025).forEach((end, i) => {
      close(end, exact[i] ?? NaN, 1e-12);
    });
  }
});

test(`binomialDraw draws as often below as SciPy ${versions.scipy} binom.cdf says, within 4.5 standard errors`, () => {
  const random = seededRandom(11);
  const draws = 40_000;
  for (const [n, p, shares, counts] of golden.binomial) {
    const drawn = Array.from({ length: draws }, () => binomialDraw(n, p, random));
    counts.forEach((count, i) => {
      const share = shares[i] ?? NaN;
      const error = Math.sqrt((share * (1 - share)) / draws);
      const below = drawn.filter((value) => value <= count).length / draws;
      close(below, share, 4.5 * error, `${n} ${p}`);
    });
  }
});

test("the difference of two shares that stand clear has Newcombe's interval: 0.7 of 50 and 0.2 of 40", () => {
  const counts = (truePositives: number, rows: number) => ({
    truePositives,
    falseNegatives: rows - truePositives,
    falsePositives: 0,
    trueNegatives: 0,
  });
  const groups = [
    { name: "a", counts: counts(35, 50) },
    { name: "b", counts: counts(8, 40) },
  ];
  const { difference, lowest, highest } = countDisparity(
    groups,
    metric("truePositiveRate") as CountMetric,
    { confidence: 0.95 },
  );
  // By hand from both Wilson intervals.
  const z = normalQuantile(0.975);
  const [a, b] = [wilsonInterval(0.7, 50, z), wilsonInterval(0.2, 40, z)];
  close(difference.low ?? NaN, 0.5 - Math.hypot(0.7 - a[0], b[1] - 0.2), 1e-12);
  close(difference.high ?? NaN, 0.5 + Math.hypot(a[1] - 0.7, 0.2 - b[0]), 1e-12);
  assert.deepEqual([lowest, highest, difference.denominator], ["b", "a", 40]);
});

const same = (row: Values | Row, name: string) => Number(row[name]);

/** 4.5 standard errors of the 2.5% quantile of so many draws, as if of a normal variable, on either side. */
function monteCarlo(resamples: readonly number[], width: number): number {
  const variance = resamples.reduce((sum, draws) => sum + (0.025 * 0.975) / draws / 0.0584 ** 2, 0);
  return (4.5 * Math.sqrt(variance) * width) / 3.92;
}

test(`percentile intervals equal Fairlearn ${versions.fairlearn} within Monte Carlo error on wages`, () => {
  const { bootstrap } = golden;
  const frame = metricFrame({
    metrics: ["accuracy", "selectionRate", "truePositiveRate"],
    yTrue: columns.yTrue,
    yPred: columns.yPred,
    sensitiveFeatures: { gender: columns.sensitiveFeatures.gender ?? [] },
    interval: "percentile",
    resamples: 20_000,
    seed: 3,
  });
  const check = (figures: Record<string, Figure>, [low, high]: [Values | Row, Values | Row]) => {
    for (const [name, figure] of Object.entries(figures)) {
      const [from, to] = [same(low, name), same(high, name)];
      const tolerance = monteCarlo([bootstrap.resamples, 20_000], to - from);
      assert.equal(figure.interval, "percentile");
      close(figure.low ?? NaN, from, tolerance, name);
      close(figure.high ?? NaN, to, tolerance, name);
    }
  };
  check(frame.overall.figures, bootstrap.overall);
  frame.byGroup.forEach(({ name, figures }) => {
    const of = (rows: Row[]) => rows.find(({ group }) => group[0] === name) as Row;
    check(figures, [of(bootstrap.byGroup[0]), of(bootstrap.byGroup[1])]);
  });
  check(frame.groupMin(), bootstrap.groupMin);
  check(frame.groupMax(), bootstrap.groupMax);
  for (const method of ["betweenGroups", "toOverall"] as const) {
    check(frame.difference(method), bootstrap[`difference.${method}`]);
    check(frame.ratio(method), bootstrap[`ratio.${method}`]);
  }
});

test(`BCa intervals equal SciPy ${versions.scipy} stats.bootstrap within Monte Carlo error on wages`, () => {
  const common = {
    yTrue: columns.yTrue,
    sensitiveFeatures: { all: columns.yTrue.map(() => "all") },
    interval: "bca",
    resamples: 5000,
    seed: 8,
  } as const;
  const counts = metricFrame({ ...common, metrics: ["accuracy", "f1"], yPred: columns.yPred });
  const scores = metricFrame({ ...common, metrics: ["rocAuc"], yScore: columns.yScore });
  const values = metricFrame({ ...common, metrics: ["mae"], yPred: columns.yScore });
  const figures = {
    ...counts.overall.figures,
    ...scores.overall.figures,
    ...values.overall.figures,
  };
  for (const name of ["accuracy", "f1", "rocAuc", "mae"] as const) {
    const [from, to] = golden.bca[name];
    const tolerance = monteCarlo([golden.bca.resamples, 5000], to - from);
    assert.equal(figures[name]?.interval, "bca");
    close(figures[name]?.low ?? NaN, from, tolerance, name);
    close(figures[name]?.high ?? NaN, to, tolerance, name);
  }
});

test("the same seed gives the same intervals, and another seed others", () => {
  const of = (seed: number) =>
    JSON.stringify(
      metricFrame({
        metrics: ["rocAuc", "averagePrecision"],
        yTrue: columns.yTrue,
        yScore: columns.yScore,
        sensitiveFeatures: { gender: columns.sensitiveFeatures.gender ?? [] },
        interval: "bca",
        resamples: 40,
        seed,
      }).byGroup,
    );
  assert.equal(of(1), of(1));
  assert.notEqual(of(1), of(2));
});

test("weights make the interval as wide as fewer rows do, and equal weights leave it as it is", () => {
  const width = (sampleWeight?: number[]) => {
    const { low, high } = metricFrame({
      metrics: ["selectionRate"],
      yTrue: columns.yTrue,
      yPred: columns.yPred,
      sensitiveFeatures: { gender: columns.sensitiveFeatures.gender ?? [] },
      ...(sampleWeight ? { sampleWeight } : {}),
    }).overall.figures.selectionRate as Figure;
    return Number(high) - Number(low);
  };
  close(width(columns.yTrue.map(() => 2.5)), width(), 1e-12);
  // Every second row has nearly no weight: half the rows, and √2 times the width.
  const half = width(columns.yTrue.map((_, i) => (i % 2 === 0 ? 1 : 1e-9)));
  close(half / width(), Math.SQRT2, 0.05);
});

test("figures with their intervals are enough to compare groups", () => {
  const frame = metricFrame({
    metrics: ["selectionRate"],
    yTrue: columns.yTrue,
    yPred: columns.yPred,
    sensitiveFeatures: { gender: columns.sensitiveFeatures.gender ?? [] },
  });
  const groups = frame.byGroup.map(({ name, figures }) => ({
    name,
    figure: figures.selectionRate as Figure,
  }));
  const { difference, ratio } = figureDisparity(groups, { confidence: 0.95 });
  const [exact, ofRatio] = [frame.difference().selectionRate, frame.ratio().selectionRate];
  assert.equal(difference.value, exact?.value);
  close(difference.low ?? NaN, exact?.low ?? NaN, 0.01);
  close(ratio.high ?? NaN, ofRatio?.high ?? NaN, 0.02);
});

test("where all groups are alike, the plain bootstrap misses the truth and the honest interval does not", () => {
  const random = seededRandom(5);
  const n = 4000;
  const yTrue = Array.from({ length: n }, () => Number(random() < 0.5));
  const yPred = Array.from({ length: n }, () => Number(random() < 0.5));
  const input = {
    yTrue,
    yPred,
    sensitiveFeatures: { group: yTrue.map((_, i) => i % 12) },
    resamples: 500,
  };
  const honest = equalizedOddsDifference(input);
  const plain = equalizedOddsDifference({ ...input, interval: "percentile" });
  assert.equal(honest.low, 0);
  assert.ok(Number(plain.low) > 0.05);
});

/** Monte Carlo error of 1,000 repetitions is 0.7 points; the seeds are fixed. */
const repetitions = 1000;

function assertCovered(rows: readonly Coverage[], least: number, most: number): void {
  for (const { scenario, figure, covered } of rows)
    assert.ok(
      covered >= least && covered <= most,
      `${figure} of ${scenario} is covered ${(100 * covered).toFixed(1)}% of the time`,
    );
}

test("95% intervals of rates, differences, ratios and equalized odds cover 93–97% where groups stand apart", () => {
  scenarios.forEach((scenario, s) => {
    const rows = countCoverage(scenario, repetitions, 100 + s);
    const alone = rows.filter(({ figure, clear }) => clear && !figure.startsWith("f1"));
    if (scenario.kind !== "tiny") assertCovered(alone, 0.93, 0.97);
    // Where groups are alike, or so small that few outcomes are possible, they cover more, and never much less.
    assertCovered(rows, scenario.kind === "tiny" ? 0.9 : 0.93, 1);
  });
});

test("95% intervals of ROC AUC and mean absolute error, and of their differences, cover 93–97%", () => {
  assertCovered(rowCoverage([100, 100], repetitions / 2, 201), 0.93, 0.97);
});

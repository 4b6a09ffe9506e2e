import assert from "node:assert/strict";
import { test } from "node:test";
import {
  benjaminiHochberg,
  bonferroni,
  chiSquare,
  chiSquareContingency,
  fisherExact,
  gTest,
  hellinger,
  jensenShannon,
  klDivergence,
  kolmogorovSmirnov,
  lInfinity,
  populationStabilityIndex,
  type TestResult,
  totalVariation,
  twoProportionZ,
} from "../../kernel-lib/index";
import { studentTails } from "../../kernel-lib/stats/beta-share";
import { gammaTail, normalTail } from "../../kernel-lib/stats/gamma-tail";
import { kolmogorovTail } from "../../kernel-lib/stats/kolmogorov-tail";
import { assertNear, golden, type GoldenTest } from "./two-sample-golden";

const { scipy } = golden.versions;

function assertTest(actual: TestResult, expected: GoldenTest): void {
  assert.ok(typeof expected !== "string", "SciPy has an answer");
  assertNear(actual.statistic, expected[0], 1e-9, 1e-12);
  assertNear(actual.pValue, expected[1], 1e-6);
}

for (const [name, expected] of Object.entries(golden.categorical)) {
  const [x, y] = expected.counts;

  test(`chi-square and G tests equal scipy ${scipy}, statistic within 1e-9, p-value within 1e-6: ${name}`, () => {
    assertTest(chiSquare(x, y), expected.chiSquare);
    assertTest(gTest(x, y), expected.gTest);
    assertTest(chiSquareContingency(x, y), expected.chiSquareContingency);
    if (expected.fisherExact === null) return;
    const actual = fisherExact([x[0] ?? 0, x[1] ?? 0], [y[0] ?? 0, y[1] ?? 0]);
    assertTest(actual, expected.fisherExact);
  });

  test(`distances of shares equal scipy ${scipy} and numpy within 1e-9: ${name}`, () => {
    assertNear(jensenShannon(x, y), expected.jensenShannon, 1e-9);
    assertNear(jensenShannon(x, y, { base: 2 }), expected.jensenShannonBase2, 1e-9);
    assertNear(klDivergence(x, y), expected.klDivergence ?? "Infinity", 1e-9, 1e-15);
    assertNear(hellinger(x, y), expected.hellinger, 1e-9);
    assertNear(totalVariation(x, y), expected.totalVariation, 1e-9, 1e-15);
    assertNear(lInfinity(x, y), expected.lInfinity, 1e-9, 1e-15);
  });
}

test(`tails of distributions equal scipy ${scipy} within 1e-9, out to where doubles end`, () => {
  for (const [n, d, p] of golden.tails.kolmogorov) assertNear(kolmogorovTail(n, d), p, 1e-9);
  for (const [a, x, q] of golden.tails.gamma) assertNear(gammaTail(a, x), q, 1e-9);
  for (const [t, freedom, p] of golden.tails.student) assertNear(studentTails(t, freedom), p, 1e-8);
  for (const [z, p] of golden.tails.normal) assertNear(normalTail(z), p, 1e-9);
  assert.ok(golden.tails.kolmogorov.length > 90);
});

test(`fisherExact equals scipy ${scipy} fisher_exact within 1e-6, for tables of 10 to 600,000`, () => {
  for (const [[current, reference], p] of golden.tails.fisher)
    assertNear(fisherExact(reference, current).pValue, p, 1e-6);
});

test(`kolmogorovSmirnov equals scipy ${scipy} ks_2samp for up to 10,000 values a side, exactly`, () => {
  for (const [n, m, first, statistic, p] of golden.tails.kolmogorovTwoSample) {
    const x = Array.from({ length: n }, (_, i) => i / n);
    const y = Array.from({ length: m }, (_, i) =>
      i < first ? -1 : (i - first + 0.5) / (m - first),
    );
    const actual = kolmogorovSmirnov(x, y);
    assertNear(actual.statistic, statistic, 1e-12);
    assertNear(actual.pValue, p, 1e-6);
  }
});

test(`benjaminiHochberg equals scipy ${scipy} false_discovery_control within 1e-15, and leaves NaN out`, () => {
  const { pValues, benjaminiHochberg: expected } = golden;
  benjaminiHochberg(pValues).forEach((p, i) => {
    assertNear(p, expected[i] ?? NaN, 1e-15);
  });
  assert.deepEqual(Array.from(benjaminiHochberg([NaN, 0.01, 0.03, 0.04])), [NaN, 0.03, 0.04, 0.04]);
  assert.deepEqual(Array.from(bonferroni([NaN, 0.01, 0.5])), [NaN, 0.02, 1]);
});

test("populationStabilityIndex is the sum of both divergences, and fills zeros when asked to", () => {
  const [x, y] = [
    [10, 30, 60],
    [20, 20, 60],
  ];
  assertNear(populationStabilityIndex(x, y), klDivergence(x, y) + klDivergence(y, x), 1e-12);
  assert.equal(populationStabilityIndex([1, 0], [1, 1]), Infinity);
  // By hand: shares 1 and 0.0001 against 0.5 and 0.5.
  const byHand = 0.5 * Math.log(2) + (0.0001 - 0.5) * Math.log(0.0001 / 0.5);
  assertNear(populationStabilityIndex([1, 0], [1, 1], { zeros: "fill" }), byHand, 1e-12);
});

test("twoProportionZ squared is the chi-square of the table of both samples without its correction", () => {
  const z = twoProportionZ({ successes: 40, trials: 100 }, { successes: 90, trials: 150 });
  // Σ (observed − expected)² / expected over the four cells, by hand.
  const byHand = [
    [40, 52],
    [60, 48],
    [90, 78],
    [60, 72],
  ].reduce((sum, [observed = 0, expected = 1]) => sum + (observed - expected) ** 2 / expected, 0);
  assertNear(z.statistic ** 2, byHand, 1e-12);
  assert.ok(z.statistic < 0);
});

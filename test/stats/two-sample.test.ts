import assert from "node:assert/strict";
import { test } from "node:test";
import {
  andersonDarling,
  binEdges,
  type BinRule,
  cramerVonMises,
  energyDistance,
  eppsSingleton,
  histogram,
  kolmogorovSmirnov,
  mannWhitney,
  quantile,
  type TestResult,
  tTest,
  wasserstein,
} from "../../kernel-lib/index";
import { assertNear, golden, type NumericalTest, valuesOf } from "./two-sample-golden";

type NumericalFunction = (x: readonly number[], y: readonly number[]) => TestResult;

/** Each test with SciPy's call, and where SciPy's own p-values end in rounding. */
const tests: Record<NumericalTest, { run: NumericalFunction; peer: string; floor?: number }> = {
  kolmogorovSmirnov: { run: kolmogorovSmirnov, peer: "ks_2samp" },
  tTest: { run: tTest, peer: "ttest_ind" },
  welch: {
    run: (x, y) => tTest(x, y, { equalVariances: false }),
    peer: "ttest_ind(equal_var=False)",
  },
  mannWhitney: { run: mannWhitney, peer: "mannwhitneyu" },
  mannWhitneyLess: {
    run: (x, y) => mannWhitney(x, y, { alternative: "less" }),
    peer: 'mannwhitneyu(alternative="less")',
  },
  andersonDarling: { run: andersonDarling, peer: 'anderson_ksamp(variant="midrank")' },
  cramerVonMises: { run: cramerVonMises, peer: "cramervonmises_2samp", floor: 1e-12 },
  eppsSingleton: { run: eppsSingleton, peer: "epps_singleton_2samp" },
};

const { scipy, numpy } = golden.versions;

for (const [name, sides] of Object.entries(golden.samples)) {
  const x = valuesOf(sides.reference);
  const y = valuesOf(sides.current);
  const expected = golden.numerical[name];
  assert.ok(expected);

  for (const [key, { run, peer, floor }] of Object.entries(tests))
    test(`${key} equals scipy ${scipy} ${peer}, statistic within 1e-9, p-value within 1e-6: ${name}`, () => {
      const answer = expected[key as NumericalTest];
      const actual = run(x, y);
      if (typeof answer === "string") assert.ok(Number.isNaN(actual.pValue), answer);
      else {
        // Without any variance SciPy divides by what its rounding left over.
        const isBeyond = Number(answer[0]) > 1e30;
        if (isBeyond) assert.equal(actual.statistic, Infinity);
        else assertNear(actual.statistic, answer[0], 1e-9, 1e-12);
        assertNear(actual.pValue, answer[1], 1e-6, floor);
      }
    });

  test(`wasserstein and energyDistance equal scipy ${scipy} within 1e-9: ${name}`, () => {
    assertNear(wasserstein(x, y), expected.wasserstein, 1e-9);
    assertNear(energyDistance(x, y), expected.energyDistance, 1e-9);
  });

  test(`quantile equals numpy ${numpy} quantile within 1e-15: ${name}`, () => {
    [0, 0.01, 0.25, 0.5, 0.9, 1].forEach((share, i) => {
      assertNear(quantile(x, share), expected.quantiles[i] ?? NaN, 1e-15);
    });
  });

  test(`binEdges and histogram equal numpy ${numpy} histogram_bin_edges and histogram: ${name}`, () => {
    assert.ok(Object.keys(expected.bins).length >= 2);
    for (const [rule, bins] of Object.entries(expected.bins)) {
      assert.ok(bins);
      const edges = binEdges(x, rule as BinRule);
      assert.equal(edges.length - 1, bins[0], rule);
      assertNear(edges[edges.length >> 1] ?? NaN, bins[1], 1e-15);
      assert.deepEqual(Array.from(histogram(y, edges)), bins[2], rule);
    }
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssayerError,
  type DriftMethod,
  driftMethods,
  type FeatureSample,
} from "../../../kernel-lib/index";
import * as library from "../../../kernel-lib/index";
import { categoricalSample, numericalSample } from "../samples";

/** Score and whether it means drift at the default threshold; NaN for no answer, which never means drift. */
type Answer = [score: number, drifted: boolean];
const none: Answer = [NaN, false];
const same: Answer = [1, false];
const zero: Answer = [0, false];
const apart: Answer = [0, true];

/** What a method says of one value on each side that agrees, of one constant on both, and of two constants. */
interface Row {
  oneValue: Answer;
  constant: Answer;
  twoConstants: Answer;
}

/** Two constants 3 and 4, 30 times and 20 times; the answers follow from the formulas where no peer is named. */
const numbers: Record<string, Row> = {
  // Two ways of 30 + 20 values lie wholly apart: 2 / C(50, 20).
  ks: { oneValue: same, constant: same, twoConstants: [2 / 47129212243960, true] },
  anderson: { oneValue: none, constant: none, twoConstants: [0.001, true] },
  // SciPy 1.17.1 and Evidently say this of a constant on sides of different size: a flaw of its ranks of ties.
  cramer_von_mises: {
    oneValue: none,
    constant: [0.012948453166667262, true],
    twoConstants: [1.0014955531545411e-10, true],
  },
  // SciPy 1.17.1: mannwhitneyu, and chi2_contingency below.
  mannw: { oneValue: same, constant: same, twoConstants: [1.3908543117514158e-12, true] },
  t_test: { oneValue: none, constant: none, twoConstants: apart },
  es: { oneValue: none, constant: none, twoConstants: apart },
  empirical_mmd: { oneValue: none, constant: same, twoConstants: apart },
  // A standard deviation of 0 is taken for 0.001.
  wasserstein: { oneValue: zero, constant: zero, twoConstants: [1000, true] },
  ed: { oneValue: zero, constant: zero, twoConstants: [Math.SQRT2, true] },
  nannyml_kolmogorov_smirnov: { oneValue: zero, constant: zero, twoConstants: [1, true] },
  nannyml_wasserstein: { oneValue: zero, constant: zero, twoConstants: [1, true] },
};
const logOfFilling = (1 - 0.0001) * Math.log(1 / 0.0001);
const both: Record<string, Row> = {
  jensenshannon: { oneValue: zero, constant: zero, twoConstants: [Math.sqrt(Math.LN2), true] },
  psi: { oneValue: zero, constant: zero, twoConstants: [2 * logOfFilling, true] },
  kl_div: { oneValue: zero, constant: zero, twoConstants: [logOfFilling / 1.0001, true] },
  hellinger: { oneValue: zero, constant: zero, twoConstants: [1, true] },
  nannyml_jensen_shannon: { oneValue: zero, constant: zero, twoConstants: [1, true] },
  nannyml_hellinger: { oneValue: zero, constant: zero, twoConstants: [1, true] },
};
const categories: Record<string, Row> = {
  chisquare: { oneValue: none, constant: none, twoConstants: apart },
  z: { oneValue: same, constant: same, twoConstants: [1.537459794428035e-12, true] },
  g_test: { oneValue: none, constant: none, twoConstants: apart },
  TVD: { oneValue: same, constant: same, twoConstants: apart },
  fisher_exact: { oneValue: same, constant: same, twoConstants: [1 / 47129212243960, true] },
  nannyml_chi2: { oneValue: same, constant: same, twoConstants: [1.2317319065658562e-11, true] },
  l_infinity: { oneValue: zero, constant: zero, twoConstants: [1, true] },
};

function assertAnswer(
  method: DriftMethod,
  reference: FeatureSample,
  current: FeatureSample,
  expected: Answer,
): void {
  const { score } = method.compare(reference, current);
  const isNear =
    Object.is(score, expected[0]) || Math.abs(score - expected[0]) <= 1e-4 * expected[0];
  assert.ok(isNear, `${method.name}: ${score} is not ${expected[0]}`);
  assert.equal(method.drifted(score, method.threshold), expected[1], method.name);
}

const ofNumbers = (value: number, times: number) =>
  numericalSample(new Array<number>(times).fill(value));
const ofTexts = (value: string, times: number) =>
  categoricalSample(new Array<string>(times).fill(value));

test("every method has its documented answer for one value, one constant and two constants", () => {
  for (const [name, row] of Object.entries({ ...numbers, ...both, ...categories })) {
    const method = driftMethods.get(name);
    assert.ok(method, name);
    if (method.appliesTo.includes("numerical")) {
      assertAnswer(method, ofNumbers(3, 1), ofNumbers(3, 1), row.oneValue);
      assertAnswer(method, ofNumbers(3, 30), ofNumbers(3, 20), row.constant);
      assertAnswer(method, ofNumbers(3, 30), ofNumbers(4, 20), row.twoConstants);
    }
    if (method.appliesTo.includes("categorical")) {
      assertAnswer(method, ofTexts("a", 1), ofTexts("a", 1), row.oneValue);
      assertAnswer(method, ofTexts("a", 30), ofTexts("a", 20), row.constant);
      assertAnswer(method, ofTexts("a", 30), ofTexts("b", 20), row.twoConstants);
    }
  }
});

test("the table of degenerate samples names every method", () => {
  assert.deepEqual(
    Object.keys({ ...numbers, ...both, ...categories }).sort(),
    [...driftMethods.keys()].sort(),
  );
});

test("no method has an answer for an empty side, or one where all is missing", () => {
  const empty = {
    numerical: numericalSample([NaN, Infinity]),
    categorical: categoricalSample([null, null]),
  };
  const full = {
    numerical: numericalSample([1, 2, 3]),
    categorical: categoricalSample(["a", "b"]),
  };
  for (const method of driftMethods.values())
    for (const kind of method.appliesTo)
      for (const [reference, current] of [
        [empty[kind], full[kind]],
        [full[kind], empty[kind]],
        [empty[kind], empty[kind]],
      ] as const) {
        assert.deepEqual(method.compare(reference, current), { score: NaN, statistic: null });
        assert.equal(method.drifted(NaN, method.threshold), false);
      }
});

test("infinities and missing values change no score, since samples do not hold them", () => {
  const clean = [1.5, 2, 2.5, 3, 4, 5, 7, 8, 9.5, 12];
  const dirty = [NaN, ...clean, Infinity, -Infinity];
  const other = numericalSample([2, 3, 3.5, 4, 6, 8, 9, 11]);
  const reference = numericalSample(dirty);
  assert.deepEqual([reference.missing, reference.infinite], [1, 2]);
  for (const method of driftMethods.values())
    assert.deepEqual(
      method.compare(reference, other),
      method.compare(numericalSample(clean), other),
      method.name,
    );
});

test("numbers that are counted by value are the same as their texts", () => {
  const x = [0, 1, 1, 2, 2, 2, -0, 5];
  const y = [1, 2, 2, 5, 5, 0];
  for (const name of Object.keys(categories)) {
    const method = driftMethods.get(name);
    const asNumbers = method?.compare(numericalSample(x), numericalSample(y));
    const asTexts = method?.compare(
      categoricalSample(x.map(String)),
      categoricalSample(y.map(String)),
    );
    assert.deepEqual(asNumbers, asTexts, name);
  }
});

const samplers = [
  "andersonDarling",
  "cramerVonMises",
  "energyDistance",
  "eppsSingleton",
  "kolmogorovSmirnov",
  "mannWhitney",
  "maximumMeanDiscrepancy",
  "tTest",
  "wasserstein",
] as const;
const counters = [
  "chiSquare",
  "chiSquareContingency",
  "gTest",
  "hellinger",
  "jensenShannon",
  "klDivergence",
  "lInfinity",
  "populationStabilityIndex",
  "totalVariation",
  "totalVariationTest",
] as const;

test("functions of samples refuse one without a finite value, and name the side", () => {
  for (const name of samplers) {
    const refused = (side: string, reference: number[], current: number[], length: number) => {
      assert.throws(
        () => library[name](reference, current),
        new AssayerError(
          "empty-sample",
          `${name} requires a finite value in the ${side}; got none of ${length}`,
        ),
      );
    };
    refused("reference", [], [1, 2], 0);
    refused("current", [1, 2], [NaN, Infinity, -Infinity], 3);
  }
});

test("functions of counts refuse a side without a count, sides of other categories, and counts below 0", () => {
  for (const name of counters) {
    const refused = (
      code: "empty-sample" | "invalid-argument",
      x: number[],
      y: number[],
      text: string,
    ) => {
      assert.throws(() => library[name](x, y), new AssayerError(code, `${name} requires ${text}`));
    };
    refused("empty-sample", [0, 0], [1, 1], "a count above 0 in the reference; got none");
    refused("empty-sample", [1], [0], "a count above 0 in the current; got none");
    refused("invalid-argument", [1], [1, 1], "counts of the same categories; got 1 and 2");
    refused("invalid-argument", [1, 1], [-1, 1], "counts of 0 or more; got -1 in the current");
    refused("invalid-argument", [NaN, 1], [1, 1], "counts of 0 or more; got NaN in the reference");
  }
});

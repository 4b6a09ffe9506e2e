import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  AssayerError,
  countsOf,
  driftMethod,
  driftMethods,
  type FeatureSample,
  maximumMeanDiscrepancy,
  totalVariation,
} from "../../../kernel-lib/index";
import {
  assertNear,
  golden as samples,
  type GoldenNumber,
  valuesOf,
} from "../../stats/two-sample-golden";
import { categoricalSample, numericalSample } from "../samples";

/** Score and verdict, or why Evidently has none. */
type Answer = [GoldenNumber, boolean] | string;
interface Expected {
  evidently: Record<string, Answer>;
  nannyml: Record<string, GoldenNumber>;
}

/** What test/parity/drift-methods.py computed of the same samples. */
const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/drift-methods.json"), "utf8"),
) as {
  versions: Record<"evidently" | "nannyml", string>;
  thresholds: Record<string, [number, ("num" | "cat")[]]>;
  numerical: Record<
    string,
    Expected & { whole: boolean; discrepancy?: number; asCategories?: Record<string, Answer> }
  >;
  categorical: Record<string, Expected & { totalVariation: number }>;
};
const { evidently, nannyml } = golden.versions;

/** How near a score comes: absolute floors where the peer itself ends in rounding. */
const floors: Record<string, number> = {
  // 1 less the normal distribution, and 1 less a sum.
  z: 1e-15,
  cramer_von_mises: 1e-12,
  // The root of 1 less a sum: equal distributions are 1e-8 apart.
  hellinger: 1e-7,
  jensenshannon: 1e-7,
  nannyml_jensen_shannon: 1e-7,
};
/** Of two permutation tests of 100 or 1000 rounds, each with its own random numbers: five standard errors. */
const rounds: Record<string, number> = { TVD: 1000, empirical_mmd: 100 };
/** Evidently has no answer for samples of different sizes; here the reference is scaled to the current size. */
const anySizes = ["g_test", "fisher_exact"];
/** Evidently overflows numpy's integers for some small samples; the exact p-value is held to SciPy's. */
const overflows = /UFuncTypeError/u;

function assertAnswer(
  name: string,
  reference: FeatureSample,
  current: FeatureSample,
  expected: Answer,
): void {
  const method = driftMethod(name);
  const { score } = method.compare(reference, current);
  if (typeof expected === "string") {
    if (overflows.test(expected)) return;
    if (anySizes.includes(name) && !expected.includes("unique categories"))
      assert.ok(score >= 0 && score <= 1);
    else assert.ok(Number.isNaN(score), `${name}: ${expected}`);
    return;
  }
  const [peerScore, drifted] = expected;
  const permutations = rounds[name];
  if (permutations !== undefined) {
    const p = Number(peerScore);
    if (Number.isNaN(p)) assert.ok(Number.isNaN(score), name);
    else {
      const tolerance = 5 * Math.sqrt((2 * Math.max(p * (1 - p), 1 / permutations)) / permutations);
      assert.ok(
        Math.abs(score - p) <= tolerance,
        `${name}: ${score} is not ${p} within ${tolerance}`,
      );
    }
    return;
  }
  const relative = method.scoreKind === "p-value" ? 1e-6 : 1e-9;
  assertNear(score, peerScore, relative, floors[name] ?? 1e-12);
  assert.equal(method.drifted(score, method.threshold), drifted, `${name}: ${score}`);
}

for (const [name, expected] of Object.entries(golden.numerical)) {
  const sides = samples.samples[name];
  assert.ok(sides);
  const reference = numericalSample(valuesOf(sides.reference), expected.whole);
  const current = numericalSample(valuesOf(sides.current), expected.whole);

  test(`numerical methods score and decide as evidently ${evidently}: ${name}`, () => {
    for (const [method, answer] of Object.entries(expected.evidently))
      assertAnswer(method, reference, current, answer);
    for (const [method, answer] of Object.entries(expected.asCategories ?? {}))
      // No value occurs twice, so that every split is equally far apart; Evidently's rounding tells some of them apart.
      if (method === "TVD" && name === "tiny")
        assert.equal(driftMethod("TVD").compare(reference, current).score, 1);
      else if (!["psi", "kl_div", "jensenshannon", "hellinger"].includes(method))
        assertAnswer(method, reference, current, answer);
      else assertAnswer(method, countsOf(reference), countsOf(current), answer);
  });

  test(`numerical methods score as nannyml ${nannyml} within 1e-9: ${name}`, () => {
    for (const [method, answer] of Object.entries(expected.nannyml)) {
      const { score } = driftMethod(`nannyml_${method}`).compare(reference, current);
      assertNear(score, answer, 1e-9, floors[`nannyml_${method}`] ?? 1e-12);
    }
  });

  if (expected.discrepancy !== undefined) {
    const { discrepancy } = expected;
    test(`the statistic of empirical_mmd equals evidently ${evidently} within 1e-9: ${name}`, () => {
      const actual = maximumMeanDiscrepancy(reference.sorted, current.sorted, { permutations: 0 });
      assertNear(actual.statistic, discrepancy, 1e-9, 1e-10);
    });
  }
}

for (const [name, expected] of Object.entries(golden.categorical)) {
  const sides = samples.categories[name];
  assert.ok(sides);
  const reference = categoricalSample(sides.reference);
  const current = categoricalSample(sides.current);

  test(`categorical methods score and decide as evidently ${evidently}: ${name}`, () => {
    for (const [method, answer] of Object.entries(expected.evidently))
      assertAnswer(method, reference, current, answer);
  });

  test(`categorical methods score as nannyml ${nannyml} within 1e-9: ${name}`, () => {
    for (const [method, answer] of Object.entries(expected.nannyml)) {
      const own = driftMethods.get(`nannyml_${method}`) ?? driftMethod(method);
      const relative = own.scoreKind === "p-value" ? 1e-6 : 1e-9;
      assertNear(
        own.compare(reference, current).score,
        answer,
        relative,
        floors[own.name] ?? 1e-12,
      );
    }
  });

  test(`the statistic of TVD equals evidently ${evidently} within 1e-12: ${name}`, () => {
    const { statistic } = driftMethod("TVD").compare(reference, current);
    assertNear(statistic ?? NaN, expected.totalVariation, 1e-12, 1e-15);
    const counts = samples.categorical[name]?.counts ?? [[], []];
    assertNear(totalVariation(...counts), expected.totalVariation, 1e-12, 1e-15);
  });
}

test(`names, default thresholds and kinds are those of evidently ${evidently}`, () => {
  const own = Object.fromEntries(
    Object.keys(golden.thresholds).map((name) => {
      const { threshold, appliesTo } = driftMethod(name);
      return [
        name,
        [threshold, appliesTo.map((kind) => (kind === "numerical" ? "num" : "cat")).sort()],
      ];
    }),
  );
  assert.equal(Object.keys(own).length, 18);
  assert.deepEqual(own, golden.thresholds);
});

test("driftMethod refuses an unknown name and lists the known ones", () => {
  assert.throws(
    () => driftMethod("foo"),
    new AssayerError(
      "invalid-argument",
      `unknown drift method: foo; expected one of ${[...driftMethods.keys()].join(", ")}`,
    ),
  );
});

test("permutation methods give the same p-value every time", () => {
  for (const [method, reference, current] of [
    ["TVD", categoricalSample(["a", "b", "b", "c"]), categoricalSample(["a", "a", "c", "c"])],
    ["empirical_mmd", numericalSample([1, 2, 3, 4, 5]), numericalSample([2, 3, 4, 5, 9])],
  ] as const) {
    const own = driftMethod(method);
    assert.deepEqual(own.compare(reference, current), own.compare(reference, current));
  }
});

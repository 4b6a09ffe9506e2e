import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DataProfile, mergeProfiles } from "../../../kernel-lib/drift/profile/data-profile";
import { decodeProfile, encodeProfile } from "../../../kernel-lib/drift/profile/encode-profile";
import { driftReport } from "../../../kernel-lib/monitor/drift-report";
import { dataProfile } from "../../../kernel-lib/monitor/data-profile";
import { flightNumbers, flightsPath } from "../flights";
import { distanceTo, profileOf } from "./exact";

/** Apache DataSketches 5.2.0, NumPy 2.4.6 and SciPy 1.17.1 on the flights, as test/parity/profile.py wrote it. */
const golden = JSON.parse(
  readFileSync(join(__dirname, "../../parity/golden/profile.json"), "utf8"),
) as {
  columns: Record<
    string,
    {
      distinct: number;
      hll12: number;
      kll800ShareError: number;
      kll800Bytes: number;
      quartiles: [number, number, number];
      mean: number;
      standardDeviation: number;
    }
  >;
  seasons: Record<string, { kolmogorovSmirnov: [number, number]; wasserstein: number }>;
};

const expressions: Readonly<Record<string, string>> = {
  delay: "delay",
  distance: "distance",
  date: "epoch_ms(date)",
};

for (const [name, expected] of Object.entries(golden.columns))
  test(`the profile of the flights' ${name}, merged of eight, is NumPy's within its bounds and half the bytes of DataSketches`, async () => {
    const [values] = await flightNumbers(`select ${expressions[name]} from flights`);
    assert.ok(values);
    const size = values.length / 8;
    const parts = Array.from({ length: 8 }, (_, i) => {
      const part = profileOf(values.subarray(i * size, (i + 1) * size));
      return new DataProfile(size, [part], "2026-11-21T00:00:00.000Z");
    });
    const bytes = encodeProfile(mergeProfiles(...parts));
    const [feature] = decodeProfile(bytes).features;
    assert.ok(feature?.kind === "numerical");
    const { distinct, q25, median, q75, mean, standardDeviation } = feature.summary();
    // Four standard errors of HyperLogLog; exact up to 512 values.
    assert.ok(
      Math.abs(Number(distinct) / expected.distinct - 1) <= (expected.distinct > 512 ? 0.065 : 0),
    );
    assert.ok(Math.abs(Number(mean) - expected.mean) <= 1e-12 * Math.abs(expected.mean));
    assert.ok(
      Math.abs(Number(standardDeviation) / expected.standardDeviation - 1) <= 1e-9,
      String(standardDeviation),
    );
    const error = distanceTo(feature.quantiles, values);
    assert.ok(error <= feature.quantiles.rankError + 1e-9);
    assert.ok(feature.quantiles.rankError < 0.0025);
    const sorted = values.toSorted();
    const share = (value: number) => [
      sorted.findIndex((each) => each >= value) / sorted.length,
      (sorted.findLastIndex((each) => each <= value) + 1) / sorted.length,
    ];
    for (const [i, quartile] of [q25, median, q75].entries()) {
      const [low, high] = share(quartile ?? NaN) as [number, number];
      const wanted = (i + 1) / 4;
      assert.ok(low - 0.0025 <= wanted && wanted <= high + 0.0025, `${wanted}: ${low} … ${high}`);
      if (feature.quantiles.rankError === 0) assert.equal(quartile, expected.quartiles[i]);
    }
    assert.ok(bytes.length < 0.62 * expected.kll800Bytes, `${bytes.length} bytes`);
  });

test("KS and Wasserstein distances of profiles of two seasons are SciPy's within 0.0025 and 0.002", async () => {
  const [before, after] = await Promise.all(
    ["month(date) <= 2", "month(date) >= 5"].map((condition) =>
      dataProfile({
        sql: `select delay, distance, ${expressions.date}::double as date from '${flightsPath}' where ${condition}`,
      }),
    ),
  );
  assert.ok(before && after);
  for (const method of ["ks", "wasserstein"]) {
    const { features } = await driftReport(
      decodeProfile(encodeProfile(before)),
      decodeProfile(encodeProfile(after)),
      { method, threshold: 0.1 },
    );
    for (const { feature, score, statistic } of features) {
      const expected = golden.seasons[feature];
      assert.ok(expected && score !== null);
      if (method === "ks") {
        const apart = Math.abs(Number(statistic) - expected.kolmogorovSmirnov[0]);
        assert.ok(apart < 0.0025, `${feature}: ${statistic}`);
      } else assert.ok(Math.abs(score - expected.wasserstein) < 0.002, `${feature}: ${score}`);
    }
  }
});

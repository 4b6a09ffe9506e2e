import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fitLossEstimator,
  lossTimeline,
} from "../../../kernel-lib/drift/performance/direct-loss-estimation";
import {
  lossesOf,
  metricOfLosses,
  realisedMetric,
  regressionMetricNames,
  regressionSamplingError,
  type RegressionMetricName,
  type RegressionRows,
} from "../../../kernel-lib/drift/performance/regression-metrics";
import { outside, thresholdBand } from "../../../kernel-lib/drift/timeline/threshold";
import { AssayerError } from "../../../kernel-lib/errors";
import { golden } from "../multivariate-data";
import { regressionSide } from "../regression-data";

const nannyml = `NannyML ${golden.versions.nannyml ?? ""} DLE`;
const lightgbm = `LightGBM ${golden.versions.lightgbm ?? ""}`;

function assertClose(actual: number, expected: number | null, tolerance: number, what = ""): void {
  if (expected === null) assert.ok(Number.isNaN(actual), `${actual} is not NaN: ${what}`);
  else
    assert.ok(
      Math.abs(actual - expected) <= tolerance * Math.abs(expected),
      `${actual} is not ${expected}: ${what}`,
    );
}

for (const { target, rows, metrics, losses, features } of golden.losses) {
  test(`realised metrics, sampling errors and thresholds equal ${nannyml} within 1e-9: ${target}, ${rows} rows`, async () => {
    const reference = await regressionSide(target, "reference", rows);
    const current = await regressionSide(target, "current", rows);
    for (const metric of regressionMetricNames) {
      const errorOf = regressionSamplingError(metric, reference);
      const band = thresholdBand(
        (metrics[metric] ?? [])
          .filter(({ period }) => period === "reference")
          .map(({ start, end }) => realisedMetric(metric, reference, start, end)),
        { kind: "standard-deviation" },
        { lower: 0, upper: null },
      );
      assert.ok((metrics[metric]?.length ?? 0) >= 6);
      for (const chunk of metrics[metric] ?? []) {
        const side = chunk.period === "reference" ? reference : current;
        const { start, end } = chunk;
        const what = `${metric} ${chunk.period} ${start}`;
        assertClose(realisedMetric(metric, side, start, end), chunk.realized ?? null, 1e-9, what);
        assertClose(errorOf(end - start), chunk.sampling_error, 1e-9, what);
        assertClose(band.lower ?? NaN, chunk.lower_threshold, 1e-9, what);
        assertClose(band.upper ?? NaN, chunk.upper_threshold, 1e-9, what);
      }
    }
  });

  if (losses)
    test(`timelines of the losses that NannyML's own models predict equal ${nannyml} within 1e-9, with its alarms: ${target}`, async () => {
      const reference = await regressionSide(target, "reference", rows);
      const current = await regressionSide(target, "current", rows);
      for (const metric of regressionMetricNames) {
        const source = { rmse: "mse", rmsle: "msle" }[metric as string] ?? metric;
        const predicted = losses[source]?.map((side) => Float64Array.from(side));
        assert.ok(predicted?.[0] && predicted[1]);
        const expected = metrics[metric] ?? [];
        const chunks = (side: "reference" | "analysis") =>
          expected
            .filter(({ period }) => period === side)
            .map(({ start, end }) => ({ label: "", start, end, from: null, to: null }));
        const timeline = lossTimeline(
          metric,
          { rows: reference, chunks: chunks("reference"), losses: predicted[0] },
          { rows: current, chunks: chunks("analysis"), losses: predicted[1] },
        );
        assert.equal(timeline.chunks.length, expected.length);
        for (const [i, chunk] of timeline.chunks.entries()) {
          const theirs = expected[i];
          assert.ok(theirs);
          const what = `${metric} ${i}`;
          assertClose(chunk.value ?? NaN, theirs.value, 1e-9, what);
          assertClose(chunk.low ?? NaN, theirs.lower_confidence_boundary, 1e-9, what);
          assertClose(chunk.high ?? NaN, theirs.upper_confidence_boundary, 1e-9, what);
          assertClose(chunk.realised ?? NaN, theirs.realized ?? null, 1e-9, what);
          assertClose(timeline.lower ?? NaN, theirs.lower_threshold, 1e-9, what);
          assertClose(timeline.upper ?? NaN, theirs.upper_threshold, 1e-9, what);
          assert.equal(chunk.alarm, theirs.alert, what);
        }
      }
    });

  // Losses of lateness have long tails, which a tree or another catches.
  const tolerance = target === "distance" ? 0.02 : 0.1;
  if (rows === "all")
    test(`estimates are those of ${nannyml} with ${lightgbm} within ${tolerance * 100}% for chunks of 100 rows or more, with the same alarms: ${target}`, async () => {
      const reference = await regressionSide(target, "reference", rows);
      const current = await regressionSide(target, "current", rows);
      const columns = (side: typeof reference) =>
        side.columns.filter(({ name }) => features.includes(name));
      for (const metric of regressionMetricNames) {
        // 2⁵² times what is missed, where the truth is 0.
        if (metric === "mape" && target === "lateness") continue;
        const estimate = fitLossEstimator(
          columns(reference),
          lossesOf(metric, reference),
          reference.yPred,
        );
        const estimated = {
          reference: estimate(columns(reference), reference.yPred),
          analysis: estimate(columns(current), current.yPred),
        };
        for (const chunk of metrics[metric] ?? []) {
          const { period, start, end, value, lower_threshold, upper_threshold, alert } = chunk;
          if (end - start < 100) continue;
          const ours = metricOfLosses(metric, estimated[period].subarray(start, end));
          const what = `${metric} ${period} ${start}`;
          assertClose(ours, value, tolerance, what);
          const band = { lower: lower_threshold, upper: upper_threshold };
          assert.equal(outside(ours, band), alert, what);
        }
      }
    });
}

test("metrics have an answer for hand-made rows", () => {
  const rows: RegressionRows = {
    yTrue: Float64Array.from([1, 2, NaN, 4]),
    yPred: Float64Array.from([2, 2, 3, 1]),
  };
  const of = (metric: RegressionMetricName) => realisedMetric(metric, rows);
  assertClose(of("mae"), 4 / 3, 1e-15);
  assertClose(of("mse"), 10 / 3, 1e-15);
  assertClose(of("rmse"), Math.sqrt(10 / 3), 1e-15);
  assertClose(of("mape"), (1 + 0 + 3 / 4) / 3, 1e-15);
  assert.ok(Number.isNaN(realisedMetric("mae", rows, 2, 3)));
  assert.equal(metricOfLosses("mae", Float64Array.from([-3, 1])), 0.5);
});

test("negative values are refused where a metric takes logarithms, and no loss at all everywhere", () => {
  const rows = { yTrue: Float64Array.of(1, 2), yPred: Float64Array.of(1, -2) };
  assert.throws(
    () => realisedMetric("rmsle", rows),
    new AssayerError(
      "invalid-argument",
      "rmsle requires yTrue and yPred of 0 or more; got a negative value in row 1",
    ),
  );
  assert.throws(
    () => fitLossEstimator([], Float64Array.of(NaN, NaN), rows.yPred),
    new AssayerError(
      "empty-sample",
      "fitLossEstimator requires reference rows with both truth and prediction; got none of 2",
    ),
  );
});

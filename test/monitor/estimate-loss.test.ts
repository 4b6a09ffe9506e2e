import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../kernel-lib/errors";
import { estimatePerformance } from "../../kernel-lib/monitor/estimate-performance";
import { golden, type GoldenChunk } from "../drift/multivariate-data";
import { regressionSql } from "../drift/regression-data";

const nannyml = `NannyML ${golden.versions.nannyml ?? ""} DLE`;
const now = new Date("2026-01-01T00:00:00Z");
const regression = { problem: "regression", yTrue: "y_true", yPred: "y_pred", now } as const;

for (const target of ["distance", "lateness"] as const)
  test(`estimatePerformance of a regression is within its tolerance of ${nannyml}, and realised performance and band equal it: ${target}`, async () => {
    const expected = golden.losses.find((each) => each.target === target && each.rows === "all");
    assert.ok(expected);
    const metrics = target === "distance" ? undefined : (["mae", "rmse", "msle"] as const);
    const report = await estimatePerformance(
      { sql: regressionSql(target, "reference", "all") },
      { sql: regressionSql(target, "current", "all") },
      { ...regression, features: expected.features, ...(metrics && { metrics }) },
    );
    assert.deepEqual(
      report.metrics.map(({ measure }) => measure),
      metrics ?? ["mae", "mape", "mse", "rmse", "msle", "rmsle"],
    );
    assert.deepEqual([report.method, report.problem], ["dle", "regression"]);
    for (const timeline of report.metrics) {
      const theirs: GoldenChunk[] | undefined = expected.metrics[timeline.measure];
      assert.equal(timeline.chunks.length, theirs?.length);
      const close = (actual: number | null, value: number | null | undefined, within: number) => {
        assert.ok(
          Math.abs((actual ?? NaN) - (value ?? NaN)) <= within * Math.abs(value ?? NaN),
          `${timeline.measure}: ${actual} is not ${value}`,
        );
      };
      for (const [i, chunk] of timeline.chunks.entries()) {
        close(chunk.realised, theirs?.[i]?.realized, 1e-9);
        close(timeline.upper, theirs?.[i]?.upper_threshold, 1e-9);
        if (chunk.end - chunk.start < 100) continue;
        close(chunk.value, theirs?.[i]?.value, target === "distance" ? 0.02 : 0.1);
        assert.equal(chunk.alarm, theirs?.[i]?.alert);
      }
    }
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  });

/** A model that is wrong by x, whose truth is told where asked. */
function table(rows: number, from: number, told = true) {
  const x = Float64Array.from({ length: rows }, (_, i) => from + ((i * 37) % 100) / 100);
  const yTrue = x.map((value, i) => (i % 2 === 0 ? value : -value));
  return { x, y_pred: new Float64Array(rows), ...(told && { y_true: yTrue }) };
}

test("a loss that grows with a feature is seen before the truth comes, and the truth decides once it came", async () => {
  // The reference knows x up to 2; there are fewer such rows than in the current data.
  const usual = { ...table(3000, 0) };
  usual.x.set(
    usual.x.subarray(0, 300).map((value) => value + 1),
    0,
  );
  usual.y_true?.set(usual.x.subarray(0, 300), 0);
  const chunking = { by: "count", chunks: 10 } as const;
  const shuffled = (columns: typeof usual) => {
    const order = Array.from(columns.x.keys()).sort(
      (a, b) => ((a * 7919) % 3000) - ((b * 7919) % 3000),
    );
    return {
      x: order.map((i) => columns.x[i] ?? NaN),
      y_pred: order.map(() => 0),
      y_true: order.map((i) => columns.y_true?.[i] ?? NaN),
    };
  };
  const reference = shuffled(usual);
  const estimated = await estimatePerformance(reference, table(1000, 1, false), {
    ...regression,
    chunking,
  });
  assert.equal(estimated.verdict, "alarm");
  const [mae] = estimated.metrics;
  const current = mae?.chunks.filter(({ side }) => side === "current") ?? [];
  assert.equal(current.length, 10);
  for (const { value, realised, alarm } of current) {
    assert.ok(Math.abs((value ?? NaN) - 1.5) < 0.1, String(value));
    assert.deepEqual([realised, alarm], [null, true]);
  }
  assert.deepEqual(
    estimated.metrics.map(({ measure }) => measure),
    ["mae", "mse", "rmse"],
  );
  assert.deepEqual(estimated.warnings, [
    "mape is left out: the truth of some rows is 0",
    "msle and rmsle are left out: some values are negative",
  ]);
  const told = await estimatePerformance(reference, table(1000, 1), { ...regression, chunking });
  const last = told.metrics[0]?.chunks.at(-1);
  assert.ok(Math.abs((last?.realised ?? NaN) - 1.495) < 0.01);
});

test("bad input is named", async () => {
  const rows = table(100, 0);
  const refused = (work: Promise<unknown>, message: string) =>
    assert.rejects(work, new AssayerError("invalid-argument", message));
  await refused(
    estimatePerformance(rows, rows, { ...regression, metrics: ["r2" as "mae"] }),
    "unknown metric: r2; expected one of mae, mape, mse, rmse, msle, rmsle",
  );
  await refused(
    estimatePerformance(rows, rows, { ...regression, metrics: ["msle"] }),
    "msle requires yTrue and yPred of 0 or more; got a negative value in row 1",
  );
  await assert.rejects(
    estimatePerformance(table(100, 0, false), rows, regression),
    new AssayerError(
      "empty-sample",
      "fitLossEstimator requires reference rows with both truth and prediction; got none of 100",
    ),
  );
});

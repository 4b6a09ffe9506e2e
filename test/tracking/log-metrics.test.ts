import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { AssayerError, openProject, type LogMetricsOptions } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";

test("numbers are one value each, arrays and typed arrays whole histories that go on after it", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  run.logMetrics({ loss: 4, auc: 0.5 });
  run.logMetrics({ loss: Float64Array.of(3, 2), auc: 0.6 });
  run.logMetrics({ loss: [1, NaN, Infinity] }, { steps: Int32Array.of(10, 30, 20), timestamp: 5 });
  run.logMetrics({ loss: Float32Array.of(0.5), epoch: Uint8Array.of(7, 8) }, { step: 100 });
  run.logMetrics({ loss: [0.25, 0.125] }, { timestamps: [7, 6.5] });
  run.logMetrics({ nothing: [], loss: 0 }, { timestamp: 9 });
  run.logMetric("epoch", 9);
  await run.end();
  const [auc, epoch, loss, ...others] = await project.metricHistory(run.id);
  assert.deepEqual(others, []);
  assert.deepEqual([...(loss?.steps ?? [])], [0, 1, 2, 10, 20, 30, 100, 101, 102, 103]);
  assert.deepEqual([...(loss?.values ?? [])], [4, 3, 2, 1, Infinity, NaN, 0.5, 0.25, 0.125, 0]);
  assert.deepEqual([...(loss?.timestamps.slice(3, 6) ?? [])], [5, 5, 5]);
  assert.deepEqual([...(loss?.timestamps.slice(7) ?? [])], [7, 6.5, 9]);
  assert.deepEqual([...(auc?.steps ?? [])], [0, 1]);
  assert.deepEqual([...(epoch?.steps ?? [])], [100, 101, 102]);
  await project.close();
});

test("a caller's array can change after the call", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const values = Float64Array.of(1, 2);
  const steps = Float64Array.of(5, 6);
  run.logMetrics({ m: values }, { steps });
  values.fill(0);
  steps.fill(0);
  run.logMetric("m", 3);
  const [m] = await project.metricHistory(run.id);
  assert.deepEqual(
    [[...(m?.steps ?? [])], [...(m?.values ?? [])]],
    [
      [5, 6, 7],
      [1, 2, 3],
    ],
  );
  await project.close();
});

test("of a call with a mistake in it nothing is kept, and steps go on as if it had not been", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  run.logMetric("fine", 1);
  const text = "x" as unknown as number;
  const wrong: [Parameters<typeof run.logMetrics>[0], LogMetricsOptions, RegExp][] = [
    [
      { fine: 1, bad: text },
      {},
      /^logMetrics requires a number or an array of numbers; got string for bad$/u,
    ],
    [{ fine: 1, bad: BigInt64Array.of(1n) as never }, {}, /got object for bad$/u],
    [{ fine: [1], bad: [1, text] }, {}, /^logMetric requires a number; got string for bad$/u],
    [{ fine: [1], bad: [1, undefined as never] }, {}, /got undefined for bad$/u],
    [{ fine: [1], "": [1] }, {}, /requires a name of one line; got ""/u],
    [
      { fine: [1, 2] },
      { steps: [1] },
      /^logMetrics requires steps, for fine, as many as values; got 1$/u,
    ],
    [
      { fine: [1, 2] },
      { timestamps: [1, 2, 3] },
      /timestamps, for fine, as many as values; got 3$/u,
    ],
    [{ fine: [1, 2] }, { steps: [1, 1.5] }, /whole number as step; got 1.5$/u],
    [{ fine: [1, 2] }, { steps: [1, 2 ** 53] }, /whole number as step; got 9007199254740992$/u],
    [{ fine: [1, 2] }, { step: 2 ** 53 - 1 }, /whole number as step; got 9007199254740992$/u],
    [
      { fine: [1, 2] },
      { timestamps: [1, NaN] },
      /milliseconds since the epoch as timestamp; got NaN$/u,
    ],
    [{ fine: [1] }, { timestamp: Infinity }, /as timestamp; got Infinity$/u],
    [
      { fine: [1] },
      { step: 1, steps: [1] },
      /^logMetrics requires either step or steps; got both of them$/u,
    ],
    [{ fine: [1] }, { timestamp: 1, timestamps: [1] }, /either timestamp or timestamps; got both/u],
    [
      { fine: [1], one: 1 },
      { steps: [1] },
      /arrays of values where steps or timestamps are given; got a number for one$/u,
    ],
  ];
  for (const [metrics, options, message] of wrong)
    assert.throws(
      () => {
        run.logMetrics(metrics, options);
      },
      (error) => {
        assert.ok(error instanceof AssayerError, String(error));
        assert.equal(error.code, "invalid-argument");
        assert.match(error.message, message);
        return true;
      },
    );
  run.logMetric("fine", 2);
  const history = await project.metricHistory(run.id);
  assert.deepEqual(
    history.map(({ key, steps }) => [key, [...steps]]),
    [["fine", [0, 1]]],
  );
  await run.end();
  assert.throws(
    () => {
      run.logMetrics({ fine: 1 });
    },
    new AssayerError(
      "run-ended",
      `logMetrics requires a running run; got ${run.name}, which has ended`,
    ),
  );
  await project.close();
});

test("a million values of a metric are logged in less than half a second, and all come back", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const values = Float64Array.from({ length: 1_000_000 }, (_, i) => i / 7);
  const start = performance.now();
  run.logMetrics({ loss: values });
  const took = performance.now() - start;
  assert.ok(took < 500, `${took} ms`);
  const [loss] = await project.metricHistory(run.id);
  assert.deepEqual(loss?.values, values);
  assert.equal(loss.steps.at(-1), 999_999);
  await project.close();
});

test("many metrics of one call are one write, and one wait for the disk", async (t) => {
  const project = await openProject(temporaryFolder(), { durability: "fsync" });
  const run = project.startRun({ experiment: "e" });
  const write = t.mock.method(fs, "writeSync");
  const wait = t.mock.method(fs, "fdatasyncSync");
  run.logMetrics(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`m${i}`, i])));
  assert.deepEqual([write.mock.callCount(), wait.mock.callCount()], [1, 1]);
  t.mock.restoreAll();
  await run.end();
  assert.equal(Object.keys((await project.searchRuns())[0]?.metrics ?? {}).length, 500);
  await project.close();
});

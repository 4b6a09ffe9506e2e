import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, openProject } from "../../../kernel-lib/index";
import { newId } from "../../../kernel-lib/store/id";
import { assumedDirection } from "../../../kernel-lib/store/read/metric-direction";
import { Store } from "../../../kernel-lib/store/store";
import { temporaryFolder } from "../../temporary-folder";

test("runs are compared side by side: what differs, the best of each metric, code and data", async () => {
  const project = await openProject(temporaryFolder());
  const { journal } = new Store(project.directory);
  const ids: string[] = [];
  for (const [i, auc] of [0.7, 0.9, NaN].entries()) {
    const run = project.startRun({
      experiment: "e",
      name: `r${i}`,
      params: { depth: i === 2 ? 6 : 4, kind: "tree", ...(i === 0 ? { rate: 0.1 } : {}) },
    });
    run.logMetrics({ auc, "val loss": 5 - i });
    run.logMetrics({ "val loss": 2 });
    if (i === 1) run.logMetric("only", 1);
    run.setTag("team", "risk");
    await run.end();
    ids.push(run.id);
    journal.append({
      kind: "dataset",
      runId: run.id,
      name: "wages",
      digest: i === 2 ? "d2" : "d1",
      context: "training",
      source: null,
      rows: 3,
      schema: null,
      profile: null,
      at: 0,
    });
  }
  const [first = "", second = "", third = ""] = ids;
  const order = [third, first, second];
  const comparison = await project.compareRuns(order, { directions: { only: "lower" } });
  assert.deepEqual(
    comparison.runs.map(({ name }) => name),
    ["r2", "r0", "r1"],
  );
  assert.deepEqual(comparison.params, [
    { key: "depth", values: [6, 4, 4], differs: true },
    { key: "kind", values: ["tree", "tree", "tree"], differs: false },
    { key: "rate", values: [null, 0.1, null], differs: true },
  ]);
  assert.deepEqual(comparison.metrics, [
    {
      key: "auc",
      last: [NaN, 0.7, 0.9],
      min: [null, 0.7, 0.9],
      max: [null, 0.7, 0.9],
      differs: true,
      direction: "higher",
      assumed: true,
      best: [second],
    },
    {
      key: "only",
      last: [null, null, 1],
      min: [null, null, 1],
      max: [null, null, 1],
      differs: true,
      direction: "lower",
      assumed: false,
      best: [second],
    },
    {
      key: "val loss",
      last: [2, 2, 2],
      min: [2, 2, 2],
      max: [3, 5, 4],
      differs: false,
      direction: "lower",
      assumed: true,
      best: order,
    },
  ]);
  assert.deepEqual(comparison.tags, [
    { key: "team", values: ["risk", "risk", "risk"], differs: false },
  ]);
  assert.deepEqual(comparison.datasets, [
    { key: "training wages", values: ["d2", "d1", "d1"], differs: true },
  ]);
  const node = comparison.source.find(({ key }) => key === "node_version");
  assert.deepEqual(node, {
    key: "node_version",
    values: order.map(() => process.versions.node),
    differs: false,
  });
  await project.close();
});

test("a hundred runs are compared, deleted ones too; unknown runs and directions are refused", async () => {
  const project = await openProject(temporaryFolder());
  const ids: string[] = [];
  for (let i = 0; i < 100; i++) {
    const run = project.startRun({ experiment: "e", params: { i } });
    run.logMetric("rmse", (i * 37) % 100);
    await run.end();
    ids.push(run.id);
  }
  await project.deleteRuns([ids[0] ?? ""]);
  const { metrics, params } = await project.compareRuns(ids);
  assert.deepEqual(metrics[0]?.best, [ids[0]]);
  assert.deepEqual(
    params[0]?.values,
    ids.map((_, i) => i),
  );
  const refusal = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
  await assert.rejects(
    project.compareRuns([ids[1] ?? "", newId()]),
    refusal("unknown-run", /^unknown run: [0-9a-z]{26}$/u),
  );
  await assert.rejects(
    project.compareRuns(ids, { directions: { rmse: "down" as "lower" } }),
    refusal(
      "invalid-argument",
      /^unknown direction of rmse: down; expected one of lower, higher$/u,
    ),
  );
  await project.close();
});

test("a metric's direction is judged by the words of its name", () => {
  for (const key of [
    "loss",
    "val_loss",
    "train/logLoss",
    "RMSE",
    "mean squared error",
    "brier",
    "fit.seconds",
  ])
    assert.equal(assumedDirection(key), "lower", key);
  for (const key of ["auc", "accuracy", "r2", "f1", "lossless", "recall@10", "terror"])
    assert.equal(assumedDirection(key), "higher", key);
});

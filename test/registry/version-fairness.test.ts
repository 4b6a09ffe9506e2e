import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  AssayerError,
  fairnessReport,
  openProject,
  type FairnessReport,
  type Project,
} from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { temporaryFolder } from "../temporary-folder";

const model = linearRegressor([[2, 1]], { intercept: [0] });

/** Predictions of which `recall` positives of group a are recognised, and 90 % of group b. */
async function reportOf(recall: number, rows = 20_000): Promise<FairnessReport> {
  const random = seededRandom(11);
  const table = Array.from({ length: rows }, () => {
    const group = random() < 0.5 ? "a" : "b";
    const y_true = random() < 0.5 ? 1 : 0;
    const y_pred = Number(random() < (y_true === 0 ? 0.1 : group === "a" ? recall : 0.9));
    return { group, y_true, y_pred };
  });
  return fairnessReport(table, { sensitiveFeatures: ["group"] });
}

async function register(project: Project, ...reports: FairnessReport[]): Promise<number> {
  const run = project.startRun({ experiment: "gate" });
  for (const report of reports) {
    run.logReport(report);
    await setTimeout(5);
  }
  await run.end();
  return (await project.registry.register("model", model, { runId: run.id })).number;
}

async function refused(work: Promise<unknown>): Promise<string> {
  let message = "";
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof AssayerError);
    assert.equal(error.code, "gate-failed");
    message = error.message;
    return true;
  });
  return message;
}

const gated = { reason: "better", requireFairness: true } as const;

test("a version is promoted when its fairness report passes, and stays where it was when not", async () => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  const fair = await register(project, await reportOf(0.9));
  const unfair = await register(project, await reportOf(0.6));
  const scarce = await register(project, await reportOf(0.9, 200));
  const unknown = await register(project);
  assert.equal((await registry.promote("model", fair, "production", gated)).to, "production");
  assert.match(
    await refused(registry.promote("model", unfair, "production", gated)),
    /^promote requires that model@2 keeps demographicParity; got a failure: \S/u,
  );
  assert.match(
    await refused(registry.promote("model", scarce, "production", gated)),
    /^promote requires that model@3 keeps demographicParity; got not enough evidence: \S/u,
  );
  assert.equal(
    await refused(registry.promote("model", unknown, "production", gated)),
    "promote requires a fairness report of the run that made model@4; got none: log one with run.logReport(await fairnessReport(…))",
  );
  const stages = (await registry.versions("model")).map(({ number, stage }) => [number, stage]);
  assert.deepEqual(
    stages.filter(([, stage]) => stage === "production"),
    [[fair, "production"]],
  );
  await project.close();
});

test("other requirements than the report's are judged by its counts, not by what it says of itself", async () => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  const honest = await reportOf(0.6);
  const liar: FairnessReport = {
    ...honest,
    verdict: "stable",
    summary: "All 3 requirements are kept.",
    results: honest.results.map((result) => ({ ...result, verdict: "pass" })),
  };
  const number = await register(project, liar);
  await refused(registry.promote("model", number, "production", gated));
  const lenient = [{ constraint: "equalOpportunity", maxDifference: 0.5 }] as const;
  const fairness = await registry.fairness("model", number, lenient);
  assert.deepEqual(
    fairness?.results.map(({ verdict }) => verdict),
    ["pass"],
  );
  await registry.promote("model", number, "production", {
    reason: "agreed on",
    requireFairness: lenient,
  });
  await project.close();
});

test("of several reports the newest on this version counts", async () => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  const bad = { ...(await reportOf(0.6)), name: "first" };
  const good = { ...(await reportOf(0.9)), name: "second" };
  const other = { ...bad, name: "third", model: { name: "another", number: 1 } };
  const number = await register(project, bad, good, other);
  assert.equal((await registry.fairness("model", number))?.report.name, "second");
  await registry.promote("model", number, "production", gated);
  await project.close();
});

test("of two reports of one millisecond the one that does not pass counts", async (t) => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  const good = { ...(await reportOf(0.9)), name: "a" };
  const bad = { ...(await reportOf(0.6)), name: "b" };
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const run = project.startRun({ experiment: "gate" });
  run.logReport(good);
  run.logReport(bad);
  t.mock.timers.reset();
  await run.end();
  const { number } = await registry.register("model", model, { runId: run.id });
  assert.equal((await registry.fairness("model", number))?.report.name, "b");
  await refused(registry.promote("model", number, "production", gated));
  await project.close();
});

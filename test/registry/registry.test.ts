import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, openProject, type Project } from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { parseReference } from "../../kernel-lib/registry/reference";
import type { JournalEvent } from "../../kernel-lib/store/journal/events";
import type { Journal } from "../../kernel-lib/store/journal/journal";
import { temporaryFolder } from "../temporary-folder";

const refusal = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AssayerError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

function model(slope: number): Uint8Array {
  return linearRegressor([[slope, 1]], { intercept: [0] });
}

async function threeVersions(project: Project): Promise<void> {
  for (const slope of [1, 2, 3]) await project.registry.register("wage-model", model(slope));
}

test("a version keeps its bytes, tensors, columns, sample and the run it came from", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const bytes = model(2);
  const version = await run.logModel("wage-model", bytes, {
    input: [{ name: "input", shape: [-1, 2], columns: ["education", "age"] }],
    sample: [
      [1, 2],
      [3, 4],
    ],
    note: "hello",
  });
  await run.end();
  assert.equal(version.number, 1);
  const stored = await project.registry.version("wage-model", 1);
  assert.deepEqual(stored, version);
  assert.deepEqual(stored.input, [
    { name: "input", datatype: "FP32", shape: [-1, 2], columns: ["education", "age"] },
  ]);
  assert.deepEqual(stored.sample?.inputs[0]?.data, [1, 2, 3, 4]);
  assert.deepEqual(stored.sample.outputs[0]?.data, [4, 10]);
  assert.equal(stored.runId, run.id);
  assert.deepEqual(new Uint8Array(readFileSync(project.registry.modelPath(stored))), bytes);
  assert.deepEqual((await project.run(run.id)).versions, [version]);
  await project.close();
});

test("promoting moves one version at a time into a stage, archives the former holder, and keeps the history", async () => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  await threeVersions(project);
  await registry.promote("wage-model", 1, "production", { reason: "first", by: "ann" });
  await registry.promote("wage-model", 2, "staging", { reason: "candidate" });
  const transition = await registry.promote("wage-model", 2, "production", {
    reason: "better",
    by: "bob",
  });
  assert.deepEqual(
    { ...transition, at: 0 },
    {
      model: "wage-model",
      number: 2,
      from: "staging",
      to: "production",
      reason: "better",
      by: "bob",
      at: 0,
    },
  );
  const stages = (await registry.versions("wage-model")).map(({ number, stage }) => [
    number,
    stage,
  ]);
  assert.deepEqual(stages, [
    [3, "none"],
    [2, "production"],
    [1, "archived"],
  ]);
  const history = await registry.history("wage-model");
  assert.deepEqual(
    history.map(({ number, from, to, reason }) => [number, from, to, reason]),
    [
      [2, "staging", "production", "better"],
      [1, "production", "archived", "replaced by version 2"],
      [2, "none", "staging", "candidate"],
      [1, "none", "production", "first"],
    ],
  );
  assert.deepEqual(await registry.models(), [
    { name: "wage-model", versions: 3, latest: 3, stages: { production: 2 } },
  ]);
  await project.close();
});

test("references resolve to a stage's holder, a number or the newest", async () => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  await threeVersions(project);
  await registry.promote("wage-model", 2, "production", { reason: "x" });
  const number = async (reference: string) => (await registry.resolve(reference)).number;
  assert.equal(await number("wage-model@production"), 2);
  assert.equal(await number("wage-model@1"), 1);
  assert.equal(await number("wage-model"), 3);
  await assert.rejects(
    registry.resolve("wage-model@staging"),
    refusal("unknown-stage", /requires a version in staging; got none/u),
  );
  await assert.rejects(
    registry.resolve("wage-model@qa"),
    refusal(
      "unknown-stage",
      /unknown stage: qa; expected one of none, staging, production, archived/u,
    ),
  );
  await assert.rejects(
    registry.resolve("wage-model@9"),
    refusal("unknown-model", /unknown version: wage-model@9; expected one of 3, 2, 1/u),
  );
  await assert.rejects(
    registry.resolve("other"),
    refusal("unknown-model", /unknown model: other; expected one of wage-model/u),
  );
  for (const wrong of ["", "a@", "@b", "a@b@c"])
    assert.throws(
      () => parseReference(wrong),
      refusal("invalid-argument", /model@stage, model@number or model/u),
    );
  await project.close();
});

test("bad registrations and promotions are refused and change nothing", async () => {
  const project = await openProject(temporaryFolder());
  const { registry } = project;
  await threeVersions(project);
  const before = await project.sql("select * from model_versions order by number");
  await assert.rejects(
    registry.register("wage-model", Buffer.from("not onnx")),
    refusal("invalid-model", /./u),
  );
  await assert.rejects(
    registry.register("wage-model", model(4), { input: [{ name: "x" }] }),
    refusal("invalid-model", /the name input, as the ONNX file has; got x/u),
  );
  await assert.rejects(
    registry.register("wage-model", model(4), { input: [{ columns: ["one"] }] }),
    refusal("invalid-model", /requires 2 columns; got 1/u),
  );
  await assert.rejects(
    registry.register("a@b", model(4)),
    refusal("invalid-argument", /a name without @ .*; got a@b/u),
  );
  await assert.rejects(
    registry.register("wage-model", model(4), { number: 2 }),
    refusal("version-conflict", /wage-model@2, which another model holds/u),
  );
  await assert.rejects(
    registry.promote("wage-model", 1, "live", { reason: "x" }),
    refusal("unknown-stage", /unknown stage: live/u),
  );
  await assert.rejects(
    registry.promote("wage-model", 1, "production", { reason: "  " }),
    refusal("invalid-argument", /requires a reason/u),
  );
  await assert.rejects(
    registry.promote("wage-model", 7, "production", { reason: "x" }),
    refusal("unknown-model", /unknown version: wage-model@7/u),
  );
  await assert.rejects(
    registry.promote("other", 1, "production", { reason: "x" }),
    refusal("unknown-model", /unknown model: other/u),
  );
  await registry.promote("wage-model", 1, "production", { reason: "x" });
  await assert.rejects(
    registry.promote("wage-model", 1, "production", { reason: "x" }),
    refusal("invalid-argument", /is in production already/u),
  );
  const after = await project.sql(
    "select * replace (if(number = 1, 'none', stage) as stage) from model_versions order by number",
  );
  assert.deepEqual(after, before);
  assert.equal((await registry.history("wage-model")).length, 1);
  await project.close();
});

test("the same bytes under the same number are taken once", async () => {
  const project = await openProject(temporaryFolder());
  const first = await project.registry.register("m", model(1), { number: 5 });
  const again = await project.registry.register("m", model(1), { number: 5 });
  assert.deepEqual(again, first);
  assert.equal((await project.registry.register("m", model(2))).number, 6);
  await project.close();
});

test("versions registered at once get different numbers, and promotions at once are all kept, in an order", async () => {
  const root = temporaryFolder();
  const projects = await Promise.all(Array.from({ length: 4 }, () => openProject(root)));
  const versions = await Promise.all(
    projects.flatMap(({ registry }, i) => [
      registry.register("m", model(i)),
      registry.register("m", model(i + 10)),
    ]),
  );
  assert.deepEqual(versions.map(({ number }) => number).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  await Promise.all(
    projects.map(({ registry }, i) =>
      registry.promote("m", i + 1, "production", { reason: `by ${i}` }),
    ),
  );
  const [project] = projects;
  const held = await project?.sql(
    "select count(*) as n from model_versions where stage = 'production'",
  );
  assert.deepEqual(held, [{ n: 1 }]);
  assert.equal((await project?.registry.history("m"))?.length, 7);
  for (const each of projects) await each.close();
});

test("stages come from project.json", async () => {
  const root = temporaryFolder();
  const made = await openProject(root);
  const path = join(made.directory, "project.json");
  await made.close();
  const manifest = JSON.parse(readFileSync(path, "utf8")) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, stages: ["dev", "uat", "prod", "retired"] }));
  const project = await openProject(root);
  const version = await project.registry.register("m", model(1));
  assert.equal(version.stage, "dev");
  await project.registry.promote("m", 1, "uat", { reason: "x" });
  assert.equal((await project.registry.resolve("m@uat")).number, 1);
  await project.close();
});

test("deployments are kept and counters never repeat", async () => {
  const project = await openProject(temporaryFolder());
  await project.registry.register("m", model(1));
  await project.registry.recordDeployment({
    model: "m",
    number: 1,
    target: "edge:x",
    status: "succeeded",
    counter: 1,
  });
  await project.registry.recordDeployment({
    model: "m",
    number: 1,
    target: "http://x",
    status: "failed",
    detail: "down",
  });
  const [last, first] = await project.registry.deployments("m");
  assert.deepEqual([last?.status, last?.detail, first?.counter], ["failed", "down", 1]);
  const counters = await Promise.all(
    Array.from({ length: 20 }, () => project.registry.reserveCounter()),
  );
  assert.equal(new Set(counters).size, 20);
  await project.close();
});

test("two registrations of one number at once: one is kept, the other refused", async () => {
  const project = await openProject(temporaryFolder());
  const results = await Promise.allSettled(
    [1, 2].map((slope) => project.registry.register("m", model(slope), { number: 1 })),
  );
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  await assert.rejects(
    project.registry.register("m", model(3), { number: 3e9 }),
    refusal("invalid-argument", /a number from 1 to 2147483647; got 3000000000/u),
  );
  for (const name of ["..", ".", "\ud800"])
    await assert.rejects(
      project.registry.register(name, model(1)),
      refusal("invalid-argument", /requires a name/u),
    );
  const long = "模".repeat(120);
  await project.registry.register(long, model(1));
  assert.equal((await project.registry.resolve(long)).number, 1);
  await project.close();
});

test("a promotion is one record: whatever happens, a stage never loses its holder without getting the next", async (t) => {
  const project = await openProject(temporaryFolder());
  await threeVersions(project);
  await project.registry.promote("wage-model", 1, "production", { reason: "x" });
  const journal = (project as unknown as { store: { journal: Journal } }).store.journal;
  const append = journal.appendDurably.bind(journal);
  let records = 0;
  t.mock.method(journal, "appendDurably", (event: JournalEvent) => {
    records++;
    append(event);
  });
  await project.registry.promote("wage-model", 2, "production", { reason: "y" });
  assert.equal(records, 1);
  assert.equal((await project.registry.history("wage-model")).length, 3);
  await project.close();
});

import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, openProject, type Project } from "../../../kernel-lib/index";
import { linearRegressor } from "../../../kernel-lib/onnx/write-linear";
import type { JournalEvent } from "../../../kernel-lib/store/journal/events";
import { Journal } from "../../../kernel-lib/store/journal/journal";
import { temporaryFolder } from "../../temporary-folder";

const model = (slope: number) => linearRegressor([[slope]], { intercept: [0] });

async function fill(project: Project, name: string): Promise<string> {
  const run = project.startRun({ experiment: "e", name, params: { depth: 6 }, tags: { by: name } });
  for (const value of [3, NaN, 1]) run.logMetric("loss", value);
  run.logArtifact({ name: "notes.txt", data: `notes of ${name}` });
  await run.logPredictions([{ requestId: name, yPred: 1 }]);
  await run.logModel("wage-model", model(name.length), { sample: [[2]] });
  await run.end();
  return run.id;
}

/** Everything in the tables that is said of runs, by id. */
async function contents(project: Project): Promise<unknown> {
  const queries = [
    "select * exclude (writer) from runs order by run_id",
    "select * from params order by all",
    "select * from tags order by all",
    "select run_id, key, count, last_step, last_timestamp, last_value, min_value, max_value from metric_series order by 1, 2",
    "select * from metrics order by run_id, key, step, timestamp, value",
    "select * from artifacts order by run_id, name",
    "select * from logged_tables order by all",
  ];
  return Promise.all(queries.map((query) => project.sql(query)));
}

test("a merge into an empty store brings everything, a second one nothing, and the other store stays as it is", async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const other = await openProject(there);
  const runId = await fill(other, "first");
  await fill(other, "second");
  await other.registry.promote("wage-model", 2, "production", { reason: "better" });
  const project = await openProject(here);
  const report = await project.merge(there);
  assert.deepEqual(report, {
    runs: 2,
    params: 2,
    tags: 2,
    artifacts: 2,
    tables: 2,
    metrics: 6,
    datasets: 0,
    modelVersions: 2,
    versionTags: 0,
    versionProfiles: 0,
    versionBackgrounds: 0,
    stageTransitions: 1,
    deployments: 0,
    conflicts: [],
    renumbered: [],
    missingFiles: [],
  });
  assert.deepEqual(await contents(project), await contents(other));
  const [artifact] = (await project.run(runId)).artifacts;
  assert.equal(String(await project.readArtifact(artifact?.digest ?? "")), "notes of first");
  assert.deepEqual(await project.readTable(runId, "predictions", "predictions"), [
    { request_id: "first", y_pred: 1 },
  ]);
  const version = await project.registry.resolve("wage-model@production");
  assert.equal(version.number, 2);
  const again = await project.merge(join(there, ".assayer"));
  const { conflicts, renumbered, missingFiles, ...counts } = again;
  assert.deepEqual([conflicts, renumbered, missingFiles], [[], [], []]);
  assert.ok(Object.values(counts).every((count) => count === 0));
  assert.ok(!readdirSync(project.directory).some((name) => name.startsWith("merge-")));
  await Promise.all([project.close(), other.close()]);
});

test("records that are only in the other store's journal come too", async () => {
  const other = await openProject(temporaryFolder());
  const run = other.startRun({ experiment: "e", name: "goes on" });
  run.logMetric("loss", 1);
  const project = await openProject(temporaryFolder());
  assert.equal((await project.merge(other.root)).metrics, 1);
  run.logMetric("loss", 2);
  run.logMetric("auc", 0.5);
  await run.end();
  const report = await project.merge(other.root);
  assert.deepEqual([report.runs, report.metrics, report.conflicts], [0, 2, []]);
  const { status, metrics, series } = await project.run(run.id);
  assert.deepEqual([status, metrics], ["finished", { auc: 0.5, loss: 2 }]);
  assert.deepEqual(
    series.map(({ key, count, minValue }) => [key, count, minValue]),
    [
      ["auc", 1, 0.5],
      ["loss", 2, 1],
    ],
  );
  await Promise.all([project.close(), other.close()]);
});

test("two copies that went on apart keep what both have, and what they say differently is named", async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const project = await openProject(here);
  const runId = await fill(project, "shared");
  await project.close();
  cpSync(here, there, { recursive: true });
  const [one, two] = [await openProject(here), await openProject(there)];
  await one.updateRun(runId, { tags: { by: "one", mine: "1" } });
  await two.updateRun(runId, { name: "renamed", tags: { theirs: "2" } });
  const same = await one.registry.register("wage-model", model(50));
  await two.registry.register("wage-model", model(60));
  await one.registry.promote("wage-model", same.number, "production", { reason: "ours" });
  await two.registry.promote("wage-model", 2, "production", { reason: "theirs" });
  const report = await one.merge(there);
  assert.deepEqual(report.renumbered, [{ model: "wage-model", from: 2, to: 3 }]);
  assert.deepEqual(report.conflicts, [
    { what: `name of run ${runId}`, ours: "shared", theirs: "renamed" },
    { what: `tag by of run ${runId}`, ours: "one", theirs: "shared" },
    {
      what: "stage of wage-model@3, which wage-model@2 holds",
      ours: "archived",
      theirs: "production",
    },
  ]);
  const { name, tags } = await one.run(runId);
  assert.deepEqual([name, tags], ["shared", { by: "one", mine: "1", theirs: "2" }]);
  assert.equal((await one.registry.resolve("wage-model@production")).number, 2);
  assert.deepEqual(
    (await one.registry.history("wage-model")).map(({ number, to }) => [number, to]),
    [
      [3, "archived"],
      [3, "production"],
      [2, "production"],
    ],
  );
  const again = await one.merge(there);
  assert.deepEqual([again.modelVersions, again.stageTransitions], [0, 0]);
  // The next number is free for both of them.
  assert.equal((await one.registry.register("wage-model", model(70))).number, 4);
  await Promise.all([one.close(), two.close()]);
});

test("a file that the other store lost, or has with other bytes, is named, and the rest comes", async () => {
  const other = await openProject(temporaryFolder());
  const digests: string[] = [];
  for (const name of ["lost", "changed"]) {
    const [artifact] = (await other.run(await fill(other, name))).artifacts;
    digests.push(artifact?.digest ?? "");
  }
  const [lost = "", changed = ""] = digests.map((digest) =>
    join(other.directory, "artifacts", digest.slice(0, 2), digest),
  );
  rmSync(lost);
  chmodSync(changed, 0o644);
  writeFileSync(changed, "other bytes");
  const project = await openProject(temporaryFolder());
  const { missingFiles, runs } = await project.merge(other.root);
  assert.deepEqual(
    [missingFiles.sort(), runs],
    [digests.map((digest) => `artifacts/${digest}`).sort(), 2],
  );
  await Promise.all([project.close(), other.close()]);
});

test("a merge that is refused or stopped leaves the store as it was", async () => {
  const project = await openProject(temporaryFolder());
  const other = await openProject(temporaryFolder());
  await fill(other, "first");
  const empty = temporaryFolder();
  await assert.rejects(
    project.merge(empty),
    new AssayerError("invalid-store", `merge requires a store; got none in ${empty}`),
  );
  await assert.rejects(
    project.merge(project.root),
    new AssayerError(
      "invalid-store",
      `merge requires another store; got this one: ${project.root}`,
    ),
  );
  const stop = new AbortController();
  const onProgress = () => {
    stop.abort(new Error("stopped"));
  };
  await assert.rejects(
    project.merge(other.root, { onProgress, signal: stop.signal }),
    /^Error: stopped$/u,
  );
  assert.deepEqual(await project.experiments(), []);
  assert.ok(!readdirSync(project.directory).some((name) => name.startsWith("merge-")));
  await Promise.all([project.close(), other.close()]);
});

test("a store that names files outside itself is not merged, and garbage is collected inside the store alone", async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const outside = join(here, "precious.txt");
  writeFileSync(outside, "precious");
  const then = new Date(Date.now() - 24 * 3600 * 1000);
  utimesSync(outside, then, then);
  const name = (project: Project, runId: string, event: object) => {
    const journal = new Journal(project.directory);
    journal.append({ runId, name: "x", at: Date.now(), ...event } as JournalEvent);
    journal.close();
  };
  const path = "../precious.txt";
  const table = { kind: "table", table: "table", rows: 1, columns: ["a"], path };
  const digest = "../../../precious.txt";
  const artifact = { kind: "artifact", digest, size: 1, mediaType: "text/plain" };
  const written = join(there, "written");
  const macro = `a() as table select 1; copy (select 1) to '${written}'; create macro b`;
  const code = { ...table, table: macro, path: "tables/table/run_id=a/b.parquet" };
  const project = await openProject(here);
  for (const [event, got] of [
    [table, path],
    [artifact, digest],
    [code, undefined],
  ] as const) {
    const other = await openProject(temporaryFolder());
    writeFileSync(join(other.root, "precious.txt"), "from a stranger");
    name(other, await fill(other, "first"), event);
    const merged = project.merge(other.root);
    const error = `merge requires a store that names only files of its own; got ${got}`;
    if (got === undefined) await merged;
    else await assert.rejects(merged, new AssayerError("invalid-store", error));
    await other.close();
  }
  assert.ok(!existsSync(written));
  const runId = await fill(project, "own");
  name(project, runId, table);
  name(project, runId, artifact);
  await project.deleteRuns([runId]);
  await project.collectGarbage({ deletedBefore: new Date(Date.now() + 1000) });
  assert.equal(readFileSync(outside, "utf8"), "precious");
  await project.close();
});

import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { AssayerError, openProject, type Project } from "../../../kernel-lib/index";
import { linearRegressor } from "../../../kernel-lib/onnx/write-linear";
import { seriesBytes } from "../../../kernel-lib/store/journal/frame";
import { newId } from "../../../kernel-lib/store/id";
import { Journal } from "../../../kernel-lib/store/journal/journal";
import { temporaryFolder } from "../../temporary-folder";

const days = 24 * 3600 * 1000;

async function fill(project: Project, name = "r", data = `notes of ${name}`): Promise<string> {
  const run = project.startRun({ experiment: "e", name, params: { depth: 6 } });
  for (let i = 0; i < 50; i++) run.logMetrics({ loss: 1 / (i + 1), auc: i / 50 });
  run.logArtifact({ name: "notes.txt", data });
  await run.logPredictions([{ requestId: name, yPred: 1 }]);
  await run.end();
  return run.id;
}

const artifactFile = (project: Project, digest: string) =>
  join(project.directory, "artifacts", digest.slice(0, 2), digest);

function age(path: string): void {
  const then = new Date(Date.now() - days);
  utimesSync(path, then, then);
}

/** Runs SQL that the library would not, as a mistake of an earlier version might have. */
async function tamper(project: Project, sql: string): Promise<void> {
  await project.refresh();
  const instance = await DuckDBInstance.create(join(project.directory, "store.duckdb"));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

test("a healthy store has no findings", async () => {
  const project = await openProject(temporaryFolder());
  await fill(project);
  await project.registry.register("m", linearRegressor([[1]], { intercept: [0] }));
  const { checks, findings } = await project.doctor();
  assert.equal(checks.length, 8);
  assert.deepEqual(findings, []);
  assert.deepEqual((await project.doctor({ repair: true })).findings, []);
  await project.close();
});

test("each kind of damage is found, told before it is repaired, and gone after it was", async () => {
  const project = await openProject(temporaryFolder());
  const runId = await fill(project);
  await project.registry.register("m", linearRegressor([[1]], { intercept: [0] }));
  const detail = await project.run(runId);
  const [artifact] = detail.artifacts;
  const [table] = detail.tables;
  assert.ok(artifact && table);

  await tamper(
    project,
    "update metric_series set count = 7, last_value = 0 where key = 'auc'; insert into metric_points values (999, 1, now()::timestamp, 1)",
  );
  const stray = newId();
  const journal = new Journal(project.directory);
  journal.appendMetric(seriesBytes(stray, "loss"), 1, 0, 1000);
  journal.close();
  const damaged = new Journal(project.directory);
  damaged.append({ kind: "tag", runId, key: "k", value: "v" });
  const segment = readdirSync(join(project.directory, "journal")).find((name) =>
    name.startsWith(damaged.writer),
  );
  appendFileSync(join(project.directory, "journal", segment ?? ""), Buffer.alloc(40, 7));
  await project.refresh();
  rmSync(join(project.directory, "models", "m", "1"));
  chmodSync(artifactFile(project, artifact.digest), 0o644);
  writeFileSync(artifactFile(project, artifact.digest), "other bytes");
  const orphan = artifactFile(project, "a".repeat(64));
  mkdirSync(join(orphan, ".."), { recursive: true });
  const loose = join(project.directory, "tables", "predictions", `run_id=${runId}`, "x.parquet");
  const left = join(project.directory, "merge-x.tmp");
  for (const path of [orphan, loose, left]) {
    writeFileSync(path, "x");
    age(path);
  }

  const { findings } = await project.doctor();
  const told = findings.map(({ severity, what }) => `${severity}: ${what}`);
  const expected = [
    /^error: journal \w+-000000\.journal: a corrupt record at byte \d+$/u,
    /^error: the summary of metric auc of run \w+ does not fit its points$/u,
    /^warning: 1 metric values of no series$/u,
    /^error: 1 records of run \w+, whose beginning is not there$/u,
    /^error: the number of m@1 could be given again$/u,
    /^error: artifact of run \w+, notes\.txt: requireArtifact requires the bytes of/u,
    /^warning: artifact a{64} is named by nothing$/u,
    /^warning: tables\/predictions\/run_id=\w+\/x\.parquet is named by nothing$/u,
    /^warning: merge-x\.tmp was left by a process that died$/u,
  ];
  assert.equal(told.length, expected.length, told.join("\n"));
  expected.forEach((pattern, i) => {
    assert.match(told[i] ?? "", pattern);
  });
  assert.ok(findings.every(({ repaired, repair }) => !repaired && repair !== null));
  assert.ok(existsSync(orphan) && existsSync(loose) && existsSync(left), "only told");

  const cured = await project.doctor({ repair: true });
  assert.ok(cured.findings.every(({ repaired }) => repaired));
  assert.equal(cured.findings.length, expected.length);
  const after = await project.doctor();
  // Bytes that are gone cannot be had back, which stays to be said.
  assert.deepEqual(
    after.findings.map(({ what, repair }) => [what.split(":")[0], repair]),
    [[`artifact of run ${runId}, notes.txt`, null]],
  );
  assert.equal((await project.run(runId)).metrics.auc, 0.98);
  assert.equal((await project.run(stray)).experiment, "recovered");
  damaged.close();
  await project.close();
});

test("a missing table file, and one with other rows, are found", async () => {
  const project = await openProject(temporaryFolder());
  const [one, two] = [await fill(project, "one"), await fill(project, "two")];
  const paths = await project.sql("select path from logged_tables order by run_id = ? desc", [one]);
  const [gone, short] = paths.map(({ path }) => join(project.directory, String(path)));
  rmSync(gone ?? "");
  writeFileSync(short ?? "", readFileSync(short ?? "").subarray(0, 20));
  const { findings } = await project.doctor();
  assert.deepEqual(
    findings.map(({ severity }) => severity),
    ["error", "error"],
  );
  const text = findings.map(({ what }) => what).join("\n");
  assert.match(text, new RegExp(`of run ${one}: the file is not there`, "u"));
  assert.match(text, new RegExp(`of run ${two}: cannot run the query`, "u"));
  await project.close();
});

test("a database that is no longer one is told, and nothing is changed", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await fill(project);
  await project.close();
  writeFileSync(join(root, ".assayer", "store.duckdb"), "not a database at all");
  const broken = await openProject(root);
  const { findings } = await broken.doctor({ repair: true });
  assert.equal(findings.length, 1);
  assert.match(
    findings[0]?.what ?? "",
    /^the database cannot be opened: .*restore it from a backup$/su,
  );
  assert.equal(findings[0]?.repaired, false);
  await broken.close();
});

test("garbage is what was deleted long enough ago: its rows, and files that nothing else names", async () => {
  const project = await openProject(temporaryFolder());
  const [one, two, three] = [
    await fill(project, "one", "shared"),
    await fill(project, "two", "shared"),
    await fill(project, "three"),
  ];
  const onnx = linearRegressor([[1]], { intercept: [0] });
  await project.registry.register("m", onnx, { runId: three });
  const own = project.startRun({ experiment: "e", name: "own" });
  own.logArtifact({ name: "own.txt", data: "mine alone" });
  await own.end();
  await project.deleteRuns([one, three, own.id]);
  for (const { digest } of await project.sql("select distinct digest from artifacts"))
    age(artifactFile(project, String(digest)));

  assert.deepEqual((await project.collectGarbage()).runIds, [], "deleted today");
  const options = { deletedBefore: new Date(Date.now() + 1000) };
  const planned = await project.collectGarbage({ ...options, dryRun: true });
  assert.deepEqual(planned.runIds, [one, own.id]);
  assert.deepEqual(planned.kept, [{ runId: three, versions: ["m@1"] }]);
  assert.equal((await project.sql("select count(*) as n from runs"))[0]?.n, 4, "only planned");
  const done = await project.collectGarbage(options);
  assert.deepEqual(done, planned);
  // The table of `one` and the artifact of `own`; `two` shares the artifact of `one`.
  assert.equal(done.files, 2);
  assert.deepEqual(
    await project.sql("select run_id from runs order by 1"),
    [two, three].map((run_id) => ({ run_id })),
  );
  const { artifacts } = await project.run(two);
  assert.equal(String(await project.readArtifact(artifacts[0]?.digest ?? "")), "shared");
  assert.deepEqual((await project.doctor()).findings, []);
  await assert.rejects(
    project.restoreRuns([one]),
    new AssayerError("unknown-run", `unknown run: ${one}`),
  );
  await assert.rejects(
    project.collectGarbage({ deletedBefore: new Date(NaN) }),
    new AssayerError("invalid-argument", "collectGarbage requires a valid date"),
  );
  await project.close();
});

test("a compacted database is smaller, keeps every row, and takes in what is logged meanwhile", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e" });
  const steps = 20_000;
  for (let i = 0; i < steps; i++)
    for (const key of ["a", "b", "c", "d"]) run.logMetric(key, Math.sin(i), { step: i });
  const tables =
    "select md5(string_agg(m::varchar, ',' order by key, step)) as digest from metrics m";
  const before = await project.sql(tables);
  const background = setInterval(() => {
    run.logMetric("meanwhile", 1);
  }, 1);
  const sizes = await project.compact();
  clearInterval(background);
  assert.ok(sizes.after < sizes.before, `${sizes.before} to ${sizes.after} bytes`);
  assert.equal(sizes.after, statSync(join(project.directory, "store.duckdb")).size);
  assert.deepEqual(await project.sql(`${tables} where key <> 'meanwhile'`), before);
  run.logMetric("later", 2);
  const detail = await project.run(run.id);
  assert.equal(detail.metrics.later, 2);
  assert.deepEqual((await project.doctor()).findings, []);
  const logged = readdirSync(project.directory).filter((name) => /\.(tmp|wal)$/u.test(name));
  assert.deepEqual(logged, []);
  await project.close();
});

test("a backup is a whole store of one moment, also while a run goes on, and can be merged back", async () => {
  const project = await openProject(temporaryFolder());
  const runId = await fill(project);
  await project.registry.register("m", linearRegressor([[1]], { intercept: [0] }), { runId });
  const run = project.startRun({ experiment: "e", name: "goes on" });
  let logged = 0;
  const background = setInterval(() => {
    for (let i = 0; i < 100; i++) run.logMetric("loss", logged++);
  }, 1);
  const folder = join(temporaryFolder(), "copy");
  const messages: string[] = [];
  const before = logged;
  const report = await project.backup(folder, { onProgress: (text) => messages.push(text) });
  const after = logged;
  clearInterval(background);
  assert.equal(report.directory, join(folder, ".assayer"));
  assert.ok(messages.length > 2 && report.files > messages.length);
  const copy = await openProject(folder);
  assert.deepEqual((await copy.doctor()).findings, []);
  const [points] = await copy.sql(
    "select count(*)::double as n, max(step) + 1 as steps from metrics where run_id = ?",
    [run.id],
  );
  assert.equal(points?.n, points?.steps, "without a gap");
  assert.ok(Number(points?.n) >= before && Number(points?.n) <= after);
  assert.equal((await copy.registry.resolve("m")).number, 1);
  await copy.close();
  await assert.rejects(
    project.backup(folder),
    new AssayerError(
      "invalid-argument",
      `backup requires a folder that is not there yet; got ${folder}`,
    ),
  );
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  const elsewhere = join(temporaryFolder(), "none");
  await assert.rejects(project.backup(elsewhere, { signal: stop.signal }), /^Error: stopped$/u);
  assert.deepEqual(readdirSync(join(elsewhere, "..")), []);
  await run.end();
  const fresh = await openProject(temporaryFolder());
  assert.equal((await fresh.merge(folder)).runs, 2);
  await Promise.all([fresh.close(), project.close()]);
});

test("a database that is compacted between another process's opening and locking it loses nothing", async (t) => {
  const project = await openProject(temporaryFolder());
  await fill(project, "first");
  await project.refresh();
  const database = join(project.directory, "store.duckdb");
  const later = await openProject(project.root);
  await fill(later, "second");
  const create = DuckDBInstance.create.bind(DuckDBInstance);
  let opened = 0;
  t.mock.method(DuckDBInstance, "create", async (...options: Parameters<typeof create>) => {
    const instance = await create(...options);
    if (opened++ > 0) return instance;
    copyFileSync(database, `${database}.compacted`);
    renameSync(`${database}.compacted`, database);
    return instance;
  });
  await later.close();
  t.mock.restoreAll();
  assert.deepEqual((await project.searchRuns()).map(({ name }) => name).sort(), [
    "first",
    "second",
  ]);
  await project.close();
});

test("a run that is deleted while it goes on is no garbage before it has ended", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  run.logMetric("loss", 1);
  await project.refresh();
  await project.deleteRuns([run.id]);
  const deletedBefore = new Date(Date.now() + days);
  assert.deepEqual((await project.collectGarbage({ deletedBefore })).runIds, []);
  run.logMetric("loss", 2);
  await run.end();
  assert.deepEqual((await project.doctor()).findings, []);
  assert.deepEqual((await project.collectGarbage({ deletedBefore })).runIds, [run.id]);
  await project.close();
});

test("an artifact of more than 2 GB is checked too", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  await run.end();
  const size = 2 ** 31 + 10;
  // `truncate -s 2147483658 zeros && sha256sum zeros`, coreutils 9.1
  const digest = "9ca421a580ce54604c1989291253343d59a7032271badaf10a54c60c03ea2175";
  const path = artifactFile(project, digest);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "");
  truncateSync(path, size);
  const journal = new Journal(project.directory);
  const artifact = { runId: run.id, name: "zeros", digest, size, mediaType: "a/b", at: Date.now() };
  journal.append({ kind: "artifact", ...artifact });
  journal.close();
  assert.deepEqual((await project.doctor()).findings, []);
  await project.close();
});

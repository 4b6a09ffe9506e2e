import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  AssayerError,
  dataProfile,
  findStore,
  openProject,
  type Project,
} from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { migrate } from "../../kernel-lib/store/migrate";
import { temporaryFolder } from "../temporary-folder";

const refusal = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AssayerError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

async function oneRun(project: Project): Promise<string> {
  const run = project.startRun({ experiment: "e", name: "r" });
  run.logMetric("loss", 1);
  await run.end();
  return run.id;
}

test("openProject makes a store, and finds it again from a folder below", async () => {
  const root = temporaryFolder();
  const made = await openProject(root, { name: "mine" });
  await made.close();
  mkdirSync(join(root, "a", "b"), { recursive: true });
  const found = await openProject(join(root, "a", "b"));
  assert.deepEqual([found.id, found.name, found.root], [made.id, "mine", root]);
  await found.close();
  assert.equal(findStore(dirname(root)), undefined);
});

test("openProject without create refuses a folder without a store and leaves it as it was", async () => {
  const root = temporaryFolder();
  await assert.rejects(
    openProject(root, { create: false }),
    refusal("invalid-store", /requires a project; got none in .*: run `assayer init` there/u),
  );
  assert.deepEqual(readdirSync(root), []);
});

test("two processes that make the same store at once end up with one", async () => {
  const root = temporaryFolder();
  const projects = await Promise.all(Array.from({ length: 8 }, () => openProject(root)));
  assert.equal(new Set(projects.map(({ id }) => id)).size, 1);
  for (const project of projects) await project.close();
});

test("a store of a newer format is refused, by its folder and by its database", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await oneRun(project);
  await project.close();
  const manifest = join(project.directory, "project.json");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(manifest, text.replace('"format": 1', '"format": 2'));
  await assert.rejects(
    openProject(root),
    refusal("newer-store", /format 1 or lower; got 2 in .*: update assayer/u),
  );
  writeFileSync(manifest, text);
  const instance = await DuckDBInstance.create(join(project.directory, "store.duckdb"));
  const connection = await instance.connect();
  await connection.run("update store_meta set value = '99' where key = 'schema_version'");
  connection.closeSync();
  instance.closeSync();
  const later = await openProject(root);
  await assert.rejects(
    later.searchRuns(),
    refusal("newer-store", /schema version 3 or lower; got 99/u),
  );
  await later.close();
});

test("a path that DuckDB cannot take is refused before anything is logged into it", async () => {
  for (const name of ["what?", "a,b"]) {
    const root = join(temporaryFolder(), name);
    mkdirSync(root);
    await assert.rejects(
      openProject(root),
      refusal("invalid-store", /requires a path without a comma or question mark; got /u),
    );
  }
});

test("a folder that is no store, and a database that is not ours, are refused", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".assayer"));
  writeFileSync(join(root, ".assayer", "project.json"), "{ not json");
  await assert.rejects(openProject(root), refusal("invalid-store", /requires a readable/u));
  writeFileSync(join(root, ".assayer", "project.json"), '{"format": 1, "id": 3}');
  await assert.rejects(openProject(root), refusal("invalid-store", /requires a valid/u));

  const other = temporaryFolder();
  const project = await openProject(other);
  writeFileSync(join(project.directory, "store.duckdb"), "x".repeat(20_000));
  await assert.rejects(
    project.searchRuns(),
    refusal("invalid-store", /cannot open .*store\.duckdb/u),
  );
  await project.close();

  const third = temporaryFolder();
  const foreign = await openProject(third);
  const instance = await DuckDBInstance.create(join(foreign.directory, "store.duckdb"));
  const connection = await instance.connect();
  await connection.run("create table something (a integer)");
  connection.closeSync();
  instance.closeSync();
  await assert.rejects(
    foreign.searchRuns(),
    refusal("invalid-store", /requires a database made by assayer/u),
  );
  await foreign.close();
});

test("project.sql cannot change the store, and says what was wrong with the SQL", async () => {
  const project = await openProject(temporaryFolder());
  await oneRun(project);
  await assert.rejects(project.sql("delete from runs"), refusal("invalid-sql", /read-only mode/u));
  await assert.rejects(project.sql("select nothing from nowhere"), (error: unknown) => {
    refusal("invalid-sql", /nowhere does not exist/u)(error);
    assert.equal((error as AssayerError).sql, "select nothing from nowhere");
    assert.ok((error as AssayerError).cause instanceof Error);
    return true;
  });
  assert.equal((await project.searchRuns()).length, 1);
  await project.close();
});

test("a program that holds the database is named in a clear error after the patience is over", async (t) => {
  const project = await openProject(temporaryFolder());
  const runId = await oneRun(project);
  await project.refresh();
  const holder = spawn(
    process.execPath,
    [
      "-e",
      `const { DuckDBInstance } = require(${JSON.stringify(require.resolve("@duckdb/node-api"))});
       DuckDBInstance.create(${JSON.stringify(join(project.directory, "store.duckdb"))}).then((i) => i.connect()).then((c) => {
         globalThis.c = c; console.log("held"); setInterval(() => {}, 1000); });`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  t.after(() => holder.kill("SIGKILL"));
  await new Promise((done) => holder.stdout.once("data", done));
  await assert.rejects(
    project.registry.promote("m", 1, "production", { reason: "x" }),
    refusal("store-busy", /held by another program for more than 10 s: close the program/u),
  );
  holder.kill("SIGKILL");
  await new Promise((done) => holder.once("exit", done));
  assert.equal((await project.run(runId)).name, "r");
  await project.close();
});

/** What a process that may not write sees of a store. */
function readOnly(root: string, source: string): unknown {
  const file = join(root, "reader.ts");
  writeFileSync(
    file,
    `import { openProject } from ${JSON.stringify(join(__dirname, "../../kernel-lib/index"))};
    (async () => {
      const project = await openProject(${JSON.stringify(root)});
      console.log(JSON.stringify(await (async () => { ${source} })()));
      await project.close();
    })();`,
  );
  execFileSync("chmod", ["-R", "a-w,a+rX", root]);
  const scratch = temporaryFolder();
  chmodSync(scratch, 0o777);
  // Root may write anywhere, so it reads as nobody.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  try {
    const output = execFileSync(process.execPath, ["--import", "tsx", file], {
      ...nobody,
      cwd: join(__dirname, "../.."),
      encoding: "utf8",
      env: { ...process.env, HOME: "/tmp", TMPDIR: scratch, TSX_DISABLE_CACHE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const left = readdirSync(scratch).filter((name) => name.startsWith("assayer-"));
    assert.deepEqual(left, [], "the private copy is gone");
    return JSON.parse(output);
  } finally {
    execFileSync("chmod", ["-R", "u+w", root]);
  }
}

test("a read-only store is read, and refuses changes with a clear error", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await oneRun(project);
  await project.close();
  const seen = readOnly(
    root,
    `const runs = (await project.experiments())[0].runs;
     const change = project.registry.promote("m", 1, "production", { reason: "x" });
     const refused = await change.catch((error) => error.code + ": " + error.message);
     const run = project.startRun({ experiment: "e" });
     run.logMetric("loss", 2);
     return { runs, refused, goesOn: true };`,
  ) as { runs: number; refused: string; goesOn: boolean };
  assert.equal(seen.runs, 1);
  assert.ok(seen.goesOn);
  assert.match(seen.refused, /^read-only-store: changing the registry requires write access/u);
});

test("a read-only store shows what its journals hold, with a database and without, and stays as it is", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e" });
  run.logMetric("loss", 1);
  await run.logPredictions([{ yPred: 1 }]);
  const question = `const [row] = await project.sql("select count(*) as n, max(value) as last from metrics");
    const [tables] = await project.sql("select count(*) as n from predictions()");
    return { ...row, tables: tables.n };`;
  assert.deepEqual(readOnly(root, question), { n: 1, last: 1, tables: 1 });
  assert.equal(existsSync(join(project.directory, "store.duckdb")), false);
  await project.refresh();
  const before = readFileSync(join(project.directory, "store.duckdb"));
  run.logMetric("loss", 2);
  assert.deepEqual(readOnly(root, question), { n: 2, last: 2, tables: 1 });
  assert.ok(before.equals(readFileSync(join(project.directory, "store.duckdb"))));
  await run.end();
  assert.equal((await project.sql("select count(*) as n from metrics"))[0]?.n, 2);
  await project.close();
});

/** A store as the first schema left it. */
async function firstSchema(): Promise<string> {
  const root = temporaryFolder();
  const project = await openProject(root);
  await oneRun(project);
  await project.registry.register("m", linearRegressor([[2]], { intercept: [1] }));
  await project.close();
  const again = await openProject(root);
  await again.refresh();
  await again.close();
  const instance = await DuckDBInstance.create(join(project.directory, "store.duckdb"));
  const connection = await instance.connect();
  await connection.run("drop table version_profiles; drop table version_backgrounds");
  await connection.run("update store_meta set value = '1' where key = 'schema_version'");
  connection.closeSync();
  instance.closeSync();
  return root;
}

test("a store of the first schema is brought up when it is opened, and keeps what it has", async () => {
  const project = await openProject(await firstSchema());
  assert.equal((await project.searchRuns()).length, 1);
  const [version] = await project.registry.versions("m");
  assert.equal(version?.profile, null);
  const profile = await dataProfile([{ x: 1 }, { x: 2 }]);
  await project.registry.setProfile("m", 1, profile);
  assert.equal((await project.registry.profile("m", 1))?.rows, 2);
  await project.close();
});

test("a store of the first schema that is read-only is read, and stays as it is", async () => {
  const root = await firstSchema();
  const file = join(root, ".assayer", "store.duckdb");
  const before = readFileSync(file);
  const seen = readOnly(
    root,
    `const runs = (await project.searchRuns()).length;
     const [version] = await project.registry.versions("m");
     return { runs, profile: version.profile };`,
  );
  assert.deepEqual(seen, { runs: 1, profile: null });
  assert.ok(before.equals(readFileSync(file)));
});

test("a store of the first schema merges into one of this, and stays as it is", async () => {
  const root = await firstSchema();
  const file = join(root, ".assayer", "store.duckdb");
  const before = readFileSync(file);
  const project = await openProject(temporaryFolder());
  const report = await project.merge(root);
  assert.deepEqual([report.runs, report.modelVersions, report.versionProfiles], [1, 1, 0]);
  assert.ok(before.equals(readFileSync(file)));
  await project.close();
});

test("a worker thread may log, and is told to read on the main thread", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const file = join(root, "worker.ts");
  writeFileSync(
    file,
    `import { parentPort } from "node:worker_threads";
     import { openProject } from ${JSON.stringify(join(__dirname, "../../kernel-lib/index"))};
     (async () => {
       const project = await openProject(${JSON.stringify(root)});
       const run = project.startRun({ experiment: "e", name: "from a worker" });
       await run.end();
       parentPort?.postMessage(await project.searchRuns().catch((error) => error.message));
       await project.close();
     })();`,
  );
  const message = await new Promise((done, fail) => {
    const code = `require("tsx/cjs"); require(${JSON.stringify(file)});`;
    const worker = new Worker(code, { eval: true });
    worker.once("message", done);
    worker.once("error", fail);
  });
  assert.match(String(message), /requires the main thread; got a worker thread/u);
  assert.deepEqual(
    (await project.searchRuns()).map(({ name }) => name),
    ["from a worker"],
  );
  await project.close();
});

test("a copied or moved store reads the same, tables included", async () => {
  const root = temporaryFolder();
  const project = await openProject(join(root));
  const run = project.startRun({ experiment: "e" });
  await run.logPredictions([{ yPred: 1 }, { yPred: 0 }]);
  await run.end();
  await project.close();
  const copy = join(temporaryFolder(), "it's elsewhere");
  cpSync(root, copy, { recursive: true });
  const moved = await openProject(copy);
  const rows = await moved.sql("select y_pred from predictions() order by y_pred");
  assert.deepEqual(rows, [{ y_pred: 0 }, { y_pred: 1 }]);
  await moved.close();
});

test("a store that was committed to git and cloned reads the same, without the signing key, and is written on", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e" });
  run.logArtifact({ name: "a.txt", data: "text" });
  await run.logPredictions([{ yPred: 1 }]);
  const onnx = linearRegressor([[1]], { intercept: [0] });
  await run.logModel("m", onnx);
  await run.end();
  await project.close();
  mkdirSync(join(root, ".assayer", "keys"));
  writeFileSync(join(root, ".assayer", "keys", "private.pem"), "secret");
  const git = (cwd: string, ...words: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...words], { cwd });
  git(root, "init", "--quiet");
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", "runs");
  const clone = join(temporaryFolder(), "clone");
  git(root, "clone", "--quiet", root, clone);
  const cloned = await openProject(clone);
  assert.equal(existsSync(join(clone, ".assayer", "keys")), false);
  assert.deepEqual((await cloned.doctor()).findings, []);
  assert.equal((await cloned.run(run.id)).status, "finished");
  assert.equal((await cloned.registry.register("m", onnx)).number, 2);
  const later = cloned.startRun({ experiment: "e" });
  later.logMetric("loss", 1);
  await later.end();
  assert.equal((await cloned.experiments())[0]?.runs, 2);
  await cloned.close();
});

test("ingested segments of ended writers are deleted, and their records arrive once", async () => {
  const root = temporaryFolder();
  const journal = join(root, ".assayer", "journal");
  const first = await openProject(root);
  const run = first.startRun({ experiment: "e" });
  for (let i = 0; i < 1000; i++) run.logMetric("loss", i);
  await run.end();
  const [segment = ""] = readdirSync(journal);
  const bytes = readFileSync(join(journal, segment));
  await first.close();
  assert.deepEqual(readdirSync(journal), []);
  // The same segment again, as after a restored backup.
  writeFileSync(join(journal, segment), bytes);
  const second = await openProject(root);
  const [row] = await second.sql("select count(*) as n from metrics");
  assert.deepEqual(row, { n: 1000 });
  await second.close();
});

test("a corrupt segment is kept and named, what came before it is there, other runs go on", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e", name: "damaged" });
  for (let i = 0; i < 100; i++) run.logMetric("loss", i);
  const [segment = ""] = readdirSync(join(root, ".assayer", "journal"));
  const path = join(root, ".assayer", "journal", segment);
  const data = readFileSync(path);
  const middle = Math.floor(data.length * 0.6);
  data[middle] = (data[middle] ?? 0) ^ 0xff;
  writeFileSync(path, data);
  const [{ n } = { n: 0 }] = (await project.sql("select count(*) as n from metrics")) as {
    n: number;
  }[];
  assert.ok(n > 20 && n < 100, `${n} values before the damage`);
  const [fault] = await project.sql("select fault from journal_segments where fault is not null");
  assert.match(String(fault?.fault), /^a corrupt record at byte \d+$/u);
  const other = await openProject(root);
  await oneRun(other);
  assert.deepEqual((await other.searchRuns()).map(({ name }) => name).sort(), ["damaged", "r"]);
  await other.close();
  await project.close();
  assert.ok(existsSync(path), "the damaged segment is kept");
});

test("migrations run in order, once, and all or nothing", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const steps = [
    {
      version: 1,
      sql: () => "create table store_meta (key varchar primary key, value varchar not null)",
    },
    { version: 2, sql: () => "create table added (a integer); insert into added values (1)" },
  ];
  await migrate(connection, steps.slice(0, 1));
  await migrate(connection, steps);
  await migrate(connection, steps);
  assert.deepEqual((await connection.runAndReadAll("from added")).getRows(), [[1]]);
  const broken = [
    ...steps,
    { version: 3, sql: () => "insert into added values (2); select nonsense" },
  ];
  await assert.rejects(migrate(connection, broken));
  assert.deepEqual((await connection.runAndReadAll("from added")).getRows(), [[1]]);
  assert.deepEqual((await connection.runAndReadAll("select value from store_meta")).getRows(), [
    ["2"],
  ]);
  instance.closeSync();
});

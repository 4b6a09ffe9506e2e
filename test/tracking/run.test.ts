import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tableFromArrays } from "apache-arrow";
import { AssayerError, openProject } from "../../kernel-lib/index";
import { seriesBytes } from "../../kernel-lib/store/journal/frame";
import { Journal } from "../../kernel-lib/store/journal/journal";
import { temporaryFolder } from "../temporary-folder";

const index = JSON.stringify(join(__dirname, "../../kernel-lib/index"));

const mistake =
  (message: RegExp, code = "invalid-argument") =>
  (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

test("a run keeps params, metrics, tags, note, artifacts and where it came from", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({
    experiment: "wages",
    params: { depth: 6, kind: "tree", prune: true },
  });
  run.logParams({ depth: 6, rate: NaN });
  for (const value of [0.5, NaN, Infinity, -Infinity]) run.logMetric("auc", value);
  run.logMetric("auc", 0.9, { step: 100, timestamp: Date.UTC(2024, 0, 2) });
  run.logMetrics({ loss: 2, err: 1 }, { step: 3 });
  run.setTags({ data: "cps" });
  run.setTag("data", "cps-1985");
  run.setNote("first");
  run.setNote("# second");
  run.logArtifact({ name: "out/report.md", data: "# hi" });
  await run.end();

  const detail = await project.run(run.id);
  assert.equal(detail.status, "finished");
  assert.match(detail.name, /^run-[0-9a-z]{6}$/u);
  assert.deepEqual(detail.params, { depth: 6, kind: "tree", prune: true, rate: NaN });
  assert.deepEqual(detail.metrics, { auc: 0.9, err: 1, loss: 2 });
  assert.deepEqual(detail.tags, { data: "cps-1985" });
  assert.equal(detail.note, "# second");
  assert.deepEqual(detail.series[0], {
    key: "auc",
    count: 5,
    lastValue: 0.9,
    lastStep: 100,
    minValue: -Infinity,
    maxValue: Infinity,
  });
  assert.equal(detail.source.kind, "script");
  assert.equal(detail.source.nodeVersion, process.versions.node);
  const [artifact] = detail.artifacts;
  assert.deepEqual(
    [artifact?.name, artifact?.size, artifact?.mediaType],
    ["out/report.md", 4, "text/markdown"],
  );
  assert.equal((await project.readArtifact(artifact?.digest ?? "")).toString(), "# hi");

  const [auc] = await project.metricHistory(run.id, { keys: ["auc"] });
  assert.deepEqual([...(auc?.values ?? [])], [0.5, NaN, Infinity, -Infinity, 0.9]);
  assert.deepEqual([...(auc?.steps ?? [])], [0, 1, 2, 3, 100]);
  assert.equal(auc?.timestamps[4], Date.UTC(2024, 0, 2));
  await project.close();
});

test("git commit and dirty flag are kept", async () => {
  const root = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "-q");
  writeFileSync(join(root, "train.ts"), "1");
  git("add", ".");
  git("commit", "-qm", "first");
  const clean = await openProject(root);
  const one = clean.startRun({ experiment: "e" });
  await clean.close();
  writeFileSync(join(root, "train.ts"), "2");
  const dirty = await openProject(root);
  const two = dirty.startRun({ experiment: "e" });
  const [first, second] = [await dirty.run(one.id), await dirty.run(two.id)];
  assert.equal(first.source.gitCommit, git("rev-parse", "HEAD"));
  assert.deepEqual([first.source.gitDirty, second.source.gitDirty], [false, true]);
  await dirty.close();
});

test("mistakes of the caller throw at once, say what came, and leave nothing behind", async () => {
  const project = await openProject(temporaryFolder());
  assert.throws(
    () => project.startRun({ experiment: " " }),
    mistake(/experiment requires a name of one line; got " "/u),
  );
  const run = project.startRun({ experiment: "e" });
  run.logParam("depth", 6);
  assert.throws(
    () => {
      run.logParam("depth", 7);
    },
    mistake(/one value for each param; got 7 for depth, which is 6/u, "param-changed"),
  );
  assert.throws(
    () => {
      run.logMetric("auc", "0.5" as unknown as number);
    },
    mistake(/requires a number; got string for auc/u),
  );
  assert.throws(
    () => {
      run.logMetric("auc", 1, { step: NaN });
    },
    mistake(/whole number as step; got NaN/u),
  );
  assert.throws(
    () => {
      run.logMetric("auc", 1, { step: 0.5 });
    },
    mistake(/whole number as step; got 0.5/u),
  );
  assert.throws(
    () => {
      run.logMetrics({ fine: 1, wrong: null as unknown as number });
    },
    mistake(/got null for wrong/u),
  );
  assert.throws(
    () => {
      run.logArtifact("../secret.txt");
    },
    mistake(/requires a file under/u, "path-outside-project"),
  );
  assert.throws(
    () => {
      run.logArtifact({ name: "../x", data: "" });
    },
    mistake(/relative name without \.\.; got \.\.\/x/u, "path-outside-project"),
  );
  assert.throws(
    () => {
      run.logArtifact("missing.txt");
    },
    mistake(/requires a readable file/u),
  );
  assert.throws(
    () => run.logPredictions({ age: [1] }),
    mistake(/requires a column yPred or yScore; got age/u),
  );
  assert.throws(
    () => run.logFeatures({ a: [1], b: [1, 2] }),
    mistake(/columns of one length; got 1 and, for b, 2/u),
  );
  await assert.rejects(
    run.logFeatures({ a: [1, "x"] }),
    mistake(/one type in a column; got number and string in a/u),
  );
  assert.throws(
    () => run.logExplanations({ columns: ["a", "b"], shapValues: [[1]], baseValue: 0 }),
    mistake(/n × 2 values; got a row of 1/u),
  );
  await run.end();
  assert.throws(
    () => {
      run.logMetric("auc", 1);
    },
    mistake(/requires a running run/u, "run-ended"),
  );
  const detail = await project.run(run.id);
  assert.deepEqual(
    [detail.params, detail.metrics, detail.artifacts, detail.tables],
    [{ depth: 6 }, {}, [], []],
  );
  await project.close();
  assert.throws(
    () => project.startRun({ experiment: "e" }),
    mistake(/open project; got a closed one/u, "closed"),
  );
});

test("unknown runs, experiments, tables and orders are named in the error", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "wages" });
  await run.end();
  await assert.rejects(project.run("nope"), mistake(/^unknown run: nope$/u, "unknown-run"));
  await assert.rejects(
    project.searchRuns({ experiment: "nope" }),
    mistake(/^unknown experiment: nope; expected one of wages$/u, "unknown-experiment"),
  );
  await assert.rejects(
    project.searchRuns({ orderBy: "colour" }),
    mistake(
      /^unknown attribute at position 1: colour; expected one of run_id, name/u,
      "invalid-filter",
    ),
  );
  await assert.rejects(
    project.searchRuns({ limit: -1 }),
    mistake(/limit requires a whole number of 0 or more; got -1/u),
  );
  await assert.rejects(
    project.readTable(run.id, "features", "x"),
    mistake(/^unknown table: features x; expected one of none$/u, "unknown-table"),
  );
  await assert.rejects(project.readArtifact("../../etc/passwd"), mistake(/requires a SHA-256/u));
  await assert.rejects(
    project.readArtifact("0".repeat(64)),
    mistake(/^unknown artifact: 0+$/u, "unknown-artifact"),
  );
  await project.close();
});

test("tables given as rows, columns or Arrow come back equal, and are readable by SQL", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const day = new Date(Date.UTC(2024, 1, 29, 12));
  const rows = [
    { requestId: "a", education: 12, region: "south", member: true, day },
    { requestId: "b", education: NaN, region: null, member: false, day: null },
  ];
  await run.logFeatures(rows, { name: "rows" });
  await run.logFeatures(
    { requestId: ["a", "b"], education: Float64Array.of(12, NaN), count: Int32Array.of(1, 2) },
    { name: "columns" },
  );
  await run.logFeatures(
    tableFromArrays({ requestId: ["a", "b"], education: Float64Array.of(12, 13) }),
    { name: "arrow" },
  );
  await run.logPredictions({ requestId: ["a", "b"], yScore: [0.25, 0.75], yTrue: [0, 1] });
  await run.logExplanations({
    requestId: ["a", "b"],
    columns: ["education", "south"],
    shapValues: Float64Array.of(1, 2, 3, 4),
    baseValue: 0.5,
  });
  await run.end();

  assert.deepEqual(
    await project.readTable(run.id, "features", "rows"),
    rows.map(({ requestId, ...rest }) => ({ request_id: requestId, ...rest })),
  );
  const columns = await project.readTable(run.id, "features", "columns");
  assert.deepEqual(columns, [
    { request_id: "a", education: 12, count: 1 },
    { request_id: "b", education: NaN, count: 2 },
  ]);
  const arrow = await project.readTable(run.id, "features", "arrow");
  assert.deepEqual(
    arrow.map(({ education }) => education),
    [12, 13],
  );
  const joined = await project.sql(
    `select request_id, y_score, y_true, base_value, e.education as shap, f.education
      from predictions() p join explanations() e using (run_id, request_id)
      join features() f using (run_id, request_id) where f.table_name = 'rows' order by request_id`,
  );
  assert.deepEqual(joined[0], {
    request_id: "a",
    y_score: 0.25,
    y_true: 0,
    base_value: 0.5,
    shap: 1,
    education: 12,
  });
  const { tables } = await project.run(run.id);
  assert.deepEqual(
    tables.map(({ kind, name, rows: count }) => [kind, name, count]),
    [
      ["explanations", "explanations", 2],
      ["features", "arrow", 2],
      ["features", "columns", 2],
      ["features", "rows", 2],
      ["predictions", "predictions", 2],
    ],
  );
  await project.close();
});

test("a later table with other columns does not disturb the ones before", async () => {
  const project = await openProject(temporaryFolder());
  for (const table of [{ yPred: [1] }, { yPred: [2], extra: ["x"] }]) {
    const run = project.startRun({ experiment: "e" });
    await run.logPredictions(table);
    await run.end();
    await project.sql("select * from predictions()");
  }
  const rows = await project.sql("select y_pred, extra from predictions() order by y_pred");
  assert.deepEqual(rows, [
    { y_pred: 1, extra: null },
    { y_pred: 2, extra: "x" },
  ]);
  await project.close();
});

test("runs are listed in any order, with missing values last, page by page", async () => {
  const project = await openProject(temporaryFolder());
  const parent = project.startRun({ experiment: "e", name: "parent" });
  for (const [name, auc] of [
    ["a", 0.2],
    ["b", 0.9],
    ["c", NaN],
    ["d", 0.5],
  ] as const) {
    const run = parent.startRun({ name, params: { depth: name === "a" ? 10 : 9 } });
    run.logMetric("auc", auc);
    await run.end();
  }
  await parent.end();
  const names = async (options: object) =>
    (await project.searchRuns(options)).map(({ name }) => name);
  const byAuc = await names({ orderBy: "metrics.auc desc" });
  assert.deepEqual(byAuc.slice(0, 3), ["b", "d", "a"]);
  assert.deepEqual(byAuc.slice(3).sort(), ["c", "parent"]);
  assert.deepEqual(await names({ orderBy: "metrics.auc", limit: 2 }), ["a", "d"]);
  assert.deepEqual(await names({ orderBy: "params.depth desc", limit: 1 }), ["a"]);
  assert.deepEqual(await names({ orderBy: "name", limit: 2, offset: 1 }), ["b", "c"]);
  const [child] = await project.searchRuns({ orderBy: "name", limit: 1 });
  assert.equal(child?.parentRunId, parent.id);
  const [experiment] = await project.experiments();
  assert.deepEqual([experiment?.name, experiment?.runs], ["e", 5]);
  await project.close();
});

test("a run of a process that leaves is finished or failed, of one that is killed is killed", async () => {
  const root = temporaryFolder();
  for (const [name, ending] of [
    ["left", ""],
    ["thrown", "throw new Error('x')"],
    ["killed", "process.kill(process.pid, 'SIGKILL')"],
  ]) {
    const file = join(root, `${name}.ts`);
    writeFileSync(
      file,
      `import { openProject } from ${index};
      (async () => {
        const project = await openProject(${JSON.stringify(root)});
        const run = project.startRun({ experiment: "e", name: ${JSON.stringify(name)} });
        run.logMetric("loss", 1);
        ${ending}
      })();`,
    );
    spawnSync(process.execPath, ["--import", "tsx", file], { cwd: join(__dirname, "../..") });
  }
  const project = await openProject(root);
  const statuses = Object.fromEntries(
    (await project.searchRuns()).map(({ name, status }) => [name, status]),
  );
  assert.deepEqual(statuses, { left: "finished", thrown: "failed", killed: "killed" });
  const [open] = [project.startRun({ experiment: "e", name: "open" })];
  assert.equal((await project.run(open.id)).status, "running");
  await project.close();
});

test("a store that is gone while training goes on never throws into it, and gets all of it once it is back", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e" });
  await run.logFeatures({ a: [1] });
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  renameSync(project.directory, `${project.directory}-gone`);
  mkdirSync(join(root, ".assayer"), { mode: 0o555 });
  writeFileSync(join(root, ".assayer", "artifacts"), "a file where a folder is needed");
  run.logArtifact({ name: "x.txt", data: "x" });
  run.logMetric("loss", 1);
  await run.end();
  await new Promise((done) => setImmediate(done));
  process.off("warning", listen);
  assert.match(
    warnings.join("\n"),
    /cannot keep artifact x\.txt of run .*; the run goes on, it is kept in memory and tried again/u,
  );
  execFileSync("rm", ["-rf", project.directory]);
  renameSync(`${project.directory}-gone`, project.directory);
  await project.close();
  const again = await openProject(root);
  const { artifacts, metrics, status } = await again.run(run.id);
  assert.deepEqual([artifacts.length, metrics, status], [1, { loss: 1 }, "finished"]);
  assert.equal(String(await again.readArtifact(artifacts[0]?.digest ?? "")), "x");
  await again.close();
});

test("watchers hear of a change by another process within a second", async (t) => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await project.refresh();
  const heard = new Promise<number>((done) => {
    const watcher = project.watch(() => {
      watcher.close();
      done(Date.now());
    });
  });
  await new Promise((done) => setTimeout(done, 50));
  const file = join(root, "writer.ts");
  writeFileSync(
    file,
    `import { openProject } from ${index};
    (async () => { const p = await openProject(${JSON.stringify(root)});
      p.startRun({ experiment: "e" }); console.log(Date.now()); process.exit(0); })();`,
  );
  const alive = setInterval(() => undefined, 1000);
  t.after(() => {
    clearInterval(alive);
  });
  const written = Number(
    execFileSync(process.execPath, ["--import", "tsx", file], {
      cwd: join(__dirname, "../.."),
      encoding: "utf8",
    }),
  );
  assert.ok((await heard) - written < 1000);
  await project.close();
});

test("a disk that takes no more in the middle of a record loses nothing once it does again", async () => {
  const root = temporaryFolder();
  const file = join(root, "writer.ts");
  writeFileSync(
    file,
    `import { openProject } from ${index};
     (async () => {
       const project = await openProject(${JSON.stringify(root)});
       const run = project.startRun({ experiment: "e" });
       for (let i = 0; i < 20000; i++) run.logMetric("x", i, { step: i });
       process.exit(0);
     })();`,
  );
  // The kernel cuts every file at 100 KiB, so each segment ends in half a record.
  const command = `ulimit -f 200; exec "${process.execPath}" --import tsx "${file}"`;
  execFileSync("sh", ["-c", command], { cwd: join(__dirname, "../..") });
  const project = await openProject(root);
  assert.deepEqual(
    await project.sql(
      "select count(*) as n, count(distinct step) as steps, max(step) as last from metrics",
    ),
    [{ n: 20000, steps: 20000, last: 19999 }],
  );
  assert.deepEqual(
    await project.sql("select fault from journal_segments where fault is not null"),
    [],
  );
  assert.equal((await project.searchRuns())[0]?.status, "finished");
  await project.close();
});

test("a record that no table can take keeps none of the others out, and is named", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e" });
  // As a version of the library with a mistake in it might have written.
  const journal = new Journal(project.directory);
  journal.append({ kind: "tag", runId: run.id, key: 5 as unknown as string, value: "x" });
  journal.appendMetric(seriesBytes(run.id, "loss"), 1, 0, 1e300);
  journal.appendMetric(seriesBytes(run.id, "loss"), 2, 1, 1000);
  journal.append({ kind: "tag", runId: run.id, key: "good", value: "y" });
  journal.close();
  await run.end();
  const detail = await project.run(run.id);
  assert.deepEqual(
    [detail.tags, detail.metrics, detail.status],
    [{ good: "y" }, { loss: 2 }, "finished"],
  );
  const [fault] = await project.sql("select fault from journal_segments where fault is not null");
  assert.match(String(fault?.fault), /^1 metric values with a step or time out of range$/u);
  await project.close();
});

test("the journals of four hundred short jobs are taken in at once", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await project.refresh();
  for (let job = 0; job < 400; job++) {
    const journal = new Journal(project.directory);
    journal.appendMetric(seriesBytes(project.id.padEnd(26, "0").slice(0, 26), "m"), job, job, 1);
    journal.close();
  }
  const [row] = await project.sql(
    "select count(*) as n, (select count(distinct consumed) from journal_segments) as offsets from metrics",
  );
  assert.equal(row?.n, 400);
  await project.close();
});

test("mistakes in one of several values leave nothing of the call behind", async () => {
  const project = await openProject(temporaryFolder());
  const wrong = null as unknown as number;
  assert.throws(() => project.startRun({ experiment: "e", params: { fine: 1, wrong } }));
  assert.deepEqual(await project.searchRuns(), []);
  const run = project.startRun({ experiment: "e" });
  assert.throws(
    () => {
      run.logParams({ fine: 1, wrong });
    },
    mistake(/logParams: wrong requires text/u),
  );
  assert.throws(
    () => {
      run.logMetrics({ fine: 1, "": 2 });
    },
    mistake(/requires a name/u),
  );
  assert.throws(
    () => {
      run.setTags({ fine: "a", wrong: 3 as unknown as string });
    },
    mistake(/setTags: wrong/u),
  );
  assert.throws(
    () => {
      run.logMetric("m", 1, { timestamp: Date.now() * 1e6 });
    },
    mistake(/milliseconds since the epoch/u),
  );
  assert.throws(
    () => {
      run.logArtifact({ name: "a", data: 5 as unknown as string });
    },
    mistake(/text or bytes/u),
  );
  assert.throws(
    () => {
      run.setTag("__proto__", "x");
    },
    mistake(/requires a name/u),
  );
  await assert.rejects(run.end("done" as "finished"), mistake(/unknown status: done/u));
  await run.end();
  const { params, metrics, tags, status } = await project.run(run.id);
  assert.deepEqual([params, metrics, tags, status], [{}, {}, {}, "finished"]);
  await project.close();
});

test("columns without a value, of any name and of 64 bits do not disturb other tables", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const log = (data: Parameters<typeof run.logPredictions>[0], name: string) =>
    run.logPredictions(data, { name });
  await log(
    [{ requestId: "a", yPred: 1, yTrue: null, filename: "x.png", constructor: "ford" }],
    "unlabelled",
  );
  await log({ requestId: [], yPred: [] }, "empty");
  await log([{ requestId: "b", yPred: 0, yTrue: 1, big: 2n ** 63n }], "labelled");
  await log(
    tableFromArrays({ requestId: ["c"], yPred: [1], day: [new Date(Date.UTC(2024, 0, 2))] }),
    "arrow",
  );
  assert.deepEqual(
    await project.sql("select request_id, y_true, filename, day from predictions() order by 1"),
    [
      { request_id: "a", y_true: null, filename: "x.png", day: null },
      { request_id: "b", y_true: 1, filename: null, day: null },
      { request_id: "c", y_true: null, filename: null, day: new Date(Date.UTC(2024, 0, 2)) },
    ],
  );
  const [row] = await project.readTable(run.id, "predictions", "unlabelled");
  assert.deepEqual(row, {
    request_id: "a",
    y_pred: 1,
    y_true: null,
    filename: "x.png",
    constructor: "ford",
  });
  assert.deepEqual(await project.readTable(run.id, "predictions", "empty"), []);
  for (const [data, message] of [
    [{ A: [1], a: [2], yPred: [1] }, /differ in more than case/u],
    [{ Run_ID: [1], yPred: [1] }, /none of run_id/u],
  ] as const)
    assert.throws(() => log(data, "wrong"), mistake(message));
  await assert.rejects(log({ yPred: [new Date(NaN)] }, "wrong"), mistake(/valid dates/u));
  await assert.rejects(log({ yPred: [2n ** 64n] }, "wrong"), mistake(/64-bit integers/u));
  await project.close();
});

test("closing a project waits for tables that are being written", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e" });
  void run.logFeatures({ a: Float64Array.from({ length: 50_000 }, (_, i) => i) });
  await project.close();
  const again = await openProject(root);
  assert.deepEqual(
    (await again.run(run.id)).tables.map(({ rows }) => rows),
    [50_000],
  );
  await again.close();
});

test("a store whose empty folders were left behind is read and watched", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  await project.startRun({ experiment: "e" }).end();
  await project.close();
  execFileSync("rmdir", [join(project.directory, "journal")]);
  const again = await openProject(root);
  again.watch(() => undefined).close();
  assert.equal((await again.searchRuns()).length, 1);
  await again.close();
});

test("the answer of a query comes as an Arrow table too", async () => {
  const project = await openProject(temporaryFolder());
  await project.startRun({ experiment: "e", name: "r" }).end();
  const table = await project.arrow(
    "select name, 1.5::double as number, started_at, null::integer as nothing from runs",
  );
  assert.deepEqual(
    table.schema.fields.map(({ name }) => name),
    ["name", "number", "started_at", "nothing"],
  );
  const row = table.get(0);
  assert.deepEqual([row?.["name"], row?.["number"], row?.["nothing"]], ["r", 1.5, null]);
  const again = project.startRun({ experiment: "e" });
  await again.logFeatures(table);
  const [kept] = await project.readTable(again.id, "features", "features");
  assert.ok(kept?.["started_at"] instanceof Date);
  await project.close();
});

test("steps and times below zero, and the widest ones, come back as they were logged", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const steps = [-Number.MAX_SAFE_INTEGER, -7, 0, 2 ** 32, Number.MAX_SAFE_INTEGER];
  for (const step of steps) run.logMetric("m", step, { step, timestamp: -1500.5 });
  const [m] = await project.metricHistory(run.id);
  assert.deepEqual([...(m?.steps ?? [])], steps);
  assert.deepEqual(new Set(m?.timestamps), new Set([-1500.5]));
  await run.end();
  await project.close();
});

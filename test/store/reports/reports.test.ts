import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, openProject, type Report } from "../../../kernel-lib/index";
import { driftReport, performanceReport, qualityReport, wideReport } from "../../charts/reports";
import { temporaryFolder } from "../../temporary-folder";

const mistake =
  (message: RegExp, code = "invalid-argument") =>
  (error: unknown) => {
    assert.ok(error instanceof AssayerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

test("reports are read as they were logged, and listed the newest first with their verdicts", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "monitoring", name: "june" });
  for (const report of [driftReport, qualityReport, performanceReport]) run.logReport(report);
  await run.end();
  const listed = await project.reports();
  assert.deepEqual(
    listed.map(({ kind, name, verdict, summary, runName }) => [
      kind,
      name,
      verdict,
      summary,
      runName,
    ]),
    [
      ["performance", "late-flights", "alarm", performanceReport.summary, "june"],
      ["quality", "flights-june", "alarm", qualityReport.summary, "june"],
      ["drift", "flights-spring", "alarm", driftReport.summary, "june"],
    ],
  );
  assert.equal(listed[0]?.createdAt.toISOString(), performanceReport.createdAt);
  for (const report of [driftReport, qualityReport, performanceReport])
    assert.deepEqual(await project.readReport(run.id, report.kind, report.name), report);
  const { artifacts } = await project.run(run.id);
  assert.deepEqual(
    artifacts.map(({ name, mediaType }) => [name, mediaType]),
    [
      ["reports/drift/flights-spring.json", "application/vnd.assayer.drift+json"],
      ["reports/performance/late-flights.json", "application/vnd.assayer.performance+json"],
      ["reports/quality/flights-june.json", "application/vnd.assayer.quality+json"],
    ],
  );
  await project.close();
});

test("a report on files of the project finds them where the project was moved to", async () => {
  const folder = join(temporaryFolder(), "before");
  const project = await openProject(folder);
  const file = join(folder, "data", "rows.csv");
  mkdirSync(join(folder, "data"));
  writeFileSync(file, "delay\n1\n2\n");
  const side = (path: string) => ({ rows: 2, description: path, origin: { kind: "file", path } });
  const run = project.startRun({ experiment: "e" });
  const elsewhere = join(temporaryFolder(), "x.csv");
  run.logReport({ ...driftReport, reference: side(elsewhere), current: side(file) });
  await project.close();
  const after = join(temporaryFolder(), "after");
  renameSync(folder, after);
  const moved = await openProject(after);
  const report = await moved.readReport(run.id, "drift", driftReport.name);
  assert.deepEqual(report.current.origin, { kind: "file", path: join("data", "rows.csv") });
  assert.deepEqual(report.reference.origin, { kind: "file", path: elsewhere });
  assert.equal((await moved.reportRows(report, { side: "current", feature: "delay" })).length, 2);
  await moved.close();
});

test("a quality report is an alarm by a failed error, one to watch by a failed warning", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const [failed, ...others] = qualityReport.results;
  assert.ok(failed);
  const warned = { ...failed, severity: "warning" as const };
  run.logReport({ ...qualityReport, name: "warned", passed: true, results: [warned, ...others] });
  run.logReport({ ...qualityReport, name: "passed", passed: true, results: others });
  const verdicts = (await project.reports()).map(({ name, verdict }) => [name, verdict]);
  assert.deepEqual(verdicts, [
    ["passed", "stable"],
    ["warned", "watch"],
  ]);
  await project.close();
});

test("reports are found by kind, by run and up to a limit; those of deleted runs are not", async () => {
  const project = await openProject(temporaryFolder());
  const runs = ["a", "b"].map((name) => project.startRun({ experiment: "e", name }));
  for (const run of runs)
    for (let i = 0; i < 3; i++) run.logReport({ ...driftReport, name: `report ${i}` });
  runs[1]?.logReport(qualityReport);
  const [a, b] = runs.map(({ id }) => id);
  assert.ok(a && b);
  assert.equal((await project.reports()).length, 7);
  assert.equal((await project.reports({ kind: "quality" })).length, 1);
  assert.deepEqual(
    (await project.reports({ runId: a, limit: 2 })).map(({ name }) => name),
    ["report 2", "report 1"],
  );
  await project.deleteRuns([b]);
  assert.equal((await project.reports()).length, 3);
  await assert.rejects(
    project.reports({ kind: "mystery" as never }),
    mistake(
      /^unknown report: mystery; expected one of drift, quality, performance, fairness, explanation$/u,
    ),
  );
  await project.close();
});

test("a list reads the first line of a report's file, whatever the report's size", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  run.logReport(wideReport(1000));
  const manyNames = Array.from({ length: 20_000 }, (_, i) => `gone ${i}`);
  run.logReport({ ...driftReport, name: "long head", missingFeatures: manyNames });
  // As another program may write it: in many lines, with the name last.
  run.logArtifact({
    name: "reports/drift/foreign.json",
    data: JSON.stringify({ ...driftReport, name: "foreign" }, null, 2),
    mediaType: "application/vnd.assayer.drift+json",
  });
  const summaries = (await project.reports()).map(({ summary }) => summary);
  assert.deepEqual(summaries, Array(3).fill(driftReport.summary));
  const { artifacts } = await project.run(run.id);
  for (const { name, digest } of artifacts) {
    if (name !== "reports/drift/wide-1000.json") continue;
    const path = project.artifactPath(digest);
    chmodSync(path, 0o644);
    writeFileSync(path, "no report");
  }
  const [, , damaged] = await project.reports();
  assert.equal(damaged?.verdict, "undecided");
  assert.match(damaged.summary, /missing or damaged/u);
  await assert.rejects(
    project.readReport(run.id, "drift", "wide-1000"),
    mistake(/the file was changed$/u, "corrupt-artifact"),
  );
  await assert.rejects(
    project.readReport(run.id, "drift", "other"),
    mistake(/^unknown report: drift other of run /u, "unknown-artifact"),
  );
  await project.close();
});

test("logReport refuses what is no report, and logs nothing then", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const refuses = (report: unknown, message: RegExp) => {
    assert.throws(() => {
      run.logReport(report as Report);
    }, mistake(message));
  };
  refuses(null, /^logReport requires a report; got null$/u);
  refuses({ ...driftReport, kind: "mystery" }, /^unknown report: mystery; expected one of/u);
  refuses({ ...driftReport, format: 2 }, /^logReport requires a report of format 1; got 2$/u);
  refuses({ ...driftReport, name: "" }, /^logReport: name requires a name of one line; got ""$/u);
  refuses({ ...driftReport, features: undefined }, /^logReport requires a whole drift report/u);
  assert.throws(
    () => {
      run.logReport({ ...driftReport, name: "../up" });
    },
    mistake(/requires a relative name/u, "path-outside-project"),
  );
  assert.deepEqual(await project.reports(), []);
  await project.close();
});

test("a source of a project is the Parquet file of a logged table, or the answer of a query for a while", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  await run.logFeatures([{ delay: 1 }, { delay: 2 }]);
  const table = project.source({ runId: run.id, kind: "features" });
  assert.equal(table.description, `features "features" of run ${run.id}`);
  assert.deepEqual(table.origin, {
    kind: "logged-table",
    runId: run.id,
    table: "features",
    name: "features",
  });
  const read = (paths: readonly string[]) =>
    project.sql(`select sum(delay) as sum from read_parquet('${paths.join()}')`);
  assert.deepEqual(await table.withFiles(read), [{ sum: 3 }]);
  const query = project.source({ sql: "from features() where delay > 1;" });
  let path = "";
  assert.deepEqual(
    await query.withFiles((paths) => {
      [path = ""] = paths;
      return read(paths);
    }),
    [{ sum: 2 }],
  );
  await assert.rejects(
    project.sql(`from read_parquet('${path}')`),
    mistake(/No files found/u, "invalid-sql"),
  );
  const none = project.source({ runId: run.id, kind: "predictions" });
  await assert.rejects(
    none.withFiles(read),
    mistake(
      /^unknown table: predictions predictions of run \w+; expected one of features features$/u,
      "unknown-table",
    ),
  );
  const wrong = project.source({ sql: "select nothing" });
  await assert.rejects(
    wrong.withFiles(read),
    mistake(/^cannot run the query: .*nothing/u, "invalid-sql"),
  );
  await project.close();
});

const rows = Array.from({ length: 40 }, (_, i) => ({
  id: i,
  delay: i === 39 ? null : i,
  carrier: i % 4 === 0 ? "AA" : "o'B",
  flag: i % 2 === 0,
  stops: i % 3,
  at: new Date(Date.UTC(2001, 0, 1 + i)),
}));

const about = (name: string, distribution: object) => ({
  ...driftReport.features[0],
  feature: name,
  distribution,
});

async function drilling() {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  await run.logTable("rows", rows);
  const { origin } = project.source({ runId: run.id, kind: "table", name: "rows" });
  const report = {
    ...driftReport,
    current: { rows: 40, description: "rows", origin },
    features: [
      about("delay", { kind: "bins", edges: [5, 10, 20], reference: [], current: [] }),
      about("at", {
        kind: "bins",
        edges: [Date.UTC(2001, 0, 1), Date.UTC(2001, 0, 3), Date.UTC(2001, 0, 5)],
        reference: [],
        current: [],
      }),
      ...["carrier", "flag", "stops"].map((name) => about(name, { kind: "categories" })),
    ],
  } as unknown as typeof driftReport;
  return { project, run, report };
}

test("rows behind a bin have its lower edge, and those of the outer bins lie beyond too", async () => {
  const { project, report } = await drilling();
  const ids = async (feature: string, bin: number) =>
    (await project.reportRows(report, { side: "current", feature, bin })).map(({ id }) => id);
  assert.deepEqual(await ids("delay", 0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual((await ids("delay", 1)).at(-1), 38);
  assert.equal((await ids("delay", 1)).length, 29);
  assert.deepEqual(await ids("at", 0), [0, 1]);
  assert.deepEqual(
    await ids("at", 1),
    rows.slice(2).map(({ id }) => id),
  );
  await assert.rejects(
    ids("delay", 2),
    mistake(/^reportRows requires a bin of delay from 0 to 1; got 2$/u),
  );
  await project.close();
});

test("rows behind a category have it, be it text, truth or number", async () => {
  const { project, report } = await drilling();
  const count = async (feature: string, category: string) =>
    (await project.reportRows(report, { side: "current", feature, category })).length;
  assert.equal(await count("carrier", "AA"), 10);
  assert.equal(await count("carrier", "o'B"), 30);
  assert.equal(await count("flag", "true"), 20);
  assert.equal(await count("stops", "1"), 13);
  assert.equal(await count("stops", "1.0"), 13);
  assert.equal(await count("carrier", "x' or 'x' = 'x"), 0);
  const some = { side: "current", feature: "carrier", limit: 3 } as const;
  const [first] = await project.reportRows(report, some);
  assert.deepEqual(Object.keys(first ?? {})[0], "carrier");
  assert.equal((await project.reportRows(report, some)).length, 3);
  await project.close();
});

test("rows come from files, queries and queries of the project too; from memory they are gone", async () => {
  const { project, run, report } = await drilling();
  const source = project.source({ runId: run.id, kind: "table", name: "rows" });
  const [parquet = ""] = await source.withFiles((paths) => Promise.resolve([...paths]));
  const csv = join(project.root, "rows.csv");
  writeFileSync(csv, `id,delay\n${rows.map(({ id, delay }) => `${id},${delay ?? ""}`).join("\n")}`);
  const from = (origin: { kind: string } & Record<string, unknown>) =>
    project.reportRows(
      { ...report, current: { ...report.current, origin } },
      { side: "current", feature: "delay", bin: 0 },
    );
  for (const origin of [
    { kind: "file", path: parquet },
    { kind: "file", path: csv },
    { kind: "file", path: "rows.csv" },
    { kind: "file", path: "ro?s.csv" },
    { kind: "sql", sql: `from '${csv}' -- all of it` },
    { kind: "project-sql", sql: `from read_parquet('${parquet}');` },
  ])
    assert.equal((await from(origin)).length, 10, JSON.stringify(origin));
  rmSync(csv);
  await assert.rejects(
    from({ kind: "file", path: "rows.csv" }),
    mistake(
      /^reading data requires Parquet or CSV files; got no file: .*rows\.csv$/u,
      "invalid-source",
    ),
  );
  await assert.rejects(
    from({ kind: "memory" }),
    mistake(/got a report on data in memory: log the data as a table/u),
  );
  await project.close();
});

test("the query of a stranger's report reads, and does nothing else", async () => {
  const { project, report } = await drilling();
  const target = join(project.root, "stolen.csv");
  const from = (kind: string, sql: string) =>
    project.reportRows(
      { ...report, current: { ...report.current, origin: { kind, sql } } },
      { side: "current", feature: "delay", bin: 0 },
    );
  for (const kind of ["sql", "project-sql"])
    for (const sql of [
      `select 1); copy (select 2) to '${target}'; from (select 3`,
      `copy (select 2) to '${target}'`,
      "create table x (a int)",
    ])
      await assert.rejects(
        from(kind, sql),
        mistake(/^cannot run the query: /u, "invalid-sql"),
        sql,
      );
  await assert.rejects(
    from("sql", "from read_csv('http://127.0.0.1:9/taken.csv')"),
    mistake(/^cannot run the query: Missing Extension Error/u, "invalid-sql"),
    "nothing is loaded that reaches other computers",
  );
  const [failed] = qualityReport.results;
  assert.ok(failed);
  const failingRows = `true); copy (select 2) to '${target}'; from (select 3 where true`;
  const quality = {
    ...qualityReport,
    data: { rows: 40, description: "rows", origin: report.current.origin },
    results: [{ ...failed, failingRows }],
  };
  await assert.rejects(
    project.reportRows(quality, { failing: 0 }),
    mistake(/^cannot find the failing rows: /u, "invalid-sql"),
  );
  await assert.rejects(project.sql(`from '${target}'`), mistake(/No files found/u, "invalid-sql"));
  await project.close();
});

test("rows that fail an expectation are those of its condition", async () => {
  const { project, report } = await drilling();
  const quality = {
    ...qualityReport,
    data: { rows: 40, description: "rows", origin: report.current.origin },
  };
  assert.deepEqual(
    (await project.reportRows(quality, { failing: 0 })).map(({ id }) => id),
    [39],
  );
  await assert.rejects(
    project.reportRows(quality, { failing: 2 }),
    mistake(/^reportRows requires an expectation that is about rows; got at least 1,000 rows$/u),
  );
  await assert.rejects(
    project.reportRows(quality, { side: "current", feature: "delay" }),
    mistake(/^reportRows requires a drift report; got quality$/u),
  );
  await project.close();
});

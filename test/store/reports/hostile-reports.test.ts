import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, openProject, type Project } from "../../../kernel-lib/index";
import { driftReport, numerical, performanceReport, qualityReport } from "../../charts/reports";
import { temporaryFolder } from "../../temporary-folder";

const corrupt = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AssayerError, String(error));
  assert.equal(error.code, "corrupt-artifact");
  assert.match(error.message, message);
  return true;
};

/** Logs a file as a report of a name, whatever is in it, as another program may. */
async function keep(project: Project, kind: string, name: string, content: unknown) {
  const run = project.startRun({ experiment: "e" });
  run.logArtifact({
    name: `reports/${kind}/${name}.json`,
    data: typeof content === "string" ? content : JSON.stringify(content),
    mediaType: `application/vnd.assayer.${kind}+json`,
  });
  await run.end();
  return run.id;
}

const [feature] = driftReport.features;
const [chunk] = performanceReport.metrics[0]?.chunks ?? [];

const lies: readonly [what: string, kind: "drift" | "quality" | "performance", content: unknown][] =
  [
    ["features that are none", "drift", { ...driftReport, features: [null] }],
    ["features as an object", "drift", { ...driftReport, features: { length: 1e9 } }],
    ["a type of HTML", "drift", { ...driftReport, features: [{ ...feature, type: "<b>" }] }],
    ["an unknown verdict", "drift", { ...driftReport, verdict: "fine" }],
    ["no side", "drift", { ...driftReport, reference: undefined }],
    ["rows as text", "drift", { ...driftReport, current: { ...driftReport.current, rows: "1" } }],
    ["no origin", "drift", { ...driftReport, current: { rows: 1, description: "x" } }],
    ["warnings that are no list", "drift", { ...driftReport, warnings: "none" }],
    [
      "fewer shares than bins",
      "drift",
      {
        ...driftReport,
        features: [
          {
            ...feature,
            distribution: { kind: "bins", edges: [0, 1, 2], reference: [1], current: [1] },
          },
        ],
      },
    ],
    ["no results", "quality", { ...qualityReport, results: null }],
    ["a result that is a number", "quality", { ...qualityReport, results: [1] }],
    ["columns that are none", "quality", { ...qualityReport, table: { columns: [1] } }],
    [
      "a note that is an object",
      "quality",
      {
        ...qualityReport,
        results: [{ ...qualityReport.results[0], expectation: { expect: "sql", note: {} } }],
      },
    ],
    [
      "a chunk of no side",
      "performance",
      {
        ...performanceReport,
        metrics: [{ ...performanceReport.metrics[0], chunks: [{ ...chunk, side: "<b>" }] }],
      },
    ],
  ];

test("a report that lies about what it holds is refused when it is read, with the place", async () => {
  const project = await openProject(temporaryFolder());
  for (const [what, kind, content] of lies) {
    const runId = await keep(project, kind, "lie", content);
    await assert.rejects(
      project.readReport(runId, kind, "lie"),
      corrupt(/^readReport requires a (drift|quality|performance) report; got [0-9a-f]{64}: /u),
      what,
    );
  }
  const later = await keep(project, "drift", "later", { ...driftReport, format: 2 });
  await assert.rejects(
    project.readReport(later, "drift", "later"),
    corrupt(/requires a report of format 1; got 2$/u),
  );
  const none = await keep(project, "drift", "none", "{ not json");
  await assert.rejects(project.readReport(none, "drift", "none"), corrupt(/it is no JSON$/u));
  const other = await keep(project, "drift", "other", qualityReport);
  await assert.rejects(
    project.readReport(other, "drift", "other"),
    corrupt(/it is a quality report$/u),
  );
  await project.close();
});

test("a list tells a report that lies as undecided, and leaves out one under another kind's name", async () => {
  const project = await openProject(temporaryFolder());
  for (const change of [{ verdict: "<b>" }, { verdict: null }, { summary: {} }, { createdAt: 3 }])
    await keep(project, "drift", "lie", { ...driftReport, ...change });
  await keep(project, "quality", "lie", { ...qualityReport, passed: true, results: [null] });
  await keep(project, "drift", "true", driftReport);
  const run = project.startRun({ experiment: "e" });
  run.logArtifact({
    name: "reports/quality/elsewhere.json",
    data: JSON.stringify(driftReport),
    mediaType: "application/vnd.assayer.drift+json",
  });
  await run.end();
  const listed = await project.reports();
  assert.deepEqual(
    listed.map(({ name, verdict }) => [name, verdict]),
    [["true", "alarm"], ...Array<[string, string]>(5).fill(["lie", "undecided"])],
  );
  await project.close();
});

test("figures that JSON cannot hold are unknown when a report is read again", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  const effect = { name: "Cohen's d", magnitude: "large", minimumDetectable: null } as const;
  run.logReport({
    ...driftReport,
    name: "infinite",
    metricChange: { metric: "accuracy", reference: NaN, current: 1, method: "cbpe" },
    features: [{ ...numerical("x", 1), score: NaN, effect: { ...effect, value: Infinity } }],
    multivariate: [
      { method: "domain-classifier", value: NaN, lower: null, upper: null, alarm: false },
    ],
  });
  const read = await project.readReport(run.id, "drift", "infinite");
  assert.equal(read.features[0]?.effect, null);
  assert.equal(read.features[0].score, null);
  assert.equal(read.metricChange, null);
  assert.deepEqual(read.multivariate, []);
  await project.close();
});

test("a second report of the same name takes the place of the first", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e" });
  run.logReport(driftReport);
  run.logReport({ ...driftReport, summary: "later" });
  await run.end();
  assert.deepEqual(
    (await project.reports()).map(({ summary }) => summary),
    ["later"],
  );
  assert.equal((await project.readReport(run.id, "drift", driftReport.name)).summary, "later");
  await project.close();
});

test(
  "two thousand reports are listed with few files open at once",
  { skip: process.platform === "win32" },
  async () => {
    const root = temporaryFolder();
    const project = await openProject(root);
    const run = project.startRun({ experiment: "e" });
    for (let i = 0; i < 2000; i++)
      run.logReport({ ...driftReport, name: `report ${i}`, summary: `summary ${i}` });
    await run.end();
    await project.close();
    const script = `
    const { openProject } = require(${JSON.stringify(join(__dirname, "../../../kernel-lib/index.ts"))});
    openProject(${JSON.stringify(root)}).then(async (project) => {
      const listed = await project.reports({ limit: 2000 });
      await project.close();
      console.log(listed.filter(({ verdict }) => verdict === "alarm").length);
    });`;
    const command = `ulimit -n 200; exec "$0" --import tsx -e "$1"`;
    const cwd = join(__dirname, "../../..");
    const answer = execFileSync("sh", ["-c", command, process.execPath, script], { cwd });
    assert.equal(answer.toString().trim(), "2000");
  },
);

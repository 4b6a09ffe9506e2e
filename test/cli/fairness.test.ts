import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProject, type FairnessReport } from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { temporaryFolder } from "../temporary-folder";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");
const folder = temporaryFolder();

function assayer(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** Positives of group a are recognised with `recall`, those of group b nine times in ten. */
function table(recall: number, rows = 4000) {
  const random = seededRandom(7);
  return Array.from({ length: rows }, (_, row) => {
    const group = random() < 0.5 ? "a" : "b";
    const y_true = random() < 0.5 ? 1 : 0;
    const y_pred = Number(random() < (y_true === 0 ? 0.1 : group === "a" ? recall : 0.9));
    return { request_id: `r-${row}`, group, y_true, y_pred };
  });
}

function writeCsv(name: string, rows: readonly Record<string, string | number>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => columns.map((column) => row[column]).join(","));
  writeFileSync(join(folder, name), `${columns.join(",")}\n${lines.join("\n")}\n`);
}
writeCsv("unfair.csv", table(0.5));
writeCsv("fair.csv", table(0.9, 20_000));
writeCsv("few.csv", table(0.9, 200));
const byGroup = ["--sensitive", "group"];

test("fairness tells verdicts in sentences, and every group with its intervals and denominators", () => {
  const { status, stdout } = assayer("fairness", "unfair.csv", ...byGroup);
  assert.equal(status, 0);
  assert.match(stdout, /^fairness: 3 of 3 requirements failed\. /u);
  assert.match(stdout, /^fail +equalOpportunity +group +Of a whose true answer is yes/mu);
  assert.match(stdout, /^group +a +\d+ +0\.\d\d \(0\.\d\d to 0\.\d\d, of \d+\)/mu);
});

test("fairness exits with 1 on what it is told to fail on", () => {
  const status = (data: string, ...words: string[]) =>
    assayer("fairness", data, ...byGroup, ...words).status;
  assert.equal(status("unfair.csv", "--fail-on", "fail"), 1);
  assert.equal(status("few.csv", "--fail-on", "fail"), 0);
  assert.equal(status("few.csv", "--fail-on", "insufficient"), 1);
  assert.equal(status("fair.csv", "--fail-on", "insufficient"), 0);
  assert.equal(
    status("unfair.csv", "--require", "equalOpportunity<=0.6", "--fail-on", "insufficient"),
    0,
  );
  assert.equal(status("unfair.csv", "--require", "demographicParity>=0.8", "--fail-on", "fail"), 1);
});

test("fairness of a version joins the sensitive column, writes a page, and is asked for by promote", async () => {
  const rows = table(0.5);
  writeCsv(
    "people.csv",
    rows.map(({ request_id, group }) => ({ request_id, group })),
  );
  const project = await openProject(folder);
  const run = project.startRun({ experiment: "gate" });
  await run.logPredictions(
    rows.map(({ request_id, y_true, y_pred }) => ({ request_id, y_true, y_pred })),
  );
  await run.logModel("model", linearRegressor([[2, 1]], { intercept: [0] }));
  await run.end();
  await project.close();
  const { status, stdout } = assayer(
    "--json",
    "fairness",
    ...["--model", "model@1", ...byGroup, "--sensitive-from", "people.csv", "--html", "page.html"],
  );
  assert.equal(status, 0);
  const report = JSON.parse(stdout) as FairnessReport;
  assert.deepEqual(report.model, { name: "model", number: 1 });
  assert.equal(report.verdict, "alarm");
  assert.match(readFileSync(join(folder, "page.html"), "utf8"), /^<!doctype html>/u);
  const promote = ["promote", "model@1", "production", "--reason", "tried"];
  const refused = assayer(...promote, "--require-fairness");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /promote requires a fairness report of the run that made model@1/u);
  assert.equal(assayer(...promote).status, 0);
});

test("fairness says what it needs", () => {
  assert.match(
    assayer("fairness", ...byGroup).stderr,
    /fairness requires a file, a query, --run or --model; got none of them/u,
  );
  const nothing = ["--problem", "regression", "--fail-on", "fail"];
  const open = assayer("fairness", "fair.csv", ...byGroup, ...nothing);
  assert.equal(open.status, 1);
  assert.match(
    open.stderr,
    /fairness requires --require beside --fail-on for a regression; got none/u,
  );
  const { status, stderr } = assayer("fairness", "fair.csv", ...byGroup, "--require", "parity");
  assert.equal(status, 2);
  assert.match(stderr, /It must be a constraint's name and its limit/u);
});

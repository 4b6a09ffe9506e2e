import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProject } from "../kernel-lib/index";
import { driftReport, qualityReport } from "./charts/reports";
import { temporaryFolder } from "./temporary-folder";

const cli = join(__dirname, "../kernel-lib/dist/cli.js");

function assayer(cwd: string, ...args: string[]) {
  const options = { cwd, encoding: "utf8" } as const;
  return spawnSync(process.execPath, [cli, ...args], options);
}

test("reports lists them, and report shows one as text, as JSON and as a page", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const none = assayer(root, "reports");
  assert.match(none.stdout, /^no reports: log one with run\.logReport/u);
  const run = project.startRun({ experiment: "monitoring" });
  run.logReport(driftReport);
  run.logReport(qualityReport);
  await project.close();
  const listed = assayer(root, "reports", "--kind", "drift");
  assert.equal(listed.stdout.trimEnd().split("\n").length, 2, listed.stdout);
  assert.match(
    listed.stdout,
    /drift +flights-spring +2001-07-02 06:00:00 +alarm +2 of 6 features/u,
  );
  assert.equal((JSON.parse(assayer(root, "reports", "--json").stdout) as unknown[]).length, 2);
  const one = ["report", run.id, "drift", "flights-spring"];
  assert.match(assayer(root, ...one).stdout, /\ndelay +alarm +wasserstein +0\.53 /u);
  assert.deepEqual(JSON.parse(assayer(root, ...one, "--json").stdout), driftReport);
  assert.match(assayer(root, ...one, "--html", "out.html").stdout, /^wrote .*out\.html\n$/u);
  assert.match(readFileSync(join(root, "out.html"), "utf8"), /<h1>flights-spring<\/h1>/u);
});

test("a kind that is unknown is a mistake of the words, a report that is not there a failure", async () => {
  const root = temporaryFolder();
  await (await openProject(root)).close();
  const kind = assayer(root, "reports", "--kind", "mystery");
  assert.equal(kind.status, 2);
  assert.match(
    kind.stderr,
    /Allowed choices are drift, quality, performance, fairness, explanation/u,
  );
  const missing = assayer(root, "report", "x", "drift", "y");
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /^assayer: unknown report: drift y of run x \[unknown-artifact\]/u);
});

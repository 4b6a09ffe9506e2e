import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Expectation, QualityReport } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");
const flights = join(__dirname, "../../kernel-lib/demo/flights.parquet");

function assayer(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("quality summarises a file, suggests expectations, and these hold", () => {
  const folder = temporaryFolder();
  const first = assayer(folder, "quality", flights, "--suggest", "flights.json");
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /^60,000 rows; nothing was expected of them\.\n/u);
  assert.match(first.stdout, /\ndelay +number +0 +0 +380 +-66 +-1 +6\.6882 +1158 +0 *\n/u);
  assert.match(first.stdout, /\n60000 rows, 0 of them duplicates, 0 empty\n/u);
  const suggested = JSON.parse(readFileSync(join(folder, "flights.json"), "utf8")) as Expectation[];
  assert.equal(suggested.length, 10);
  const again = assayer(
    folder,
    ...["quality", flights, "--expect", "flights.json", "--fail-on", "warning"],
    ...["--json", "--html", "quality.html"],
  );
  assert.equal(again.status, 0, again.stderr);
  const report = JSON.parse(again.stdout) as QualityReport;
  assert.deepEqual([report.passed, report.results.length], [true, 10]);
  assert.match(readFileSync(join(folder, "quality.html"), "utf8"), /^<!doctype html>/u);
});

test("quality exits with 1 on what it is asked to fail on", () => {
  const folder = temporaryFolder();
  const expectations: Expectation[] = [
    { expect: "between", column: "delay", max: 600, severity: "warning" },
    { expect: "not-null", column: "delay" },
  ];
  writeFileSync(join(folder, "e.json"), JSON.stringify(expectations));
  const run = (...args: string[]) => assayer(folder, "quality", flights, "-e", "e.json", ...args);
  assert.deepEqual(
    [run().status, run("--fail-on", "error").status, run("--fail-on", "warning").status],
    [0, 0, 1],
  );
  assert.match(
    run().stdout,
    /^1 of 2 expectations fails over 60,000 rows[^\n]*\n\nfailed +required +observed\nwarning +delay is at most 600 +4 of 60,000 values are outside/u,
  );
});

test("mistakes of quality say what is wrong", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "bad.json"), '[{ "expect": "not-null" }]');
  const cases: [string[], number, RegExp][] = [
    [["none.parquet"], 1, /none\.parquet \[invalid-source\]/u],
    [[flights, "-e", "none.json"], 1, /requires a file of expectations as JSON; got none\.json/u],
    [
      [flights, "-e", "bad.json"],
      1,
      /expectation 1 \(not-null\)\.column requires a value of type string; got undefined \[invalid-argument\]/u,
    ],
    [[flights, "--fail-on", "info"], 2, /Allowed choices are error, warning/u],
  ];
  for (const [args, status, message] of cases) {
    const result = assayer(folder, "quality", ...args);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, message);
  }
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { DriftReport } from "../../kernel-lib/drift/report";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { temporaryFolder } from "../temporary-folder";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");
const folder = temporaryFolder();

function drift(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "drift", ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function writeTable(name: string, seed: number, shift: number): void {
  const random = seededRandom(seed);
  const lines = Array.from(
    { length: 2000 },
    () => `${(random() + shift).toFixed(6)},${random().toFixed(6)},${random() < 0.5 ? "a" : "b"}`,
  );
  writeFileSync(join(folder, name), `speed,load,kind\n${lines.join("\n")}\n`);
}
writeTable("reference.csv", 1, 0);
writeTable("same.csv", 2, 0);
writeTable("moved.csv", 3, 0.3);
const both = (current: string) => ["--reference", "reference.csv", "--current", current];

test("drift tells verdict and reasons as text, and exits with 0 unless asked", () => {
  const { status, stdout } = drift(...both("moved.csv"));
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^reference {2}reference\.csv, 2,000 rows\ncurrent {4}moved\.csv, 2,000 rows\n/u,
  );
  assert.match(
    stdout,
    /^verdict {4}alarm: 1 of 3 features drifted by its method \(33 %\); 1 alarm, first speed: /mu,
  );
  assert.match(
    stdout,
    /^alarm +speed +wasserstein +[\d.]+ +0\.1 +yes +large +mean moved from 0\.5\d+ to 0\.79/mu,
  );
  assert.match(stdout, /^stable +load +wasserstein /mu);
});

test("drift exits with 1 on what it is told to fail on", () => {
  assert.equal(drift(...both("moved.csv"), "--fail-on", "alarm").status, 1);
  assert.equal(drift(...both("same.csv"), "--fail-on", "alarm").status, 0);
  assert.equal(drift(...both("moved.csv"), "--fail-on", "drift").status, 0);
  assert.equal(drift(...both("moved.csv"), "--fail-on", "drift", "--drift-share", "0.3").status, 1);
});

test("drift prints the report as JSON, by the methods that were asked for", () => {
  writeFileSync(join(folder, "importance.json"), JSON.stringify({ speed: 1, load: 3 }));
  const { stdout } = drift(
    ...both("moved.csv"),
    "--json",
    "--features",
    "speed",
    "load",
    "--method",
    "psi",
    "--feature-method",
    "load=ks",
    "--feature-threshold",
    "load=0.001",
    "--importance",
    "importance.json",
  );
  const report = JSON.parse(stdout) as DriftReport;
  assert.deepEqual(
    report.features.map(({ feature, method, threshold, importance }) => [
      feature,
      method,
      threshold,
      importance,
    ]),
    [
      ["speed", "psi", 0.1, 0.25],
      ["load", "ks", 0.001, 0.75],
    ],
  );
});

test("drift writes a page that stands alone", () => {
  assert.equal(drift(...both("moved.csv"), "--html", "report.html").status, 0);
  const page = readFileSync(join(folder, "report.html"), "utf8");
  assert.match(page, /speed/u);
  assert.doesNotMatch(page, /<script[^>]+src=|<link[^>]+href="http/u);
});

test("drift refuses unknown words with 2, and data it cannot read with 1", () => {
  const unknown = drift("--reference", "reference.csv");
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /required option '--current <file>'/u);
  assert.equal(drift(...both("same.csv"), "--feature-method", "ks").status, 2);
  const gone = drift(...both("gone.csv"));
  assert.equal(gone.status, 1);
  assert.match(
    gone.stderr,
    /^assayer: reading data requires Parquet or CSV files; got no file: gone\.csv \[invalid-source\]$/mu,
  );
});

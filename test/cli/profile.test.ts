import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decodeProfile } from "../../kernel-lib/index";
import { flightsPath } from "../drift/flights";
import { temporaryFolder } from "../temporary-folder";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");

function assayer(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, [cli, ...args], { cwd, encoding: "utf8" });
}

test("assayer profile keeps a profile, shows it, and merges several", () => {
  const folder = temporaryFolder();
  const made = assayer(folder, "profile", flightsPath, "--out", "flights.aprofile");
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^60,000 rows, 5 columns, [\d,]+ bytes, made 20/u);
  assert.match(made.stdout, /^delay +number +0 +380 +-66 +-1 +6\.6882 +1158/mu);
  const profile = decodeProfile(readFileSync(join(folder, "flights.aprofile")));
  assert.equal(profile.rows, 60_000);
  const twice = assayer(
    folder,
    ...["profile", "flights.aprofile", flightsPath, "--out", "both.aprofile", "--json"],
  );
  const figures = JSON.parse(twice.stdout) as { rows: number; features: { name: string }[] };
  assert.equal(figures.rows, 120_000);
  assert.deepEqual(
    figures.features.map(({ name }) => name),
    ["date", "delay", "distance", "origin", "destination"],
  );
  const one = assayer(folder, "profile", flightsPath, "--columns", "delay", "--json");
  assert.equal((JSON.parse(one.stdout) as typeof figures).features.length, 1);
});

test("assayer drift takes profiles on either side", () => {
  const folder = temporaryFolder();
  assayer(folder, "profile", flightsPath, "--out", "flights.aprofile");
  for (const [reference, current] of [
    ["flights.aprofile", flightsPath],
    [flightsPath, "flights.aprofile"],
    ["flights.aprofile", "flights.aprofile"],
  ] as const) {
    const { status, stdout, stderr } = assayer(
      folder,
      ...["drift", "--reference", reference, "--current", current, "--fail-on", "alarm"],
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^verdict +stable: 0 of 4 features drifted/mu);
    assert.match(stdout, /profile of 60,000 rows from 20\S+, shares within 0\.00\d+/u);
  }
});

test("assayer profile refuses a damaged profile, one that is not there, and another ending", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "bad.aprofile"), "not a profile");
  const refused = (words: string[], text: string) => {
    const { status, stderr } = assayer(folder, ...words);
    assert.equal(status, 1);
    assert.ok(stderr.includes(text), stderr);
  };
  refused(
    ["profile", "bad.aprofile"],
    "decodeProfile requires the bytes of a profile; got 13 bytes of something else [invalid-profile]",
  );
  refused(["profile", "none.aprofile"], "cannot read none.aprofile");
  refused(
    ["profile", flightsPath, "--out", "x.bin"],
    "profile requires a name that ends in .aprofile; got x.bin [invalid-argument]",
  );
});

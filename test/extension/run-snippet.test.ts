import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { runSnippet } from "../../extension/run-snippet";
import { openProject } from "../../kernel-lib/project";
import { temporaryFolder } from "../temporary-folder";

/** Runs code as a module of this repository, where `assayer` is the built library. */
async function output(name: string, code: string): Promise<string> {
  const folder = join(__dirname, "..", "..", "test-output");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, code);
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", file]);
  return stdout;
}

async function twoRuns(): Promise<{ root: string; runIds: string[] }> {
  const root = temporaryFolder();
  const project = await openProject(root);
  const runIds: string[] = [];
  for (const depth of [3, 6]) {
    const run = project.startRun({ experiment: "trees", name: `depth-${depth}` });
    run.logParams({ depth });
    for (let step = 0; step < 3; step++)
      run.logMetric("auc", 0.7 + step / 100 + depth / 100, { step });
    await run.end();
    runIds.push(run.id);
  }
  await project.close();
  return { root, runIds };
}

test("the code of one run loads it with its history when it is run", async () => {
  const { root, runIds } = await twoRuns();
  const [runId = ""] = runIds;
  const printed = await output("one-run.mts", runSnippet(root, [runId]));
  assert.match(printed, /depth-3 \{ depth: 3 \} \{ auc: 0\.75 \}/u);
});

test("the code of several runs lists their params and metrics when it is run", async () => {
  const { root, runIds } = await twoRuns();
  const printed = await output("two-runs.mts", runSnippet(root, runIds));
  assert.match(printed, /depth-3.*3.*0\.75[^]*depth-6.*6.*0\.78/u);
});

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProject } from "../kernel-lib/index";
import { linearRegressor } from "../kernel-lib/onnx/write-linear";
import { temporaryFolder } from "./temporary-folder";

const cli = join(__dirname, "../kernel-lib/dist/cli.js");

function assayer(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** A project with a run and two versions of a model. */
async function smallProject(root: string): Promise<string> {
  const project = await openProject(root);
  const run = project.startRun({ experiment: "wages", name: "tree-6", params: { depth: 6 } });
  run.logMetric("auc", 0.75);
  run.logMetric("weird", NaN);
  run.setNote("a note");
  await run.end();
  for (const slope of [1, 2])
    await project.registry.register("wage-model", linearRegressor([[slope]], { intercept: [0] }), {
      sample: [[3]],
    });
  await project.close();
  return run.id;
}

test("init makes a project once", () => {
  const root = temporaryFolder();
  assert.match(assayer(root, "init", "--name", "mine").stdout, /^made the project mine in /u);
  const again = assayer(root, "init", "--json");
  assert.deepEqual(JSON.parse(again.stdout), { directory: join(root, ".assayer"), created: false });
});

test("runs are searched by filter, order and columns, and compared side by side", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const ids: string[] = [];
  for (const [name, auc] of [
    ["a", 0.7],
    ["b", 0.9],
    ["c", 0.8],
  ] as const) {
    const run = project.startRun({ experiment: "e", name, params: { depth: 4, auc: String(auc) } });
    run.logMetrics({ auc, loss: 1 - auc, "val loss": 2 });
    await run.end();
    ids.push(run.id);
  }
  await project.updateRun(ids[2] ?? "", { hidden: true });
  await project.close();
  const json = (...args: string[]) =>
    JSON.parse(assayer(root, ...args, "--json").stdout) as Record<string, unknown>[];
  const names = (...args: string[]) => json("runs", ...args).map(({ name }) => name);
  assert.deepEqual(names("--filter", "metrics.auc > 0.7"), ["b"]);
  assert.deepEqual(names("--include", "hidden", "--order-by", "metrics.auc desc"), ["b", "c", "a"]);
  assert.deepEqual(names("--order-by", "params.depth", "metrics.loss"), ["b", "a"]);
  assert.deepEqual(json("runs", "--columns", "params.depth", "metrics.auc", "-n", "1"), [
    { run_id: ids[1], "params.depth": 4, "metrics.auc": 0.9 },
  ]);
  assert.match(assayer(root, "runs", "--filter", "name = 'x'").stdout, /^no runs: /u);
  const wrong = assayer(root, "runs", "--filter", "metrics.auc >");
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /requires a number at position 14; got the end .*\[invalid-filter\]/u);

  const text = assayer(root, "compare", ...ids.slice(0, 2)).stdout;
  assert.match(text, /auc +0\.7 +0\.9 \* +higher \(by its name\)/u);
  assert.match(text, /depth +4 +4\n/u);
  const differences = assayer(root, "compare", ...ids, "--only-differences", "--higher", "loss");
  assert.match(differences.stdout, /loss +0\.3 \* +0\.1 +0\.2 +higher\n/u);
  assert.doesNotMatch(differences.stdout, /depth|val loss|node_version/u);
  const { params } = JSON.parse(
    assayer(root, "compare", ...ids, "--only-differences", "--json").stdout,
  ) as { params: unknown };
  assert.deepEqual(params, [{ key: "auc", values: ["0.7", "0.9", "0.8"], differs: true }]);
  const unknown = assayer(root, "compare", "nope");
  assert.match(unknown.stderr, /unknown run: nope \[unknown-run\]/u);
});

test("runs, show, sql and models print tables, or JSON when asked", async () => {
  const root = temporaryFolder();
  const id = await smallProject(root);
  assert.match(
    assayer(root, "runs").stdout,
    /run_id +name +experiment +status[\s\S]*tree-6 +wages +finished/u,
  );
  const [listed] = JSON.parse(assayer(root, "runs", "--json").stdout) as Record<string, unknown>[];
  assert.deepEqual(listed?.metrics, { auc: 0.75, weird: "NaN" });
  const shown = assayer(root, "show", id).stdout;
  assert.match(shown, /^tree-6 \(\w{26}\) of wages: finished/u);
  assert.match(shown, /note: a note/u);
  assert.match(assayer(root, "sql", "select 1 + 1 as two").stdout, /^two\n +2\n$/u);
  assert.match(assayer(root, "sql", "select 1 where false").stdout, /^no rows\n$/u);
  assert.match(assayer(root, "models").stdout, /wage-model +2 +2/u);
  assert.match(
    assayer(root, "models", "wage-model").stdout,
    /wage-model@2[\s\S]*no stage changes yet/u,
  );
});

test("show tells the figures, tables and datasets of a run", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "wages" });
  run.logFigure("curve", { mark: "line" });
  await run.logTable("errors", { error: [1] });
  await run.logDataset({ age: [40, 50] }, { name: "people", source: "made up" });
  await project.close();
  const shown = assayer(root, "show", run.id).stdout;
  assert.match(shown, /figures\/curve\.vl\.json +15 +application\/vnd\.vegalite\.v6\+json/u);
  assert.match(shown, /table +errors +1 +tables\/table\//u);
  assert.match(shown, /\ndatasets\n.*\npeople +training +2 +1 +made up +[0-9a-f]{64}/u);
});

test("promote moves a version and keeps the reason", async () => {
  const root = temporaryFolder();
  await smallProject(root);
  const done = assayer(root, "promote", "wage-model@2", "production", "--reason", "best auc");
  assert.equal(done.stdout, "wage-model@2 moved from none to production\n");
  assert.match(assayer(root, "models", "wage-model").stdout, /none +production +best auc/u);
});

test("runs are deleted, restored and collected, and the store is checked, copied, compacted and merged", async () => {
  const root = temporaryFolder();
  const id = await smallProject(root);
  assert.equal(assayer(root, "delete", id).stdout, "deleted 1 run\n");
  assert.equal(assayer(root, "restore", id).stdout, "restored 1 run\n");
  assert.match(assayer(root, "doctor").stdout, /^healthy: journals, /u);
  const copy = join(root, "copy");
  assert.match(assayer(root, "backup", copy).stdout, /^copied \d+ files to .*copy\/\.assayer\n$/u);
  assert.match(assayer(root, "compact").stdout, /^[\d.]+ MB became [\d.]+ MB\n$/u);
  const other = temporaryFolder();
  assayer(other, "init");
  const merged = assayer(other, "merge", copy);
  assert.equal(merged.stdout, "brought 1 run, 2 metric values, 2 model versions\n");
  assert.match(merged.stderr, /^ {2}0 % {2}artifact 1 of 2$/mu);
  const report = JSON.parse(assayer(other, "merge", copy, "--json").stdout) as { runs: number };
  assert.equal(report.runs, 0);
  assayer(root, "delete", id);
  const planned = assayer(root, "gc", "--older-than", "0d", "--dry-run");
  assert.equal(planned.stdout, "would remove 1 run and 0 files (0 B)\n");
  assert.equal(assayer(root, "gc").stdout, "removed 0 runs and 0 files (0 B)\n");
  assert.equal(
    assayer(root, "gc", "--older-than", "0").stdout,
    "removed 1 run and 0 files (0 B)\n",
  );
  rmSync(join(root, ".assayer", "models", "wage-model", "1"));
  const sick = assayer(root, "doctor");
  assert.equal(sick.status, 1);
  assert.equal(
    sick.stdout,
    "error: the number of wage-model@1 could be given again\n  --repair would: take it\n",
  );
  const cured = assayer(root, "doctor", "--repair");
  assert.deepEqual([cured.status, /repaired: take it/u.test(cured.stdout)], [0, true]);
});

test("mistakes exit with 2, failures with 1, and both say what to do", async () => {
  const root = temporaryFolder();
  const nowhere = assayer(root, "runs");
  assert.deepEqual([nowhere.status, nowhere.stdout], [1, ""]);
  assert.match(
    nowhere.stderr,
    /^assayer: openProject requires a project; got none in .*: run `assayer init` there \[invalid-store\]/u,
  );
  await smallProject(root);
  const wrong: [string[], number, RegExp][] = [
    [["nonsense"], 2, /unknown command 'nonsense'/u],
    [["runs", "--limit", "x"], 2, /must be a whole number/u],
    [["promote", "wage-model@1", "production"], 2, /required option '-r, --reason/u],
    [
      ["promote", "wage-model@1", "live", "-r", "x"],
      1,
      /unknown stage: live; expected one of none/u,
    ],
    [["gc", "--older-than", "x"], 2, /must be a number of days, such as 30d/u],
    [["merge", "/nowhere"], 1, /merge requires a store; got none in \/nowhere \[invalid-store\]/u],
    [["delete", "nope"], 1, /unknown run: nope \[unknown-run\]/u],
    [["show", "nope"], 1, /unknown run: nope \[unknown-run\]/u],
    [["sql", "drop table runs"], 1, /\[invalid-sql\]/u],
    [["push", "wage-model@1", "--to", "ftp://x"], 1, /ftp/u],
    [["push", "wage-model@1", "--to", "http://127.0.0.1:9", "--token", "t"], 1, /\[unreachable\]/u],
  ];
  for (const [args, status, message] of wrong) {
    const result = assayer(root, ...args);
    assert.equal(result.status, status, `${args.join(" ")}: ${result.stderr}`);
    assert.match(result.stderr, message);
  }
  const { stderr } = assayer(root, "show", "nope", "--json");
  assert.deepEqual(JSON.parse(stderr), { error: "unknown run: nope", code: "unknown-run" });
});

/** Starts `assayer …` and waits until it says where it serves. */
async function serving(
  cwd: string,
  args: string[],
  t: { after(work: () => void): void },
): Promise<string> {
  const child = spawn(process.execPath, [cli, "--json", ...args], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("}\n")) break;
  }
  return (JSON.parse(output) as { url: string }).url;
}

async function ask(url: string): Promise<unknown> {
  const answer = await fetch(`${url}/v2/models/wage-model/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      inputs: [{ name: "input", datatype: "FP32", shape: [1, 1], data: [21] }],
    }),
  });
  const { outputs } = (await answer.json()) as { outputs: { data: number[] }[] };
  return outputs[0]?.data;
}

test("serve answers, push to another server and to an edge folder, and edge run answers too", async (t) => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  await smallProject(here);
  assayer(here, "promote", "wage-model@2", "production", "-r", "x");
  assert.deepEqual(await ask(await serving(here, ["serve", "--port", "0"], t)), [42]);

  assayer(there, "init");
  const url = await serving(there, ["serve", "--port", "0", "--token", "secret"], t);
  const pushed = assayer(here, "push", "wage-model@production", "--to", url, "--token", "secret");
  assert.equal(pushed.status, 0, pushed.stderr);
  assert.deepEqual(await ask(url), [42]);

  const edge = assayer(here, "push", "wage-model@production", "--to", "edge:./device");
  assert.equal(edge.status, 0, edge.stderr);
  assert.deepEqual(
    await ask(await serving(here, ["edge", "run", "./device", "--port", "0"], t)),
    [42],
  );
});

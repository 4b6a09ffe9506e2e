import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder";
import { mlflowStore } from "./fixture";

const cli = join(__dirname, "../../kernel-lib/dist/cli.js");

function assayer(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function projectFolder(): string {
  const root = temporaryFolder();
  assert.equal(assayer(root, "init").status, 0);
  return root;
}

test("import mlflow brings a store over, tells progress apart from the answer, and counts what is new", () => {
  const root = projectFolder();
  const store = mlflowStore("files");
  const first = assayer(root, "import", "mlflow", store, "--json");
  assert.equal(first.status, 0, first.stderr);
  const { read, added } = JSON.parse(first.stdout) as {
    read: { runs: number };
    added: { runs: number };
  };
  assert.deepEqual([read.runs, added.runs], [8, 8]);
  assert.match(first.stderr, /^ +0 % +reading\n[\s\S]*100 % +done\n$/u);
  const again = assayer(root, "import", "mlflow", store);
  assert.match(again.stdout, /^what +read +new\nruns +8 +0\n/u);
  assert.match(again.stdout, /not brought over:\nwhat +count +why\n[\s\S]*traces +1 /u);
  const one = assayer(projectFolder(), "import", "mlflow", store, "-e", "other", "--json");
  assert.equal((JSON.parse(one.stdout) as { added: { runs: number } }).added.runs, 5);
});

test("import csv and import wandb take files, and export parquet writes them out", () => {
  const root = projectFolder();
  writeFileSync(join(root, "a.csv"), "run,lr,auc\nx,0.1,0.5\ny,0.2,0.75\n");
  writeFileSync(join(root, "h.csv"), "_step,loss\n0,1\n1,0.5\n");
  const csv = assayer(root, "import", "csv", "a.csv", "-e", "sweep", "--params", "lr");
  assert.match(csv.stdout, /runs +2 +2\nparams +2 +2\nmetrics +2 +2/u);
  const wandb = assayer(root, "import", "wandb", "h.csv");
  assert.match(wandb.stdout, /runs +1 +1\nmetrics +2 +2/u);
  const exported = assayer(root, "export", "parquet", "out", "--filter", "metrics.auc > 0.6");
  assert.match(exported.stdout, /^table +rows\nruns +1\nparams +1\n[\s\S]*in .*out\n$/u);
  assert.ok(existsSync(join(root, "out", "metrics.parquet")));
});

test("mistakes of import and export say what is wrong", () => {
  const root = projectFolder();
  const cases: [string[], number, RegExp][] = [
    [
      ["import", "mlflow", "nowhere"],
      1,
      /path that exists; got nowhere \[invalid-source\]|\[invalid-source\]/u,
    ],
    [["import", "csv", "a.csv"], 2, /required option '-e, --experiment/u],
    [["export", "mlflow", "ftp://x"], 1, /\[invalid-argument\]/u],
    [["export", "parquet", "."], 1, /new or empty folder.* \[invalid-argument\]/u],
  ];
  for (const [args, status, message] of cases) {
    const result = assayer(root, ...args);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, message);
  }
});

test("Ctrl-C stops an import and leaves the project as it was", async () => {
  const root = projectFolder();
  const store = mlflowStore("files");
  const child = spawn(process.execPath, [cli, "import", "mlflow", store], { cwd: root });
  let told = "";
  child.stderr.on("data", (text: Buffer) => {
    if (told === "") child.kill("SIGINT");
    told += text.toString();
  });
  const [status] = (await once(child, "exit")) as [number];
  assert.equal(status, 1, told);
  assert.match(told, /got a signal to stop \[aborted\]\n$/u);
  assert.deepEqual(
    readdirSync(join(root, ".assayer")).filter((name) => name.endsWith(".tmp")),
    [],
  );
  const runs = assayer(root, "sql", "select count(*)::integer as n from runs", "--json");
  assert.deepEqual(JSON.parse(runs.stdout), [{ n: 0 }]);
});

test("an import that is killed leaves nothing but a temporary folder, and the next one brings all", async () => {
  const root = projectFolder();
  const store = mlflowStore("files");
  const child = spawn(process.execPath, [cli, "import", "mlflow", store], { cwd: root });
  const isUnderWay = () =>
    readdirSync(join(root, ".assayer"), { recursive: true }).some((path) =>
      /^import-\w+\.tmp.*journal$/u.test(String(path)),
    );
  const watch = setInterval(() => {
    if (isUnderWay()) child.kill("SIGKILL");
  }, 1);
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearInterval(watch);
  assert.equal(signal, "SIGKILL");
  const left = readdirSync(join(root, ".assayer")).filter((name) => name.endsWith(".tmp"));
  assert.match(left.join(), /^import-\w{26}\.tmp$/u);
  const runs = assayer(root, "sql", "select count(*)::integer as n from runs", "--json");
  assert.deepEqual(JSON.parse(runs.stdout), [{ n: 0 }]);
  const again = assayer(root, "import", "mlflow", store, "--json");
  assert.equal((JSON.parse(again.stdout) as { added: { runs: number } }).added.runs, 8);
});

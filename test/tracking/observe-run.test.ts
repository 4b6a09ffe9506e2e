import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { AssayerError, openProject, type Project } from "../../kernel-lib/index";
import { withoutCredentials } from "../../kernel-lib/tracking/code-state";
import { SystemSampler } from "../../kernel-lib/tracking/system-metrics";
import { temporaryFolder } from "../temporary-folder";

/** The artifacts of a run as text by name. */
async function textsOf(project: Project, runId: string): Promise<Record<string, string>> {
  const { artifacts } = await project.run(runId);
  const texts = artifacts.map(async ({ name, digest }) => [
    name,
    (await project.readArtifact(digest)).toString(),
  ]);
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
}

/** A folder with a git repository, a project's package and one commit. */
function repository(): { root: string; git: (...args: string[]) => string } {
  const root = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
      encoding: "utf8",
    });
  git("init", "-q");
  mkdirSync(join(root, "node_modules", "left"), { recursive: true });
  writeFileSync(join(root, "node_modules", "left", "package.json"), '{"version":"1.2.3"}');
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({ name: "own", dependencies: { left: "^1", absent: "*" } }),
  );
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(root, ".gitignore"), "node_modules\n");
  writeFileSync(join(root, "train.ts"), "one\ntwo\n");
  git("add", ".");
  git("commit", "-qm", "first");
  return { root, git };
}

test("system metrics are measured while a run goes on, and once more when it ends", async () => {
  const project = await openProject(temporaryFolder());
  const run = project.startRun({ experiment: "e", systemMetrics: { everySeconds: 0.1 } });
  await sleep(300);
  await run.end();
  const { metrics, series } = await project.run(run.id);
  const value = (key: string) => metrics[`system/${key}`] ?? NaN;
  for (const key of [
    "cpu_utilization_percentage",
    "system_memory_usage_percentage",
    "disk_usage_percentage",
  ])
    assert.ok(value(key) >= 0 && value(key) <= 100, `${key}: ${value(key)}`);
  assert.ok(value("process_memory_megabytes") > 20);
  assert.ok(value("system_memory_usage_megabytes") > value("process_memory_megabytes") / 2);
  const busy = series.find(({ key }) => key === "system/process_cpu_percentage");
  assert.ok((busy?.maxValue ?? 0) > 0);
  assert.ok(busy && busy.count >= 2);
  assert.equal(busy.lastStep, busy.count - 1);
  const before = (await project.run(run.id)).series.length;
  await sleep(150);
  const after = (await project.run(run.id)).series;
  assert.deepEqual(
    [after.length, after.find(({ key }) => key === busy.key)?.count],
    [before, busy.count],
  );
  await project.close();
});

test("a process's share is its processor time by the time that passed", () => {
  const sampler = new SystemSampler(__dirname);
  const [before, start] = [process.cpuUsage(), performance.now()];
  for (let i = 0; process.cpuUsage(before).user < 200_000; i++) Math.sqrt(i);
  const share = sampler.sample()["system/process_cpu_percentage"] ?? NaN;
  const { user, system } = process.cpuUsage(before);
  const expected = (user + system) / (performance.now() - start) / 10;
  assert.ok(Math.abs(share / expected - 1) < 0.1, `${share} is not ${expected}`);
});

test("a sample costs less than a millisecond", () => {
  const sampler = new SystemSampler(__dirname);
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    sampler.sample();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  assert.ok((times[25] ?? 1) < 1, `${String(times[25])} ms`);
});

test("an interval that is none is refused before the run begins, and nothing is measured by default", async () => {
  const project = await openProject(temporaryFolder());
  for (const [everySeconds, got] of [
    [0, "0"],
    [NaN, "NaN"],
    [undefined as never, "undefined"],
  ] as const)
    assert.throws(
      () => project.startRun({ experiment: "e", systemMetrics: { everySeconds } }),
      new AssayerError(
        "invalid-argument",
        `startRun: systemMetrics requires true, or everySeconds of 0.1 to 86400; got ${got}`,
      ),
    );
  assert.deepEqual(await project.experiments(), []);
  const run = project.startRun({ experiment: "e" });
  await run.end();
  const { series, artifacts } = await project.run(run.id);
  assert.deepEqual([series, artifacts], [[], []]);
  await project.close();
});

test("a process with a sampler leaves when its work is done", () => {
  const root = temporaryFolder();
  const file = join(root, "script.ts");
  writeFileSync(
    file,
    `import { openProject } from ${JSON.stringify(join(__dirname, "../../kernel-lib/index"))};
     (async () => {
       const project = await openProject(${JSON.stringify(root)});
       project.startRun({ experiment: "e", systemMetrics: { everySeconds: 0.1 } });
     })();`,
  );
  const { status } = spawnSync(process.execPath, ["--import", "tsx", file], {
    cwd: join(__dirname, "../.."),
    timeout: 20_000,
  });
  assert.equal(status, 0);
});

test("code state: the diff applies to the commit, untracked files are named, and the environment is told", async () => {
  const { root, git } = repository();
  process.env.ASSAYER_TEST_SECRET = "s3cret-of-the-environment";
  git("remote", "add", "origin", "https://user:t0ken@example.org/a/b.git?key=1");
  writeFileSync(join(root, "train.ts"), "one\n2\n");
  writeFileSync(join(root, "weights.bin"), Buffer.from([0, 1, 2, 255]));
  git("add", "weights.bin");
  writeFileSync(join(root, "nöw.ts"), "not kept: s3cret of a file");
  const project = await openProject(root);
  const runs = [1, 2].map(() => project.startRun({ experiment: "e", code: true }));
  for (const run of runs) await run.end();
  const [texts, others] = await Promise.all(runs.map(({ id }) => textsOf(project, id)));
  assert.deepEqual(texts, others);
  assert.deepEqual(Object.keys(texts ?? {}), ["code/uncommitted.diff", "environment.json"]);
  const diff = texts?.["code/uncommitted.diff"] ?? "";
  assert.match(diff, /^# Untracked files, of which the names alone are kept:\n#   "nöw.ts"\n\n/u);
  assert.doesNotMatch(diff, /\.assayer/u);
  const environment = JSON.parse(texts?.["environment.json"] ?? "") as Record<string, unknown>;
  assert.equal(environment["node"], process.versions.node);
  assert.deepEqual(environment["package"], { name: "own", version: null });
  assert.deepEqual(environment["packages"], { absent: null, left: "1.2.3" });
  assert.deepEqual(environment["lockFile"], {
    name: "package-lock.json",
    sha256: createHash("sha256").update("{}").digest("hex"),
  });
  assert.deepEqual(environment["git"], {
    commit: git("rev-parse", "HEAD").trim(),
    remote: "https://example.org/a/b.git",
  });
  assert.doesNotMatch(JSON.stringify(texts), /s3cret|t0ken/u);
  await project.close();

  git("stash", "-q");
  writeFileSync(join(root, "..patch"), diff);
  git("apply", "..patch");
  assert.equal(readFileSync(join(root, "train.ts"), "utf8"), "one\n2\n");
  assert.deepEqual(readFileSync(join(root, "weights.bin")), Buffer.from([0, 1, 2, 255]));
});

test("a diff of more than 5 MB is cut, and says so; a clean tree has none", async () => {
  const { root } = repository();
  writeFileSync(join(root, "train.ts"), "x".repeat(79).concat("\n").repeat(80_000));
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e", code: true });
  await run.end();
  const diff = (await textsOf(project, run.id))["code/uncommitted.diff"] ?? "";
  assert.match(diff, /^# Untracked|^# The diff is longer: this is its beginning, 5242880 bytes\./u);
  assert.ok(diff.length > 5_242_880 && diff.length < 5_243_500, String(diff.length));
  await project.close();

  const clean = await openProject(repository().root);
  const [one] = [clean.startRun({ experiment: "e", code: true })];
  await one.end();
  // The store itself is not ignored there, and is not code.
  assert.deepEqual(Object.keys(await textsOf(clean, one.id)), ["environment.json"]);
  await clean.close();
});

test("code state without git or a package is the environment alone; closing waits for it", async () => {
  const root = temporaryFolder();
  const project = await openProject(root);
  const run = project.startRun({ experiment: "e", code: true });
  await project.close();
  const again = await openProject(root);
  const texts = await textsOf(again, run.id);
  assert.deepEqual(Object.keys(texts), ["environment.json"]);
  const environment = JSON.parse(texts["environment.json"] ?? "") as Record<string, unknown>;
  assert.deepEqual(
    [environment["package"], environment["packages"], environment["git"]],
    [null, {}, undefined],
  );
  await again.close();
});

test("startRun with code state and system metrics returns as fast as without", async () => {
  const project = await openProject(repository().root);
  const time = (options: object) => {
    const times = Array.from({ length: 200 }, () => {
      const start = performance.now();
      project.startRun({ experiment: "e", ...options });
      return performance.now() - start;
    }).sort((a, b) => a - b);
    return times[100] ?? NaN;
  };
  time({});
  const [without, withCode] = [time({}), time({ code: true })];
  assert.ok(withCode < without + 0.05, `${withCode} ms, without ${without} ms`);
  await project.close();
});

test("a remote's address is kept without what can be a secret", () => {
  assert.equal(withoutCredentials("https://a:b@h.org/x.git?t=1#y"), "https://h.org/x.git");
  assert.equal(withoutCredentials("https://a:b#c@h.org/x.git"), "https://h.org/x.git");
  assert.equal(withoutCredentials("ssh://git@h.org:22/x.git"), "ssh://h.org:22/x.git");
  assert.equal(withoutCredentials("git@h.org:a/b.git"), "git@h.org:a/b.git");
});

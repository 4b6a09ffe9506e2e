import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AssayerError, openProject, type Run } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";

const root = join(__dirname, "../..");
const index = JSON.stringify(join(root, "kernel-lib/index"));

const mistake = (message: RegExp, code: string) => (error: unknown) => {
  assert.ok(error instanceof AssayerError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

/** A script that has opened the project of `folder` and begun a run, whose id it has printed. */
function script(folder: string, then: string): string {
  const file = join(folder, "script.ts");
  writeFileSync(
    file,
    `import { openProject } from ${index};
    (async () => {
      const project = await openProject(${JSON.stringify(folder)});
      const run = project.startRun({ experiment: "e", name: "of the script" });
      run.logMetric("loss", 1, { step: 41 });
      console.log(run.id);
      ${then}
    })();`,
  );
  return file;
}

test("withRun gives back what the work returned and finishes its run, nested ones too", async () => {
  const project = await openProject(temporaryFolder());
  const seen: Record<string, Run> = {};
  const result = await project.withRun({ experiment: "e", name: "outer" }, async (run) => {
    seen.outer = run;
    const fold = await run.withRun({ name: "fold", params: { fold: 0 } }, (child) => {
      seen.inner = child;
      child.logMetric("auc", 0.5);
      return 1;
    });
    return fold + 1;
  });
  assert.equal(result, 2);
  const fold = await project.run(seen.inner?.id ?? "");
  assert.deepEqual(
    [fold.status, fold.parentRunId, fold.params],
    ["finished", seen.outer?.id, { fold: 0 }],
  );
  assert.equal((await project.run(seen.outer?.id ?? "")).status, "finished");
  await project.close();
});

test("withRun throws on what the work threw; the run has failed, with the message and the stack", async () => {
  const project = await openProject(temporaryFolder());
  const thrown = new RangeError("loss is NaN");
  const seen: Record<string, Run> = {};
  await assert.rejects(
    project.withRun({ experiment: "e" }, (run) => {
      seen.outer = run;
      return run.withRun({}, (child) => {
        seen.inner = child;
        throw thrown;
      });
    }),
    (error) => error === thrown,
  );
  for (const run of [seen.outer, seen.inner]) {
    const { status, error, artifacts } = await project.run(run?.id ?? "");
    assert.deepEqual([status, error], ["failed", "loss is NaN"]);
    assert.equal(artifacts[0]?.name, "error.txt");
    const text = (await project.readArtifact(artifacts[0].digest)).toString();
    assert.match(text, /^RangeError: loss is NaN\n +at .*with-run\.test\.ts/u);
  }
  await assert.rejects(
    project.withRun({ experiment: "" }, () => 1),
    mistake(/experiment requires a name/u, "invalid-argument"),
  );
  await project.close();
});

test("a run that the work ended itself stays as it is, whatever comes after", async () => {
  const project = await openProject(temporaryFolder());
  const seen: Record<string, Run> = {};
  await assert.rejects(
    project.withRun({ experiment: "e" }, async (run) => {
      seen.ended = run;
      await run.end("killed");
      throw new Error("later");
    }),
    /later/u,
  );
  const { status, error, artifacts } = await project.run(seen.ended?.id ?? "");
  assert.deepEqual([status, error, artifacts], ["killed", null, []]);
  await project.close();
});

test("a resumed run goes on where it ended: steps follow, params hold, and it ends again", async () => {
  const project = await openProject(temporaryFolder());
  const first = project.startRun({
    experiment: "e",
    params: { depth: 6, rate: NaN, kind: "tree" },
  });
  first.logMetrics({ loss: [3, 2, 1] });
  await first.end("failed", new Error("power"));
  const run = await project.resumeRun(first.id);
  assert.deepEqual([run.id, run.name, run.experiment], [first.id, first.name, "e"]);
  const resumed = await project.run(run.id);
  assert.deepEqual([resumed.status, resumed.error, resumed.endedAt], ["running", null, null]);
  run.logParams({ depth: 6, rate: NaN, kind: "tree", more: true });
  assert.throws(
    () => {
      run.logParam("depth", 7);
    },
    mistake(/got 7 for depth, which is 6$/u, "param-changed"),
  );
  assert.throws(
    () => {
      run.logParam("depth", "6");
    },
    mistake(/one value for each param/u, "param-changed"),
  );
  run.logMetric("loss", 0.5);
  run.logMetrics({ loss: [0.25], fresh: 1 });
  await run.end();
  const [fresh, loss] = await project.metricHistory(run.id);
  assert.deepEqual([...(loss?.steps ?? [])], [0, 1, 2, 3, 4]);
  assert.deepEqual([...(fresh?.steps ?? [])], [0]);
  const { status, params } = await project.run(run.id);
  assert.deepEqual(
    [status, params],
    ["finished", { depth: 6, kind: "tree", more: true, rate: NaN }],
  );
  assert.throws(
    () => {
      first.logMetric("loss", 1);
    },
    mistake(/requires a running run/u, "run-ended"),
  );
  await project.close();
});

test("a run that is open here is returned as it is, and two calls at once give one run", async () => {
  const folder = temporaryFolder();
  const project = await openProject(folder);
  const open = project.startRun({ experiment: "e" });
  assert.equal(await project.resumeRun(open.id), open);
  const twin = await openProject(folder);
  assert.equal(await twin.resumeRun(open.id), open);
  await open.end();
  const [one, other] = await Promise.all([project.resumeRun(open.id), project.resumeRun(open.id)]);
  assert.equal(one, other);
  await twin.close();
  await project.close();
  const again = await openProject(folder);
  assert.equal((await again.run(open.id)).status, "finished");
  await again.close();
});

test("a run of a process that was killed is resumed by another, and stays running while that lives", async () => {
  const folder = temporaryFolder();
  const file = script(folder, "process.kill(process.pid, 'SIGKILL');");
  const { stdout } = spawnSync(process.execPath, ["--import", "tsx", file], {
    cwd: root,
    encoding: "utf8",
  });
  const id = stdout.trim();
  const project = await openProject(folder);
  assert.equal((await project.run(id)).status, "killed");
  const run = await project.resumeRun(id);
  run.logMetric("loss", 0.5);
  const { status, series } = await project.run(id);
  assert.deepEqual([status, series[0]?.lastStep, series[0]?.count], ["running", 42, 2]);
  await run.end();
  assert.equal((await project.run(id)).status, "finished");
  await project.close();
});

test("runs that are unknown, deleted or running in another process are not resumed", async (t) => {
  const folder = temporaryFolder();
  const file = script(folder, "setInterval(() => undefined, 1000);");
  const child = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const id = await new Promise<string>((done) => {
    child.stdout.once("data", (data: Buffer) => {
      done(data.toString().trim());
    });
  });
  const project = await openProject(folder);
  await assert.rejects(
    project.resumeRun(id),
    mistake(
      /^resumeRun requires a run that has ended; got of the script, which is running elsewhere$/u,
      "run-running",
    ),
  );
  await assert.rejects(project.resumeRun("nope"), mistake(/^unknown run: nope$/u, "unknown-run"));
  const run = project.startRun({ experiment: "e", name: "gone" });
  await run.end();
  await project.deleteRuns([run.id]);
  await assert.rejects(
    project.resumeRun(run.id),
    mistake(
      /^resumeRun requires a run that is not deleted; got gone: restore it first$/u,
      "run-deleted",
    ),
  );
  assert.equal((await project.run(run.id)).status, "finished");
  await project.restoreRuns([run.id]);
  assert.equal((await project.resumeRun(run.id)).id, run.id);
  await project.close();
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { exportToMlflow, importMlflow, openProject, type Project } from "../../kernel-lib/index";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { mlflowStore } from "../exchange/fixture";
import { temporaryFolder } from "../temporary-folder";
import { readWithMlflow, startMlflow } from "./server";

type Point = [step: number, timestamp: number, value: number | string];

interface ReadRun {
  runId: string;
  experiment: string;
  name: string;
  status: string;
  user: string;
  start: number;
  end: number | null;
  params: Record<string, string>;
  tags: Record<string, string>;
  metrics: Record<string, Point[]>;
  datasets: Record<string, unknown>[];
  artifacts: Record<string, string>;
}

interface ReadStore {
  runs: ReadRun[];
  models: { name: string; description: string; tags: Record<string, string> }[];
  versions: {
    model: string;
    version: number;
    description: string;
    runId: string;
    tags: Record<string, string>;
    aliases: string[];
    flavors: string[];
    inputs: unknown;
    files: Record<string, string>;
  }[];
}

const folder = temporaryFolder();
let server: Awaited<ReturnType<typeof startMlflow>>;
let project: Project;
const longText = "x".repeat(9000);

before(async () => {
  server = await startMlflow(folder);
  project = await openProject(temporaryFolder());
  await importMlflow(project, mlflowStore("sqlite"));
  const run = project.startRun({
    experiment: "own",
    name: "parent",
    params: { depth: 6, "learning rate %": 0.1, "learning rate ?": 0.2, long: longText },
    tags: { team: "risk", "../up": "x" },
  });
  for (let i = 0; i < 2500; i++)
    run.logMetric("loss", Math.sin(i) / 3, { step: i, timestamp: 1_700_000_000_000 + i });
  for (const [step, value] of [NaN, Infinity, -Infinity, 5e-324, -0.1].entries())
    run.logMetric("odd/values", value, { step });
  run.setNote("# A note\nwith ünicode");
  run.logArtifact({ name: "plots/über sicht #1.txt", data: "text" });
  run.logArtifact({ name: "empty.bin", data: "" });
  await run.logFeatures([{ a: 1, b: "x" }]);
  const child = run.startRun({ name: "child" });
  const version = await child.logModel("wage model", linearRegressor([[2]], { intercept: [1] }), {
    sample: [[3]],
    note: "a version",
  });
  await project.registry.promote("wage model", version.number, "staging", { reason: "test" });
  await child.end("failed", new Error("out of luck"));
  await run.end();
  await project.registry.register("lonely", linearRegressor([[1]], { intercept: [0] }));
});

after(async () => {
  await project.close();
  await server.stop();
});

/** As MLflow's client reads it: SQLite has no infinities there, but the numbers next to them. */
function asRead(value: number): number | string {
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

const statuses: Record<string, string> = {
  finished: "FINISHED",
  failed: "FAILED",
  killed: "KILLED",
};
const renamed: Record<string, string> = {
  "plots/über sicht #1.txt": "plots/über sicht _1.txt",
  "learning rate %": "learning rate _",
  "../up": "__/up",
};

async function comparedWith(read: ReadStore): Promise<number> {
  const runs = await project.sql(
    "select run_id, epoch_ms(started_at) as started, epoch_ms(ended_at) as ended from runs where deleted_at is null",
  );
  assert.equal(read.runs.length, runs.length);
  const there = new Map(read.runs.map((run) => [run.tags["assayer.run_id"], run]));
  let points = 0;
  for (const { run_id: id, started, ended } of runs) {
    const stored = await project.run(id as string);
    const run = there.get(id as string);
    assert.ok(run, `run ${stored.name} is there`);
    assert.deepEqual(
      [run.name, run.experiment, run.status, run.user, run.start, run.end],
      [stored.name, stored.experiment, statuses[stored.status], stored.source.user, started, ended],
    );
    const params = await project.sql("select key, value from params where run_id = ?", [
      id as string,
    ]);
    for (const { key, value } of params) {
      const text = value as string;
      if (key !== "learning rate ?")
        assert.equal(run.params[renamed[key as string] ?? (key as string)], text.slice(0, 6000));
    }
    assert.equal(Object.keys(run.params).length, params.length);
    assert.equal(run.tags["mlflow.note.content"] ?? null, stored.note);
    const parent = stored.parentRunId;
    assert.equal(
      run.tags["mlflow.parentRunId"],
      parent === null ? undefined : there.get(parent)?.runId,
    );
    for (const [key, value] of Object.entries(stored.tags))
      if (key !== "mlflow.parentRunId") assert.equal(run.tags[renamed[key] ?? key], value);
    const history = await project.metricHistory(id as string);
    assert.deepEqual(Object.keys(run.metrics).sort(), history.map(({ key }) => key).sort());
    for (const { key, steps, timestamps, values } of history) {
      const sorted = (run.metrics[key] ?? []).toSorted(([a, x], [b, y]) => a - b || x - y);
      assert.deepEqual(
        sorted,
        Array.from(values, (value, i) => [steps[i], timestamps[i], asRead(value)]),
      );
      points += values.length;
    }
    for (const { name, digest } of stored.artifacts)
      assert.equal(run.artifacts[renamed[name] ?? name], digest);
    for (const { kind, name, path } of stored.tables) {
      const digest = createHash("sha256")
        .update(readFileSync(join(project.directory, path)))
        .digest("hex");
      assert.equal(run.artifacts[`tables/${kind}/${name}.parquet`], digest);
    }
    const datasets = await project.sql(
      "select name, digest, context from datasets where run_id = ? order by name",
      [id as string],
    );
    assert.deepEqual(
      run.datasets
        .map(({ name, digest, tags }) => ({
          name,
          digest,
          context: (tags as Record<string, string>)["mlflow.data.context"],
        }))
        .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
      datasets,
    );
  }
  return points;
}

test("exportToMlflow sends every run, param, tag, metric value, dataset, file and version, as MLflow's client reads them", async () => {
  const fractions: number[] = [];
  const report = await exportToMlflow(project, server.url, {
    onProgress: (_, fraction) => fractions.push(fraction),
  });
  const read = await readWithMlflow<ReadStore>(server.url);
  const points = await comparedWith(read);
  assert.deepEqual([report.created, report.updated, report.unchanged], [9, 0, 0]);
  assert.equal(report.metrics, points);
  assert.ok(points > 3200);
  assert.deepEqual(report.notSent, [
    {
      what: "model versions without a run",
      count: 1,
      why: "MLflow takes a version's files with its run",
    },
  ]);
  assert.deepEqual(report.changes.map(({ kind, key, sent }) => [kind, key, sent]).sort(), [
    ["artifact", "plots/über sicht #1.txt", "plots/über sicht _1.txt"],
    ["param", "learning rate %", "learning rate _"],
    [
      "param",
      "learning rate ?",
      `learning rate __${createHash("sha256").update("learning rate ?").digest("hex").slice(0, 8)}`,
    ],
    ["param", "long", "long"],
    ["tag", "../up", "__/up"],
  ]);
  assert.equal(fractions.at(-1), 1);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );

  assert.equal(report.modelVersions, 4);
  const own = read.versions.find(({ model }) => model === "wage model");
  const version = await project.registry.version("wage model", 1);
  assert.deepEqual(
    [own?.aliases, own?.flavors, own?.description],
    [["staging"], ["onnx", "python_function"], "a version"],
  );
  assert.equal(own?.files["model.onnx"], version.digest);
  assert.equal(own.tags["assayer.stage"], "staging");
  assert.deepEqual(own.inputs, [
    { type: "tensor", name: "input", "tensor-spec": { dtype: "float32", shape: [-1, 1] } },
  ]);
  const kept = read.versions.find(({ model }) => model === "wage-sk");
  assert.deepEqual(kept?.flavors, ["python_function", "sklearn"]);
  const champion = read.versions.find(
    ({ tags, model }) => model === "wage-net" && tags["assayer.version"] === "2",
  );
  assert.deepEqual(champion?.aliases, ["candidate", "champion", "production"]);
  const net = read.models.find(({ name }) => name === "wage-net");
  assert.deepEqual([net?.description, net?.tags], ["Predicts wages.", { domain: "labour" }]);
});

test("exporting again sends nothing, and after a change that run alone", async () => {
  const again = await exportToMlflow(project, server.url);
  assert.deepEqual([again.created, again.updated, again.unchanged], [0, 0, 9]);
  assert.deepEqual(
    [again.metrics, again.params, again.artifacts, again.modelVersions],
    [0, 0, 0, 0],
  );
  const [row] = await project.sql("select run_id from runs where name = 'parent'");
  await project.updateRun(row?.run_id as string, { note: "another note", tags: { team: "fraud" } });
  const changed = await exportToMlflow(project, server.url, { experiment: "own" });
  assert.deepEqual([changed.created, changed.updated, changed.unchanged], [0, 1, 1]);
  await comparedWith(await readWithMlflow<ReadStore>(server.url));
});

test("what was exported comes back equal with importMlflow", async () => {
  const back = await openProject(temporaryFolder());
  try {
    const report = await importMlflow(back, folder);
    assert.equal(report.added.runs, 9);
    assert.deepEqual(report.added.conflicts, []);
    const rows = await back.sql("select run_id, value from tags where key = 'assayer.run_id'");
    for (const { run_id: id, value } of rows) {
      const [there, here] = [await back.run(id as string), await project.run(value as string)];
      assert.deepEqual(
        [
          there.name,
          there.experiment,
          there.status,
          there.note,
          there.startedAt,
          there.endedAt,
          there.source.user,
        ],
        [
          here.name,
          here.experiment,
          here.status,
          here.note,
          here.startedAt,
          here.endedAt,
          here.source.user,
        ],
      );
      if (here.name !== "parent") assert.deepEqual(there.params, here.params);
      const series = async (from: Project, runId: unknown) =>
        (await from.metricHistory(runId as string)).map((each) => ({ ...each, runId: "" }));
      assert.deepEqual(await series(back, id), await series(project, value));
      const names = new Map(there.artifacts.map(({ name, digest }) => [name, digest]));
      for (const { name, digest } of here.artifacts)
        assert.equal(names.get(renamed[name] ?? name), digest);
    }
    const [versions, originals] = [
      await back.registry.versions("wage-net"),
      await project.registry.versions("wage-net"),
    ];
    assert.deepEqual(
      versions.map(({ digest }) => digest).sort(),
      originals.map(({ digest }) => digest).sort(),
    );
  } finally {
    await back.close();
  }
});

test("exportToMlflow names a server that is not there, one that refuses, and a run that is unknown", async () => {
  const cases: [string, object, string, RegExp][] = [
    [
      "http://127.0.0.1:9",
      {},
      "unreachable",
      /^exportToMlflow requires a running MLflow server at http:\/\/127\.0\.0\.1:9; got /u,
    ],
    [
      "ftp://x",
      {},
      "invalid-argument",
      /^exportToMlflow requires an address like http:\/\/host:port/u,
    ],
    [`${server.url}/nowhere`, {}, "export-failed", /; got status 404: /u],
    [server.url, { runIds: ["nope"] }, "unknown-run", /^unknown run: nope$/u],
    [
      server.url,
      { experiment: "nope" },
      "unknown-experiment",
      /^unknown experiment: nope; expected one of /u,
    ],
  ];
  for (const [url, options, code, message] of cases)
    await assert.rejects(exportToMlflow(project, url, options), { code, message });
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(exportToMlflow(project, server.url, { signal: stop.signal }), {
    code: "aborted",
    message: "exportToMlflow requires time to finish; got a signal to stop",
  });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { importMlflow, openProject, startServer, push, type Project } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";
import { golden, mlflowStore, type Kind } from "./fixture";

const kinds: Kind[] = ["sqlite", "files"];
const pathOf = (folder: string, kind: Kind) =>
  join(folder, kind === "sqlite" ? "mlflow.db" : "mlruns");

/** Every file of a folder with its digest, time and mode. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const stat = statSync(path);
      const digest = stat.isFile()
        ? createHash("sha256").update(readFileSync(path)).digest("hex")
        : "";
      return `${name} ${stat.mode} ${stat.isFile() ? `${stat.size} ${stat.mtimeMs} ${digest}` : ""}`;
    });
}

async function fresh(t: { after: (work: () => Promise<void>) => void }): Promise<Project> {
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  return project;
}

/** The largest double is what MLflow's SQLite store, and its client, have for an infinity. */
function valueOf(value: number | string): number {
  const number = Number(value);
  return Math.abs(number) === Number.MAX_VALUE ? Math.sign(number) * Infinity : number;
}

const statuses: Record<string, string> = { FINISHED: "finished", FAILED: "failed" };

for (const kind of kinds)
  test(`importMlflow brings every run, param, tag, metric value, dataset and artifact of a ${kind} store that MLflow 3.17.2 made`, async (t) => {
    const folder = mlflowStore(kind);
    const before = stateOf(folder);
    const project = await fresh(t);
    const report = await importMlflow(project, pathOf(folder, kind));
    assert.deepEqual(stateOf(folder), before, "the source is as it was");
    const expected = golden(kind);
    const models = new Map(expected.loggedModels.map((model) => [model.modelId, model]));
    const runs = (await project.sql(
      "select r.*, t.value as foreign_id from runs r join tags t using (run_id) where t.key = 'mlflow.runId'",
    )) as ({ run_id: string; foreign_id: string; deleted_at: Date | null } & Record<
      string,
      unknown
    >)[];
    assert.equal(runs.length, expected.runs.length);
    const idOf = new Map(runs.map((run) => [run.foreign_id, run.run_id]));
    let points = 0;
    for (const wanted of expected.runs) {
      const row = runs.find((run) => run.foreign_id === wanted.runId);
      assert.ok(row);
      const id = row.run_id;
      const stored = await project.run(id);
      assert.equal(stored.name, wanted.name);
      assert.equal(stored.experiment, wanted.experiment);
      assert.equal(stored.status, statuses[wanted.status] ?? "killed");
      assert.equal(stored.startedAt.getTime(), wanted.start);
      if (wanted.end !== null) assert.equal(stored.endedAt?.getTime(), wanted.end);
      assert.equal(row.deleted_at !== null, wanted.lifecycle === "deleted");
      assert.equal(stored.source.user, wanted.user);
      assert.equal(stored.source.gitCommit, wanted.tags["mlflow.source.git.commit"] ?? null);
      assert.equal(stored.note, wanted.tags["mlflow.note.content"] ?? null);
      const parent = wanted.tags["mlflow.parentRunId"];
      assert.equal(stored.parentRunId, parent === undefined ? null : idOf.get(parent));

      const tags: Record<string, string> = { ...wanted.tags, "mlflow.runId": wanted.runId };
      delete tags["mlflow.note.content"];
      if (["RUNNING", "SCHEDULED"].includes(wanted.status)) tags["mlflow.status"] = wanted.status;
      assert.deepEqual(stored.tags, tags);
      const params = await project.sql("select key, value from params where run_id = ?", [id]);
      assert.deepEqual(
        Object.fromEntries(params.map(({ key, value }) => [key, value])),
        wanted.params,
      );

      const history = await project.metricHistory(id);
      assert.deepEqual(history.map(({ key }) => key).sort(), Object.keys(wanted.metrics).sort());
      for (const { key, steps, timestamps, values } of history) {
        const rows = (wanted.metrics[key] ?? []).map(([step, time, value]) => [
          step,
          time,
          valueOf(value),
        ]);
        rows.sort(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y);
        assert.deepEqual(
          Array.from(values, (value, i) => [steps[i], timestamps[i], value]),
          rows,
        );
        points += rows.length;
      }

      const datasets = await project.sql("select * from datasets where run_id = ? order by name", [
        id,
      ]);
      assert.deepEqual(
        datasets.map((each): unknown[] => [
          each.name,
          each.digest,
          each.context,
          JSON.parse(each.source as string),
          JSON.parse(each.schema as string),
          JSON.parse(each.profile as string),
        ]),
        wanted.datasets
          .map((each) => [
            each.name,
            each.digest,
            each.tags["mlflow.data.context"],
            { type: each.source_type, source: JSON.parse(each.source) as unknown },
            (JSON.parse(each.schema) as { mlflow_colspec: unknown }).mlflow_colspec,
            JSON.parse(each.profile) as unknown,
          ])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      );

      const artifacts = new Map(
        stored.artifacts.map((each) => [each.name, [each.size, each.digest]]),
      );
      const files = new Map(Object.entries(wanted.artifacts));
      for (const modelId of wanted.models) {
        const { name = "", files: own = {}, params, tags } = models.get(modelId) ?? {};
        for (const [file, what] of Object.entries(own))
          files.set(`models/${name}/${modelId}/${file}`, what);
        const description = stored.artifacts.find(
          (each) => each.name === `models/${name}/${modelId}/logged-model.json`,
        );
        const told = JSON.parse(
          (await project.readArtifact(description?.digest ?? "")).toString(),
        ) as Record<string, unknown>;
        assert.deepEqual([told.params, told.tags], [params, tags]);
        artifacts.delete(description?.name ?? "");
      }
      assert.deepEqual(new Map([...artifacts].sort()), new Map([...files].sort()));
      for (const [, [, digest]] of artifacts) await project.readArtifact(String(digest));
    }
    assert.ok(points > 700);
    assert.equal(report.read.metrics, points);
    assert.equal(report.added.metrics, points);
    assert.equal(report.added.runs, expected.runs.length);
    assert.equal(report.read.params, report.added.params);
    assert.equal(report.read.tags, report.added.tags);
    assert.equal(report.read.artifacts, report.added.artifacts);
    assert.deepEqual(
      [report.added.conflicts, report.added.renumbered, report.added.missingFiles],
      [[], [], []],
    );
  });

for (const kind of kinds)
  test(`importMlflow brings the model versions of a ${kind} store: ONNX ones are served, others are kept`, async (t) => {
    const project = await fresh(t);
    const report = await importMlflow(project, mlflowStore(kind));
    const expected = golden(kind);
    assert.equal(report.added.modelVersions, expected.versions.length);
    const { registry } = project;
    for (const wanted of expected.versions) {
      const version = await registry.version(wanted.model, wanted.version);
      assert.equal(version.stage, wanted.stage.toLowerCase());
      assert.equal(version.createdAt.getTime(), wanted.created);
      assert.equal(version.note, wanted.description);
      for (const [key, value] of Object.entries(wanted.tags))
        assert.equal(version.tags[key], value);
      for (const alias of wanted.aliases)
        assert.equal(version.tags[`mlflow.alias.${alias}`], "true");
      assert.equal(version.tags["mlflow.runId"], wanted.runId);
      const run = await project.run(version.runId ?? "");
      assert.equal(run.tags["mlflow.runId"], wanted.runId);
    }
    const first = await registry.version("wage-net", 1);
    assert.equal(first.format, "onnx");
    assert.deepEqual(first.input, [{ name: "x", datatype: "FP32", shape: [-1, 1] }]);
    assert.deepEqual(first.sample?.outputs, [
      { name: "y", datatype: "FP32", shape: [2, 1], data: [2, 5] },
    ]);
    assert.equal(first.tags["mlflow.model.description"], "Predicts wages.");
    assert.equal(first.tags["mlflow.model.tag.domain"], "labour");

    const server = await startServer(project, { port: 0, token: "t" });
    t.after(() => server.close());
    // The weights of this one are in a file of their own there, 400 times 3.
    const answer = await fetch(`${server.url}/v2/models/wage-net/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        inputs: [
          { name: "x", datatype: "FP32", shape: [1, 400], data: Array<number>(400).fill(0.5) },
        ],
      }),
    });
    const { outputs } = (await answer.json()) as { outputs: { data: number[] }[] };
    assert.deepEqual(outputs[0]?.data, [600]);

    const other = await registry.version("wage-sk", 1);
    assert.equal(other.format, "mlflow");
    assert.deepEqual(other.input, [{ name: "education", datatype: "FP64", shape: [-1] }]);
    const { files } = JSON.parse((await project.readArtifact(other.digest)).toString()) as {
      files: { name: string; sha256: string; size: number }[];
    };
    const model = expected.loggedModels.find(({ name }) => name === "sk");
    assert.deepEqual(
      Object.fromEntries(files.map(({ name, size, sha256 }) => [name, [size, sha256]])),
      model?.files,
    );
    await assert.rejects(push(project, "wage-sk@1", `edge:${temporaryFolder()}`), {
      code: "invalid-model",
      message: "push requires a version in ONNX; got wage-sk@1, which is kept as MLflow saved it",
    });
    await assert.rejects(registry.promote("wage-sk", 1, "production", { reason: "x" }), {
      code: "invalid-model",
      message:
        "promote requires a version in ONNX for production; got wage-sk@1, which is kept as MLflow saved it",
    });
    const listed = (await (await fetch(`${server.url}/v2/models/wage-sk`)).json()) as {
      error?: string;
    };
    assert.match(listed.error ?? "", /wage-sk/u);
  });

test("importing the same store again brings nothing, and names what has no place here", async (t) => {
  const project = await fresh(t);
  const folder = mlflowStore("sqlite");
  const first = await importMlflow(project, folder);
  const again = await importMlflow(project, join(folder, "mlflow.db"));
  assert.deepEqual(again.read, first.read);
  const { conflicts, renumbered, missingFiles, ...counts } = again.added;
  assert.deepEqual([conflicts, renumbered, missingFiles], [[], [], []]);
  assert.deepEqual(new Set(Object.values(counts)), new Set([0]));
  assert.deepEqual(Object.fromEntries(first.notBrought.map(({ what, count }) => [what, count])), {
    traces: 1,
    "tags of experiments": 1,
    "experiments without runs": 1,
    "runs without a folder of artifacts": 7,
  });
});

test("importMlflow takes the experiments that are named, with their models, and tells a progress that grows", async (t) => {
  const project = await fresh(t);
  const fractions: number[] = [];
  const report = await importMlflow(project, mlflowStore("sqlite"), {
    experiments: ["other"],
    onProgress: (_, fraction) => fractions.push(fraction),
  });
  assert.deepEqual([report.added.runs, report.added.modelVersions], [5, 0]);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
  assert.deepEqual([fractions[0], fractions.at(-1)], [0, 1]);
});

test("importMlflow refuses what is no MLflow store, and the project stays as it was", async (t) => {
  const project = await fresh(t);
  const folder = temporaryFolder();
  const store = mlflowStore("sqlite");
  writeFileSync(join(folder, "text.db"), "not a database");
  const bytes = readFileSync(join(store, "mlflow.db"));
  writeFileSync(join(folder, "cut.db"), bytes.subarray(0, 40_000));
  const { Database } = (await import("node-sqlite3-wasm")).default;
  const other = new Database(join(folder, "other.db"));
  other.exec("create table runs (run_uuid text)");
  other.close();
  const newer = new Database(join(store, "mlflow.db"));
  newer.exec("alter table metrics rename column step to position");
  newer.close();
  const before = stateOf(project.root);
  const wrong: [string, RegExp][] = [
    [join(folder, "none"), /^importMlflow requires a path that exists; got .*none$/u],
    [
      folder,
      /^importMlflow requires an mlflow\.db or an mlruns folder; got a folder with neither: /u,
    ],
    [join(folder, "text.db"), /; got a file that is no SQLite database: /u],
    [join(folder, "cut.db"), /^importMlflow requires .*(malformed|database)/u],
    [join(folder, "other.db"), /; got another database: /u],
    [
      join(store, "mlflow.db"),
      /where metrics has a column step; got one of schema \w+, which is newer or much older/u,
    ],
  ];
  for (const [path, message] of wrong)
    await assert.rejects(importMlflow(project, path), { code: "invalid-source", message });
  await assert.rejects(importMlflow(project, mlflowStore("files"), { experiments: ["x"] }), {
    code: "unknown-experiment",
    message: "unknown experiment: x; expected one of Default, other, wages/älter".replace(
      "Default, other, wages/älter",
      golden("files").experiments.toSorted().join(", "),
    ),
  });
  assert.deepEqual(stateOf(project.root), before);
});

test("importMlflow stops at a signal and leaves the project as it was", async (t) => {
  const project = await fresh(t);
  await project.sql("select 1");
  const before = stateOf(project.root);
  const stop = new AbortController();
  const imported = importMlflow(project, mlflowStore("files"), {
    signal: stop.signal,
    onProgress: (message) => {
      if (message.startsWith("run 2")) stop.abort();
    },
  });
  await assert.rejects(imported, {
    code: "aborted",
    message: "importMlflow requires time to finish; got a signal to stop",
  });
  assert.deepEqual(stateOf(project.root), before);
});

test("files outside the store's folder are read only where artifactRoot says so, and are told", async (t) => {
  const project = await fresh(t);
  const folder = mlflowStore("sqlite");
  const elsewhere = join(temporaryFolder(), "moved");
  cpSync(join(folder, "mlruns"), elsewhere, { recursive: true });
  rmSync(join(folder, "mlruns"), { recursive: true });
  symlinkSync(elsewhere, join(folder, "mlruns"));
  const { Database } = (await import("node-sqlite3-wasm")).default;
  const database = new Database(join(folder, "mlflow.db"));
  database.run("update runs set artifact_uri = ? where name = 'second'", [temporaryFolder()]);
  database.run("update runs set artifact_uri = 's3://bucket/1' where name = 'fold'");
  database.close();
  rmSync(join(folder, "mlruns"));
  const bare = await importMlflow(project, folder);
  const told = Object.fromEntries(bare.notBrought.map(({ what, count }) => [what, count]));
  assert.equal(told["runs whose artifacts are on another server"], 1);
  assert.equal(told["runs whose artifacts are outside the store's folder"], 1);
  assert.equal(told["runs without a folder of artifacts"], 6);
  assert.equal(told["logged models whose files are missing"], 3);
  assert.equal(told["model versions whose files are missing"], 3);
  assert.equal(bare.added.runs, 8);

  const second = await fresh(t);
  const whole = await importMlflow(second, folder, { artifactRoot: elsewhere });
  assert.ok(whole.read.artifacts > bare.read.artifacts + 20);
  assert.equal((await second.registry.version("wage-net", 2)).format, "onnx");
});

test("files of a kept version without a run come over too, and go with a merge", async (t) => {
  const project = await fresh(t);
  const folder = mlflowStore("sqlite");
  const { Database } = (await import("node-sqlite3-wasm")).default;
  const database = new Database(join(folder, "mlflow.db"));
  database.exec("pragma foreign_keys = off; delete from logged_models; delete from runs");
  database.close();
  const { added } = await importMlflow(project, folder);
  assert.deepEqual([added.runs, added.artifacts, added.missingFiles], [0, 0, []]);
  const { digest } = await project.registry.version("wage-sk", 1);
  const list = JSON.parse((await project.readArtifact(digest)).toString()) as {
    files: { name: string; sha256: string }[];
  };
  assert.equal(list.files.length, 7);
  for (const { sha256 } of list.files) await project.readArtifact(sha256);
});

test("a database with a write-ahead log is read with what is in the log", async (t) => {
  const project = await fresh(t);
  const store = mlflowStore("sqlite");
  const logged = temporaryFolder();
  const { Database } = (await import("node-sqlite3-wasm")).default;
  const database = new Database(join(store, "mlflow.db"));
  database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal");
  database.exec("update runs set name = 'from the log' where name = 'outer'");
  for (const name of ["mlflow.db", "mlflow.db-wal"]) cpSync(join(store, name), join(logged, name));
  database.close();
  const before = stateOf(logged);
  await importMlflow(project, logged);
  assert.deepEqual(stateOf(logged), before);
  assert.equal(before.length, 2);
  const rows = await project.sql("select count(*) as n from runs where name = 'from the log'");
  assert.deepEqual(rows, [{ n: 1 }]);
});

test("a link among the keys of a file store brings no other file of this machine", async (t) => {
  const folder = temporaryFolder();
  const run = join(folder, "mlruns", "0", "a".repeat(32));
  mkdirSync(join(run, "params"), { recursive: true });
  writeFileSync(join(folder, "mlruns", "0", "meta.yaml"), "name: Default\nexperiment_id: '0'\n");
  writeFileSync(join(run, "meta.yaml"), `run_id: ${"a".repeat(32)}\nstatus: 3\nstart_time: 1\n`);
  writeFileSync(join(run, "params", "depth"), "6");
  writeFileSync(join(folder, "secret"), "secret");
  symlinkSync(join(folder, "secret"), join(run, "params", "linked"));
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  await importMlflow(project, join(folder, "mlruns"));
  assert.deepEqual(
    (await project.searchRuns()).map(({ params }) => params),
    [{ depth: 6 }],
  );
});

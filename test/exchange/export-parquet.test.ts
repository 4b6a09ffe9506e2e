import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exportParquet, importMlflow, openProject } from "../../kernel-lib/index";
import { temporaryFolder } from "../temporary-folder";
import { mlflowStore } from "./fixture";

const tables = [
  ...[
    "runs",
    "params",
    "tags",
    "metrics",
    "metric_series",
    "artifacts",
    "datasets",
    "logged_tables",
  ],
  ...["model_versions", "version_tags", "version_profiles", "version_backgrounds"],
  ...["stage_transitions", "deployments"],
];

test("exportParquet writes every row and value of every table, and the files when asked", async (t) => {
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  await importMlflow(project, mlflowStore("sqlite"));
  const run = project.startRun({ experiment: "e", name: "own", params: { depth: 6 } });
  run.logMetrics({ odd: NaN, loss: 0.1 + 0.2 });
  run.logMetric("odd", -Infinity);
  run.logArtifact({ name: "a/b.txt", data: "text" });
  await run.logFeatures([{ a: 1 }]);
  await run.end();
  const parent = temporaryFolder();
  const folder = join(parent, "out 'quoted'");
  const report = await exportParquet(project, folder, { artifacts: true });
  assert.deepEqual(readdirSync(parent), ["out 'quoted'"]);
  assert.deepEqual(Object.keys(report.rows), tables);
  for (const table of tables) {
    const file = join(folder, `${table}.parquet`);
    const [missing] = await project.sql(
      `select count(*) as n from (select ${table === "metric_series" ? "* exclude (series_id)" : "*"} from ${table}
        except all select * from read_parquet(?))`,
      [file],
    );
    const [rows] = await project.sql("select count(*) as n from read_parquet(?)", [file]);
    const [all] = await project.sql(`select count(*) as n from ${table}`);
    assert.deepEqual([missing?.n, rows?.n, report.rows[table]], [0, all?.n, all?.n], table);
  }
  assert.ok((report.rows.metrics ?? 0) > 700);
  const copied = join(folder, "artifacts", run.id, "a", "b.txt");
  assert.equal(readFileSync(copied, "utf8"), "text");
  const [logged] = await project.sql("select path from logged_tables");
  assert.ok(existsSync(join(folder, logged?.path as string)));
  const [artifacts] = await project.sql("select count(*)::integer as n from artifacts");
  assert.equal(report.files, Number(artifacts?.n) + 1);
});

test("exportParquet takes runs by id or by filter, with the versions they made alone", async (t) => {
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  await importMlflow(project, mlflowStore("sqlite"));
  const [second] = await project.searchRuns({ filter: "name = 'second'" });
  const runIds = [second?.runId ?? ""];
  const chosen = await exportParquet(project, join(temporaryFolder(), "a"), { runIds });
  assert.deepEqual([chosen.rows.runs, chosen.rows.metrics, chosen.rows.model_versions], [1, 0, 1]);
  assert.equal(chosen.rows.stage_transitions, 1);
  const filtered = await exportParquet(project, join(temporaryFolder(), "b"), {
    filter: "params.depth = '6'",
  });
  assert.deepEqual(
    [filtered.rows.runs, filtered.rows.params, filtered.rows.model_versions],
    [1, 4, 2],
  );
});

test("exportParquet refuses a folder with something in it and unknown runs, and leaves nothing", async (t) => {
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  const parent = temporaryFolder();
  mkdirSync(join(parent, "full"));
  writeFileSync(join(parent, "full", "x"), "");
  await assert.rejects(exportParquet(project, join(parent, "full")), {
    code: "invalid-argument",
    message: `exportParquet requires a new or empty folder; got one with something in it: ${join(parent, "full")}`,
  });
  await assert.rejects(exportParquet(project, join(parent, "new"), { runIds: ["nope"] }), {
    code: "unknown-run",
    message: "unknown run: nope",
  });
  const stop = new AbortController();
  const onProgress = () => {
    stop.abort();
  };
  const aborted = exportParquet(project, join(parent, "new"), { onProgress, signal: stop.signal });
  await assert.rejects(aborted, {
    code: "aborted",
    message: "exportParquet requires time to finish; got a signal to stop",
  });
  assert.deepEqual(readdirSync(parent), ["full"]);
});

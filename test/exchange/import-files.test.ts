import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { importCsv, importWandb, openProject, type Project } from "../../kernel-lib/index";
import { writeParquet } from "../../kernel-lib/store/tables/parquet";
import { temporaryFolder } from "../temporary-folder";

// The files are written here by hand, in the forms that W&B's exports have.

async function fresh(t: { after: (work: () => Promise<void>) => void }): Promise<Project> {
  const project = await openProject(temporaryFolder());
  t.after(() => project.close());
  return project;
}

function file(name: string, lines: readonly string[]): string {
  const path = join(temporaryFolder(), name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

/** Runs by name, with their params, and every point as [step, value]. */
async function runsOf(project: Project) {
  const rows = await project.sql("select run_id, name from runs order by name");
  const found: Record<
    string,
    { params: unknown; points: Record<string, number[][]>; times: number[] }
  > = {};
  for (const { run_id: id, name } of rows) {
    const { params } = await project.run(id as string);
    const history = await project.metricHistory(id as string);
    const points = history.map(({ key, steps, values }) => [
      key,
      Array.from(values, (value, i) => [steps[i] ?? 0, value]),
    ]);
    found[name as string] = {
      params,
      points: Object.fromEntries(points) as Record<string, number[][]>,
      times: history.flatMap(({ timestamps }) => [...timestamps]),
    };
  }
  return found;
}

test("importCsv takes a row a run: numbers are metrics, text and booleans params, unless said otherwise", async (t) => {
  const project = await fresh(t);
  const path = file("sweep.csv", [
    "run,lr,depth,solver,shuffle,auc",
    "a,0.1,3,lbfgs,true,0.75",
    "b,0.01,,sgd,false,nan",
  ]);
  const options = {
    experiment: "sweep",
    paramColumns: ["lr", "depth", "solver", "shuffle"],
    startedAt: new Date(1000),
  };
  const report = await importCsv(project, path, options);
  assert.deepEqual([report.added.runs, report.added.params, report.added.metrics], [2, 7, 2]);
  assert.deepEqual(await runsOf(project), {
    a: {
      params: { lr: 0.1, depth: 3, solver: "lbfgs", shuffle: true },
      points: { auc: [[0, 0.75]] },
      times: [1000],
    },
    b: {
      params: { lr: 0.01, solver: "sgd", shuffle: false },
      points: { auc: [[0, NaN]] },
      times: [1000],
    },
  });
  const second = await fresh(t);
  await importCsv(second, path, { experiment: "sweep" });
  assert.deepEqual((await runsOf(second)).a, {
    params: { solver: "lbfgs", shuffle: true },
    points: { auc: [[0, 0.75]], depth: [[0, 3]], lr: [[0, 0.1]] },
    times: (await runsOf(second)).a?.times,
  });
});

test("importCsv takes a row a step, tells what it leaves, and a file that has grown adds only what is new", async (t) => {
  const project = await fresh(t);
  const lines = [
    "run_id,epoch,solver,phase,loss,auc",
    "x,0,adam,a,1.5,",
    "y,0,sgd,a,2,0.5",
    "x,1,adam,b,0.5,0.25",
  ];
  const path = file("steps.csv", lines);
  const first = await importCsv(project, path, { experiment: "e" });
  assert.deepEqual([first.added.runs, first.added.metrics, first.added.params], [2, 5, 3]);
  assert.deepEqual(first.notBrought, [
    {
      what: "params with several values in a run",
      count: 1,
      why: "name the column in metricColumns",
    },
  ]);
  const before = await runsOf(project);
  assert.deepEqual(before.x?.points, {
    auc: [[1, 0.25]],
    loss: [
      [0, 1.5],
      [1, 0.5],
    ],
  });
  assert.deepEqual(before.x.params, { solver: "adam" });
  const again = await importCsv(project, path, { experiment: "e" });
  assert.deepEqual([again.added.runs, again.added.metrics], [0, 0]);
  writeFileSync(path, [...lines, "x,2,adam,b,0.125,0.5"].join("\n"));
  const grown = await importCsv(project, path, { experiment: "e" });
  assert.deepEqual([grown.added.runs, grown.added.metrics], [0, 2]);
  assert.deepEqual((await runsOf(project)).x?.points.loss, [
    [0, 1.5],
    [1, 0.5],
    [2, 0.125],
  ]);
});

test("importCsv reads the file of that name alone, and columns named as DuckDB or the import name theirs", async (t) => {
  const project = await fresh(t);
  const folder = join(file("d/runs1.csv", ["run,loss", "other,9"]), "..");
  const path = join(folder, "runs[1].csv");
  writeFileSync(
    path,
    "run,step,position,rowid,name,assayer_row\na,0,7,3,8,1\na,1,6,2,7,1\nb,0,5,1,6,1\n",
  );
  await importCsv(project, path, { experiment: "e" });
  const points = (...values: number[]) => values.map((value, step) => [step, value]);
  const found = await runsOf(project);
  assert.deepEqual(found.a?.points, {
    assayer_row_1: points(1, 1),
    name: points(8, 7),
    position: points(7, 6),
    rowid: points(3, 2),
  });
  assert.deepEqual(found.b?.points, {
    assayer_row_1: points(1),
    name: points(6),
    position: points(5),
    rowid: points(1),
  });
});

test("importCsv reads Parquet, with times as they are", async (t) => {
  const project = await fresh(t);
  const path = join(temporaryFolder(), "odd [name].parquet");
  const at = [1_700_000_000_000, 1_700_000_001_500];
  await writeParquet(path, {
    step: new Int32Array([0, 5]),
    timestamp: at.map((ms) => new Date(ms)),
    loss: new Float64Array([1, Infinity]),
  });
  await importCsv(project, path, { experiment: "e" });
  assert.deepEqual(await runsOf(project), {
    "odd [name]": {
      params: {},
      points: {
        loss: [
          [0, 1],
          [5, Infinity],
        ],
      },
      times: at,
    },
  });
});

test("importCsv refuses files that it cannot read, columns that are not there and steps that are none", async (t) => {
  const project = await fresh(t);
  const good = file("good.csv", ["step,loss", "0.5,1"]);
  const cases: [string, object, string, RegExp][] = [
    [
      "nowhere.csv",
      {},
      "invalid-source",
      /^import requires a CSV or Parquet file; got no file: .*nowhere\.csv$/u,
    ],
    [
      file("x.parquet", ["text"]),
      {},
      "invalid-source",
      /; got one that cannot be read \(.*: .*x\.parquet$/u,
    ],
    [
      good,
      { paramColumns: ["lr"] },
      "invalid-argument",
      /^unknown column: lr; expected one of step, loss$/u,
    ],
    [good, {}, "invalid-source", /^importCsv requires whole numbers as steps; got 0\.5 in step$/u],
    [
      file("text.csv", ["run,loss", "a,high"]),
      { metricColumns: ["loss"] },
      "invalid-source",
      /^importCsv requires numbers in metricColumns; got text in loss$/u,
    ],
  ];
  for (const [path, options, code, message] of cases)
    await assert.rejects(importCsv(project, path, { experiment: "e", ...options }), {
      code,
      message,
    });
  assert.deepEqual(await project.sql("select count(*) as n from runs"), [{ n: 0 }]);
});

const runsTable = [
  '"Name","ID","State","Notes","User","Tags","Created","Runtime","Sweep","batch_size","optimizer","_step","_timestamp","loss"',
  '"swift-river-3","abc123","finished","a note","ada","baseline, v2","2024-05-01T10:00:00.000Z","90","","32","adam","2","1714557690","0.25"',
  '"calm-sea-4","def456","crashed","","bob","","2024-05-02T10:00:00.000Z","10","","64","sgd","0","1714644010","2"',
];

test("importWandb joins a table of runs with histories in CSV and Parquet, by name and by id", async (t) => {
  const project = await fresh(t);
  const csv = file("swift-river-3.csv", [
    ",_step,_runtime,_timestamp,loss,image",
    "0,0,1.5,1714557601.5,1.0,media/a.png",
    "1,1,30.0,1714557630.0,NaN,",
    "2,2,89.0,1714557689.0,0.25,",
  ]);
  const parquet = join(temporaryFolder(), "run-def456-history:v0", "0000.parquet");
  await writeParquet(parquet, {
    _step: new BigInt64Array([0n]),
    _runtime: [10],
    _timestamp: [1714644010.25],
    loss: [2],
    "val/acc": [Infinity],
  });
  const files = [file("runs.csv", runsTable), csv, parquet];
  const report = await importWandb(project, files, { experiment: "seg" });
  assert.deepEqual([report.added.runs, report.added.metrics, report.added.params], [2, 5, 4]);
  assert.deepEqual(
    report.notBrought.map(({ what, count }) => [what, count]),
    [["history columns that are no numbers", 1]],
  );
  assert.deepEqual(await runsOf(project), {
    "calm-sea-4": {
      params: { batch_size: 64, optimizer: "sgd" },
      points: { loss: [[0, 2]], "val/acc": [[0, Infinity]] },
      times: [1714644010250, 1714644010250],
    },
    "swift-river-3": {
      params: { batch_size: 32, optimizer: "adam" },
      points: {
        loss: [
          [0, 1],
          [1, NaN],
          [2, 0.25],
        ],
      },
      times: [1714557601500, 1714557630000, 1714557689000],
    },
  });
  const [swift, calm] = await project.sql("select * from runs order by started_at");
  assert.deepEqual([swift?.status, swift?.note, swift?.user_name], ["finished", "a note", "ada"]);
  assert.deepEqual(
    [swift?.started_at, swift?.ended_at],
    [new Date("2024-05-01T10:00:00Z"), new Date("2024-05-01T10:01:30Z")],
  );
  assert.equal(calm?.status, "failed");
  const { tags } = await project.run(swift?.run_id as string);
  assert.equal(tags["wandb.tags"], "baseline, v2");
  assert.equal(tags["wandb.id"], "abc123");
  const again = await importWandb(project, files, { experiment: "seg" });
  assert.deepEqual([again.added.runs, again.added.metrics, again.added.tags], [0, 0, 0]);
});

test("importWandb takes a table of runs alone, with numbers as metrics unless they are named params", async (t) => {
  const project = await fresh(t);
  await importWandb(project, [file("runs.csv", runsTable)], { paramColumns: ["batch_size"] });
  const { "calm-sea-4": calm } = await runsOf(project);
  assert.deepEqual(
    [calm?.params, calm?.points],
    [{ batch_size: 64, optimizer: "sgd" }, { loss: [[0, 2]] }],
  );
});

test("importWandb takes the export of a chart, without its lowest and highest values", async (t) => {
  const project = await fresh(t);
  const path = file("wandb_export_2024-05-01.csv", [
    '"Step","a - val/loss","a - val/loss__MIN","a - val/loss__MAX","my - run - val/loss","my - run - val/loss__MIN","my - run - val/loss__MAX"',
    '"0","1","1","1","","",""',
    '"10","0.5","0.5","0.5","3","3","3"',
  ]);
  await importWandb(project, [path]);
  const runs = await runsOf(project);
  assert.deepEqual(runs.a?.points, {
    "val/loss": [
      [0, 1],
      [10, 0.5],
    ],
  });
  assert.deepEqual(runs["my - run"]?.points, { "val/loss": [[10, 3]] });
});

test("importWandb refuses a file of another form and names its columns", async (t) => {
  const project = await fresh(t);
  await assert.rejects(importWandb(project, [file("x.csv", ["a,b", "1,2"])]), {
    code: "invalid-source",
    message:
      /^importWandb requires a table of runs \(Name, State\), a history \(_step\) or a chart \(Step, <run> - <metric>\); got columns a, b: /u,
  });
  await assert.rejects(importWandb(project, []), {
    code: "invalid-argument",
    message: "importWandb requires one file or more; got none",
  });
});

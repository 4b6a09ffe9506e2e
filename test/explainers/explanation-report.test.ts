import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tableFromArrays } from "apache-arrow";
import { explanationImportance } from "../../kernel-lib/explain/importance/explanation-importance";
import { drawnRows, evenSample } from "../../kernel-lib/explainers/even-sample";
import {
  AssayerError,
  explainRow,
  explanationReport,
  openExplainer,
  openProject,
} from "../../kernel-lib/index";
import { readExplainable } from "../../kernel-lib/onnx/explainable/read-explainable";
import { linearRegressor } from "../../kernel-lib/onnx/write-linear";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { requireReport } from "../../kernel-lib/store/reports/report-file";
import { columns as wageColumns, rows as wageRows } from "../onnx/wages";
import { wageTree } from "../serving/wage-project";
import { temporaryFolder } from "../temporary-folder";
import { fixtureModel, fixtureRows, slice } from "./fixtures";

const wages = linearRegressor([[2, -1]], { intercept: [3] });
const columns = ["age", "hours"];
const table = { request_id: ["a", "b", "c"], age: [30, 40, 50], hours: [20, 30, 10] };
const background = { age: [40, 40], hours: [20, 20] };
const now = new Date("2026-01-05T08:00:00.000Z");
const options = { model: wages, columns, background, now };

const mistake = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AssayerError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

test("a report of a linear model holds what can be worked out by hand", async () => {
  const report = await explanationReport(table, { ...options, name: "wages", unit: "dollars" });
  assert.equal(requireReport(JSON.parse(JSON.stringify(report)), "test").kind, "explanation");
  assert.deepEqual(
    report.importance[0]?.map(({ column, value }) => [column, value]),
    [
      ["age", 40 / 3],
      ["hours", 20 / 3],
    ].map(([column, value]) => [column, value]),
  );
  assert.deepEqual(report.baseValue, [63]);
  assert.deepEqual(report.sample[1], {
    row: 1,
    requestId: "b",
    values: [40, 30],
    predictions: [53],
    shapValues: [[0, -10]],
  });
  assert.deepEqual(report.backgroundRows, [
    [40, 20],
    [40, 20],
  ]);
  assert.deepEqual(
    [report.verdict, report.createdAt, report.method, report.unit, report.additivityError],
    ["stable", "2026-01-05T08:00:00.000Z", "linear", "dollars", 0],
  );
  assert.equal(report.summary, "age adds most: 13 dollars on average, then hours; 3 rows.");
});

test("rows, columns, Arrow, CSV, Parquet, SQL and logged tables give the same report", async () => {
  const folder = temporaryFolder();
  const csv = join(folder, "people.csv");
  writeFileSync(csv, "hours,request_id,age,other\n20,a,30,x\n30,b,40,y\n10,c,50,z\n");
  const project = await openProject(folder);
  const run = project.startRun({ experiment: "e" });
  await run.logFeatures(table);
  await run.end();
  const logged = project.source({ runId: run.id, kind: "features" });
  const sources = [
    table,
    [0, 1, 2].map((i) => ({
      hours: table.hours[i],
      age: table.age[i],
      request_id: table.request_id[i],
    })),
    tableFromArrays(table),
    csv,
    { sql: `select * from '${csv}'` },
    logged,
  ];
  const expected = await explanationReport(table, options);
  for (const source of sources) {
    const report = await explanationReport(source, options);
    const { data, summary } = report;
    assert.deepEqual(
      { ...report, data: null, summary: "" },
      { ...expected, data: null, summary: "" },
    );
    assert.equal(data.rows, 3);
    assert.match(summary, /^age adds most: 13 units of prediction on average, then hours; 3 rows/u);
  }
  await project.close();
});

test("global importance is that of all rows explained at once, and a sample is even and bounded", async () => {
  const random = seededRandom(3);
  const rows = Array.from(
    { length: 2000 },
    (_, i) => wageRows[Math.floor(random() * wageRows.length)] ?? wageRows[i % 100] ?? [],
  );
  const data = Object.fromEntries(
    wageColumns.map((name, c) => [name, rows.map((row) => row[c] ?? 0)]),
  );
  const model = wageTree(4);
  const others = Object.fromEntries(
    wageColumns.map((name, c) => [name, wageRows.slice(0, 20).map((row) => row[c] ?? 0)]),
  );
  const seen: number[] = [];
  const report = await explanationReport(data, {
    model,
    columns: wageColumns,
    background: others,
    onProgress: (_, fraction) => seen.push(fraction),
  });
  assert.ok(seen.every((each, i) => each >= (seen[i - 1] ?? 0)) && (seen.at(-1) ?? 2) <= 1);
  const explainer = await openExplainer(model, { columns: wageColumns, background: others });
  const whole = explanationImportance(await explainer.explain(data));
  await explainer.close();
  whole[0]?.forEach((expected, c) => {
    const own = report.importance[0]?.[c];
    for (const key of ["value", "lower", "upper"] as const)
      assert.ok(Math.abs((own?.[key] ?? NaN) - expected[key]) < 1e-12, expected.column);
  });
  assert.ok(report.sample.length <= 300 && report.sample.length > 200);
  const places = report.sample.map(({ row }) => row);
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
  );
  assert.equal(report.data.rows, 2000);
});

test("a sample is evenly spaced by what is predicted, its ends are there", () => {
  const predictions = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
  const sample = evenSample(predictions, 1, 11);
  assert.equal(sample.length, 11);
  const values = sample.map((row) => predictions[row]).sort((a, b) => Number(a) - Number(b));
  assert.deepEqual(values, [0, 100, 200, 300, 400, 500, 599, 699, 799, 899, 999]);
  assert.deepEqual(evenSample(Float64Array.of(3, 1), 1, 5), [0, 1]);
  const drawn = drawnRows(1000, 50, seededRandom(1));
  assert.deepEqual(drawn, drawnRows(1000, 50, seededRandom(1)));
  assert.equal(new Set(drawn).size, 50);
});

test("a version is explained with its columns and background, and told by name", async () => {
  const project = await openProject(temporaryFolder());
  const input = [{ columns }];
  await project.registry.register("m", wages, { input, background });
  await project.registry.register("m", linearRegressor([[1, 1]], { intercept: [0] }), { input });
  const first = await explanationReport(table, { model: { project, name: "m", number: 1 } });
  assert.deepEqual([first.model, first.backgroundRows.length], [{ name: "m", number: 1 }, 2]);
  const newest = await explanationReport(table, { model: { project, name: "m" } });
  assert.equal(newest.model?.number, 2);
  assert.deepEqual(newest.warnings, [
    "no background was given: 3 of the 3 rows, drawn by chance, take its place",
  ]);
  await project.close();
});

test("trees with covers are explained by them where no background is given", async () => {
  const { lightgbmToOnnx } = await import("../../kernel-lib/index");
  assert.equal(typeof lightgbmToOnnx, "function");
  const { ensembleCovers } = await import("../../kernel-lib/explain/tree/ensemble-covers");
  const read = readExplainable(fixtureModel("forest-binary"));
  assert.ok(read.core?.kind === "trees");
  const { hasCovers } = await import("../../kernel-lib/explainers/tree-engine");
  assert.equal(hasCovers(read.core), false);
  const rows = fixtureRows("forest-binary", read.columns);
  const matrix = Float64Array.from(
    Array.from({ length: 8 }, (_, r) =>
      read.columns.map(({ name }) => Number(rows[name]?.[r])),
    ).flat(),
  );
  const ensemble = ensembleCovers(read.core.ensemble, { rows: matrix, count: 8 });
  assert.equal(hasCovers({ kind: "trees", ensemble }), true);
  const explainer = await openExplainer(fixtureModel("forest-binary"), {
    background: rows,
    method: "tree-path-dependent",
  });
  const found = await explainer.explain(slice(rows, 0, 2));
  assert.equal(found.method, "tree-path-dependent");
  await explainer.close();
});

test("a method that asks the model explains some rows by chance, and says so", async () => {
  const rows = { age: Array.from({ length: 50 }, (_, i) => i), hours: new Float64Array(50) };
  const report = await explanationReport(rows, {
    ...options,
    method: "permutation",
    rows: 10,
    seed: 4,
  });
  assert.equal(report.sample.length, 10);
  assert.deepEqual(report.warnings, ["10 of 50 rows are explained, drawn by chance"]);
  assert.deepEqual(
    report.sample.map(({ row, values }) => values[0] === row),
    Array(10).fill(true),
  );
  const again = await explanationReport(rows, {
    ...options,
    method: "permutation",
    rows: 10,
    seed: 4,
  });
  assert.deepEqual(again, report);
});

test("a log loss has base values of each row's own", async () => {
  const model = fixtureModel("boosting-binary");
  const rows = fixtureRows("boosting-binary", readExplainable(model).columns);
  const data = { ...rows, y_true: [1, 0, 1, 0, 1, 1, 0, 1] };
  const report = await explanationReport(data, {
    model,
    background: slice(rows, 0, 4),
    output: "log-loss",
  });
  assert.equal(requireReport(JSON.parse(JSON.stringify(report)), "test").kind, "explanation");
  assert.notDeepEqual(report.sample[0]?.baseValues, report.sample[1]?.baseValues);
  await assert.rejects(
    explanationReport(rows, { model, background: rows, output: "log-loss" }),
    mistake(
      "invalid-argument",
      /^explanationReport requires labels in y_true for the output log-loss; got none$/u,
    ),
  );
});

test("sampling that does not converge leaves the report undecided", async () => {
  const model = fixtureModel("forest-binary");
  const rows = fixtureRows("forest-binary", readExplainable(model).columns);
  const report = await explanationReport(rows, {
    model,
    background: rows,
    method: "sampling",
    tolerance: 1e-6,
    maxSeconds: 0.05,
    rows: 2,
  });
  assert.equal(report.verdict, "undecided");
  assert.ok(report.warnings.includes("sampling ended before its tolerance was reached"));
});

test("data that a model cannot be explained on is refused by what is wrong with it", async () => {
  const refused = (source: unknown, change: object, code: string, message: RegExp) =>
    assert.rejects(
      explanationReport(source as never, { ...options, ...change }),
      mistake(code, message),
    );
  await refused(
    { age: [1] },
    {},
    "invalid-argument",
    /^explanationReport requires the model's columns age, hours; got none named hours$/u,
  );
  await refused(
    { age: ["x"], hours: [1] },
    {},
    "invalid-argument",
    /^explanationReport requires numbers in age; got text$/u,
  );
  await refused(
    { age: [new Date()], hours: [1] },
    {},
    "invalid-argument",
    /^explanationReport requires numbers in age; got dates$/u,
  );
  await refused(
    { age: [], hours: [] },
    {},
    "empty-sample",
    /^explanationReport requires one row or more; got none$/u,
  );
  await refused(
    table,
    { background: { age: [], hours: [] } },
    "empty-sample",
    /a background of one row or more; got none$/u,
  );
  await refused(
    table,
    { rows: 0 },
    "invalid-argument",
    /^explanationReport requires rows of 1 or more; got 0$/u,
  );
  await refused("none.csv", {}, "invalid-source", /got no file: none\.csv$/u);
  const stop = new AbortController();
  stop.abort();
  await refused(table, { signal: stop.signal }, "aborted", /got a signal to stop$/u);
});

test("a row tells why, and what would change the answer within limits", async () => {
  const model = fixtureModel("forest-binary");
  const rows = fixtureRows("forest-binary", readExplainable(model).columns);
  const options = { model, background: rows as never };
  const free = await explainRow(rows, 0, options);
  const [nearest] = free.counterfactuals?.counterfactuals ?? [];
  assert.ok(nearest && free.counterfactuals);
  const [before = NaN] = free.counterfactuals.predictions;
  const [after = NaN] = nearest.predictions;
  assert.notEqual(before >= 0.5, after >= 0.5);
  const explainer = await openExplainer(model, { background: rows });
  const names = explainer.model.columns.map(({ name }) => name);
  const changed = Object.fromEntries(names.map((name, c) => [name, [nearest.values[c] ?? null]]));
  assert.deepEqual([...(await explainer.predict(changed))], nearest.predictions);
  const column = nearest.changes[0]?.column ?? "";
  const bound = await explainer.counterfactuals(slice(rows, 0, 1), {
    limits: { [column]: { fixed: true } },
  });
  assert.ok(
    bound.counterfactuals.every(({ changes }) => changes.every((each) => each.column !== column)),
  );
  await assert.rejects(
    explainer.counterfactuals(slice(rows, 0, 1), { limits: { nobody: { fixed: true } } }),
    mistake("invalid-argument", /^unknown column: nobody; expected one of f0, f1/u),
  );
  await assert.rejects(
    explainer.counterfactuals(slice(rows, 0, 2)),
    mistake("invalid-argument", /^counterfactuals requires one row; got 2$/u),
  );
  await explainer.close();
  const linear = await explainRow(table, 2, { model: wages, columns, background });
  assert.deepEqual(
    [linear.requestId, linear.shapValues, linear.counterfactuals],
    ["c", [[20, 10]], null],
  );
  await assert.rejects(
    explainRow(table, 3, { model: wages, columns, background }),
    mistake("invalid-argument", /^explainRow requires a row from 0 to 2; got 3$/u),
  );
});

test("texts are what counterfactuals change too, and are numbers in a matrix", async () => {
  const model = fixtureModel("frame-logistic");
  const rows = fixtureRows("frame-logistic", readExplainable(model).columns);
  const explainer = await openExplainer(model, { background: rows });
  const { counterfactuals } = await explainer.counterfactuals(slice(rows, 0, 1));
  assert.ok(
    counterfactuals.some(({ changes }) => changes.some(({ to }) => typeof to === "string")),
  );
  for (const { values, predictions } of counterfactuals) {
    const changed = Object.fromEntries(
      explainer.model.columns.map(({ name }, c) => [name, [values[c] ?? null]]),
    );
    const { data, predict, texts } = explainer.matrix(changed);
    assert.deepEqual(
      texts.map((each) => each !== null),
      [false, false, true, true],
    );
    const [margin = NaN] = await predict(data.rows, 1);
    assert.ok(Math.abs(1 / (1 + Math.exp(-margin)) - (predictions[0] ?? NaN)) < 1e-12);
  }
  await explainer.close();
});

test("a column may become an allowed text that the data has not, and no text where it holds numbers", async () => {
  const model = fixtureModel("frame-logistic");
  const rows = fixtureRows("frame-logistic", readExplainable(model).columns);
  const explainer = await openExplainer(model, { background: rows });
  const row = slice(rows, 0, 1);
  const fixed = { fixed: true };
  const others = { age: fixed, income: fixed, plan: fixed };
  const away = await explainer.counterfactuals(
    { ...row, city: ["elsewhere"] },
    { goal: { atMost: 1 } },
  );
  const [goal = NaN] = away.predictions;
  const found = await explainer.counterfactuals(row, {
    goal: { atLeast: goal - 1e-9, atMost: goal + 1e-9 },
    limits: { ...others, city: { allowed: ["elsewhere"] } },
  });
  assert.equal(found.counterfactuals[0]?.changes[0]?.to, "elsewhere");
  await assert.rejects(
    explainer.counterfactuals(row, { limits: { age: { allowed: ["old"] } } }),
    mistake("invalid-argument", /^counterfactuals requires allowed numbers in age; got text$/u),
  );
  await explainer.close();
});

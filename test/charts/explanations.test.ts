import assert from "node:assert/strict";
import { test } from "node:test";
import {
  beeswarm,
  decisionPlot,
  dependenceScatter,
  explanationComparison,
  explanationHeatmap,
  forceBar,
  groupDifference,
  importanceBars,
  partialDependenceChart,
  waterfall,
  type Explained,
  type VegaLiteSpec,
} from "../../kernel-lib/charts/index";
import { columnLevels } from "../../kernel-lib/charts/column-levels";
import { explainedRows } from "../../kernel-lib/charts/explained";
import { packPoints } from "../../kernel-lib/charts/pack-points";
import { strongestInteraction } from "../../kernel-lib/charts/strongest-interaction";
import { AssayerError } from "../../kernel-lib/errors";
import { compareExplanations } from "../../kernel-lib/explain/importance/compare-explanations";
import { explanationImportance } from "../../kernel-lib/explain/importance/explanation-importance";
import { renderSvg } from "../../kernel-lib/notebook/render";
import { seededRandom } from "../../kernel-lib/stats/seeded-random";
import { oddExplanation, reportOf, wageExplanation } from "../fixtures/explanations";
import { assertSnapshot, drawClean, pathsOf, textsOf } from "./draw";

const wages = wageExplanation();
const few = wageExplanation(24);
const newer = wageExplanation(24, { education: 0.05, product: 0.015 });
const isFemale = (explanation: typeof wages) =>
  Array.from(explanation.values["gender"] ?? [], (value) => value === "female");
const odd = [
  'odd "key"[0].x\\\n${1}</script>\u2028',
  "",
  "prediction",
  "base value",
  "other 6 columns",
  "constructor",
  "__proto__",
];
const oddTexts = ['"; alert(1)', "", "é\u2028", "x".repeat(200), "datum.x", "missing"];

const specs: Record<string, VegaLiteSpec> = {
  "importance-bars": importanceBars(few),
  "explanation-comparison": explanationComparison(compareExplanations(few, newer), {
    names: ["v1", "v2"],
  }),
  beeswarm: beeswarm(few, { marked: 3 }),
  waterfall: waterfall(few, 3),
  "force-bar": forceBar(few, 3),
  "decision-plot": decisionPlot(few, { marked: 3 }),
  "dependence-scatter": dependenceScatter(few, "experience", { marked: 3 }),
  "dependence-scatter-texts": dependenceScatter(few, "occupation"),
  "explanation-heatmap": explanationHeatmap(few),
  "group-difference": groupDifference(few, isFemale(few), { names: ["female", "male"] }),
  "partial-dependence": partialDependenceChart({
    column: "education",
    grid: [8, 12, 16],
    values: [0.2, 0.4, 0.7],
    lower: [0.1, 0.3, 0.6],
    upper: [0.3, 0.5, 0.8],
    lines: [
      [0.1, 0.5, 0.6],
      [0.3, 0.3, 0.8],
    ],
  }),
};

for (const [name, spec] of Object.entries(specs))
  test(`the ${name} chart is the spec of the snapshot, names no colour but gray, and draws without a warning`, async () => {
    assertSnapshot(name, spec);
    const named = [...JSON.stringify(spec).matchAll(/"(?:fill|stroke|color)":"([^"]+)"/gu)];
    assert.deepEqual(
      [...new Set(named.map(([, colour]) => colour))].filter((c) => c !== "gray"),
      [],
    );
    assert.equal(typeof spec["description"], "string");
    await drawClean(spec);
  });

test("every chart is an SVG that GitHub shows: no script, no foreign object, nothing from elsewhere, told to screen readers", async () => {
  for (const spec of Object.values(specs)) {
    const svg = await renderSvg(spec);
    assert.match(svg, /^<svg role="graphics-document" aria-label="[^"]+/u);
    assert.doesNotMatch(svg, /<script|<foreignObject|javascript:|\son[a-z]+=/iu);
    const links = [...svg.matchAll(/(?:href|src|url)\s*[=(]\s*["']?([^"')\s>]+)/gu)].map(
      ([, link = ""]) => link,
    );
    assert.deepEqual(
      links.filter((link) => !link.startsWith("#")),
      [],
    );
  }
});

test("any name can be a column and an output, any value be drawn, without a warning", async () => {
  const given = oddExplanation(odd, oddTexts);
  for (const output of given.outputs) {
    await drawClean(importanceBars(given, { output, limit: 7 }));
    await drawClean(beeswarm(given, { output, limit: 7, marked: 1 }));
    await drawClean(waterfall(given, 1, { output, limit: 25 }));
    await drawClean(forceBar(given, 1, { output }));
    await drawClean(decisionPlot(given, { output, marked: 2 }));
    await drawClean(explanationHeatmap(given, { output, order: "prediction" }));
    await drawClean(groupDifference(given, [true, true, false, false], { output }));
    for (const [i, column] of given.columns.entries())
      await drawClean(
        dependenceScatter(given, column, { output, colorBy: given.columns[(i + 3) % 25] ?? null }),
      );
  }
  await drawClean(explanationComparison(compareExplanations(given, given), { by: "share" }));
  const [column = ""] = odd;
  await drawClean(
    partialDependenceChart(
      { column, grid: oddTexts, values: [1, NaN, 2, 1e12, 0, 3] },
      { title: column },
    ),
  );
  await drawClean(partialDependenceChart({ column: "", grid: [1], values: [2] }));
});

test("no rows, one row and no columns are drawn too", async () => {
  const cut = (rows: number) => wageExplanation(rows);
  const nothing: Explained = { ...cut(0), columns: [], values: {} };
  for (const given of [cut(0), nothing, cut(1)]) {
    await drawClean(importanceBars(given));
    await drawClean(beeswarm(given));
    await drawClean(waterfall(given, 0));
    await drawClean(forceBar(given, 0));
    await drawClean(decisionPlot(given));
    await drawClean(explanationHeatmap(given));
    await drawClean(
      groupDifference(
        given,
        Array.from({ length: given.rows }, () => true),
      ),
    );
    if (given.columns.length > 0) await drawClean(dependenceScatter(given, "experience"));
  }
  await drawClean(partialDependenceChart({ column: "a", grid: [], values: [] }));
  await drawClean(explanationComparison({ paired: false, outputs: [] }));
});

test("a report draws what its explanation draws", () => {
  const report = reportOf(few, {
    name: "wages",
    number: 1,
    importance: explanationImportance(few),
  });
  const dotsOf = (given: Explained) =>
    rowsOf(beeswarm(given)).map(({ shap, column }) => [shap, column]);
  assert.deepEqual(dotsOf(report), dotsOf(few));
  const bars = rowsOf(importanceBars(report));
  assert.deepEqual(
    bars.map(({ column, value }) => [column, value]),
    rowsOf(importanceBars(few)).map(({ column, value }) => [column, value]),
  );
});

test("a row of a log loss has the base value of its own", () => {
  const loss = {
    ...few,
    output: "log-loss" as const,
    baseValue: few.predictions.map((value, row) =>
      few.columns.reduce(
        (left, _, c) => left - (few.shapValues[row * few.columns.length + c] ?? 0),
        value,
      ),
    ),
  };
  const [first] = rowsOf(waterfall(loss, 5));
  assert.equal(first?.["from"], loss.baseValue[5]);
});

test("an unknown output or column, and marks for other rows, are refused by name", () => {
  const code = (work: () => unknown, message: RegExp) => {
    assert.throws(
      work,
      (error) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        message.test(error.message),
    );
  };
  code(
    () => importanceBars(few, { output: "x" }),
    /^unknown output: x; expected one of above median$/u,
  );
  code(() => dependenceScatter(few, "x"), /^unknown column: x; expected one of education, /u);
  code(
    () => dependenceScatter(few, "union", { colorBy: "y" }),
    /^unknown column: y; expected one of education, /u,
  );
  code(
    () => groupDifference(few, [true]),
    /^groupDifference requires a mark for each of 24 rows; got 1$/u,
  );
});

test("waterfall goes from the base value to the prediction, and sums what it leaves out", () => {
  for (const limit of [3, 20]) {
    const bars = rowsOf(waterfall(wages, 7, { limit }));
    assert.equal(bars.length, Math.min(limit, wages.columns.length));
    assert.equal(bars[0]?.["from"], wages.baseValue[0]);
    const end = Number(bars.at(-1)?.["to"]);
    assert.ok(Math.abs(end - (wages.predictions[7] ?? NaN)) < 1e-12);
    bars.slice(1).forEach((bar, i) => {
      assert.equal(bar["from"], bars[i]?.["to"]);
    });
  }
  const labels = rowsOf(waterfall(wages, 39)).map(({ label }) => label);
  assert.ok(labels.includes("experience = missing"), labels.join("; "));
  assert.equal(rowsOf(waterfall(wages, 7, { limit: 3 })).at(-1)?.["label"], "other 5 columns");
});

test("forces that raise end where those that lower begin: at the prediction", () => {
  const forces = rowsOf(forceBar(wages, 3));
  const of = (effect: string) => forces.filter((force) => force["effect"] === effect);
  const prediction = wages.predictions[3] ?? NaN;
  assert.equal(Math.max(...of("raises").map(({ to }) => Number(to))), prediction);
  assert.equal(Math.min(...of("lowers").map(({ from }) => Number(from))), prediction);
  const length = (effect: string) =>
    of(effect).reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0);
  assert.ok(
    Math.abs((wages.baseValue[0] ?? NaN) + length("raises") - length("lowers") - prediction) <
      1e-12,
  );
});

test("each way of the decision plot ends at its prediction", () => {
  const points = rowsOf(decisionPlot(wages, { limit: 4, mostRows: 20 }));
  const last = points.filter(({ step }) => step === 4);
  assert.equal(last.length, 20);
  for (const { at, prediction } of last)
    assert.ok(Math.abs(Number(at) - Number(prediction)) < 1e-12);
});

test("beeswarm packs the same points at the same places, none over another while there is room", async () => {
  assert.deepEqual(beeswarm(wages), beeswarm(wageExplanation()));
  const random = seededRandom(3);
  const x = Float64Array.from({ length: 200 }, () => 300 * random());
  const offsets = packPoints(x, 4, 1000);
  for (let i = 0; i < 200; i++)
    for (let j = 0; j < i; j++) {
      const apart = Math.hypot((x[i] ?? 0) - (x[j] ?? 0), (offsets[i] ?? 0) - (offsets[j] ?? 0));
      assert.ok(apart > 4 - 1e-6, `${i} and ${j} are ${apart} apart`);
    }
  const pressed = packPoints(new Float64Array(50), 4, 10);
  assert.equal(Math.max(...pressed.map(Math.abs)), 10);
  const svg = await drawClean(beeswarm(wages, { mostRows: 100, limit: 4, marked: 299 }));
  assert.equal(pathsOf(svg, "layer_1_marks").length, 101 * 4);
  assert.equal(pathsOf(svg, "layer_2_marks").length, 4);
  assert.ok(textsOf(svg).includes("101 of 300 rows are drawn."), textsOf(svg).join("; "));
});

test("a value's colour is its place between the 5th and the 95th percentile; texts and missing values have none", () => {
  const values = [...Array.from({ length: 101 }, (_, i) => i), null, NaN, "a"];
  const levels = columnLevels(values);
  assert.equal(levels[50], 0.5);
  assert.equal(levels[5], 0);
  assert.equal(levels[100], 1);
  assert.deepEqual(levels.slice(101), [null, null, null]);
  // A mark that 1 row of 30 has is told apart all the same.
  assert.deepEqual(columnLevels([1, ...Array.from({ length: 29 }, () => 0)]).slice(0, 2), [1, 0]);
});

test("dependence is coloured by the column that shap's approximate_interactions names first", () => {
  // shap 0.51.0, shap.utils.approximate_interactions on these 300 rows, texts by their order, missing as NaN.
  const first = { education: "experience", experience: "education" };
  const explained = explainedRows(wages);
  for (const [column, partner] of Object.entries(first)) {
    const found = strongestInteraction(explained, wages.columns.indexOf(column));
    assert.equal(wages.columns[found ?? -1], partner);
  }
  const p = wages.columns.length;
  const interactions = new Float64Array(wages.rows * p * p);
  for (let row = 0; row < wages.rows; row++) interactions[row * p * p + 5] = 0.1;
  const known = explainedRows({ ...wages, interactions });
  assert.equal(wages.columns[strongestInteraction(known, 0) ?? -1], "union");
  assert.equal(strongestInteraction(known, 3), null);
});

test("dependence has a place for each row with a value, and says how many have none", async () => {
  const svg = await drawClean(dependenceScatter(wages, "experience"));
  assert.ok(textsOf(svg).includes("7 rows without a value have no place here."));
  assert.equal(rowsOf(dependenceScatter(wages, "experience")).length, 293);
});

test("differences of the columns between groups sum to the difference of the predictions", () => {
  const rows = rowsOf(groupDifference(wages, isFemale(wages), { limit: 50 }));
  const [total, ...columns] = rows.map(({ value }) => Number(value));
  assert.ok(Math.abs(columns.reduce((sum, value) => sum + value, 0) - (total ?? NaN)) < 1e-9);
  // Welch's interval of the difference of the means of the predictions, for large groups.
  const of = (mark: boolean) =>
    [...wages.predictions].filter((_, row) => isFemale(wages)[row] === mark);
  const parts = [of(true), of(false)].map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return (
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) /
      (values.length - 1) /
      values.length
    );
  });
  const half = 1.959963984540054 * Math.sqrt((parts[0] ?? NaN) + (parts[1] ?? NaN));
  assert.ok(Math.abs(Number(rows[0]?.["upper"]) - (total ?? NaN) - half) < 1e-9);
});

test("the heatmap has rows explained alike beside each other", () => {
  const byPrediction = rowsOf(explanationHeatmap(few, { order: "prediction" }));
  const places = byPrediction.filter(({ label }) => label === "prediction");
  const predictions = places.map(({ row }) => few.predictions[Number(row)] ?? NaN);
  assert.deepEqual(
    predictions,
    [...predictions].sort((a, b) => a - b),
  );
  const roughness = (spec: VegaLiteSpec) => {
    const cells = rowsOf(spec).filter(({ label }) => label === "education");
    const shap = cells.map(({ row }) => few.shapValues[Number(row) * few.columns.length] ?? NaN);
    const experience = cells.map(
      ({ row }) => few.shapValues[Number(row) * few.columns.length + 1] ?? NaN,
    );
    return shap
      .slice(1)
      .reduce(
        (sum, value, i) =>
          sum + Math.hypot(value - (shap[i] ?? 0), (experience[i + 1] ?? 0) - (experience[i] ?? 0)),
        0,
      );
  };
  assert.ok(
    roughness(explanationHeatmap(few)) <
      roughness(explanationHeatmap(few, { order: "prediction" })),
  );
});

/** Rows of the chart's own data. */
function rowsOf(spec: VegaLiteSpec): Record<string, unknown>[] {
  return (spec["data"] as { values: Record<string, unknown>[] }).values;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, parallelCoordinates } from "../../kernel-lib/index";
import { manyRuns, threeRuns } from "./compared-runs";
import { assertSnapshot, draw, drawClean, pathsOf, textsOf } from "./draw";

const rate = { column: "params.rate", scale: "log" } as const;
const dimensions = [rate, "params.depth", "params.optimizer", "params.momentum"];

interface Row {
  run: string;
  color?: number | string | null;
  [place: `p${number}`]: number;
  [text: `v${number}`]: string;
}

const rowsOf = (spec: object) => (spec as { data: { values: Row[] } }).data.values;

test("parallelCoordinates of three runs is the spec of the snapshot", () => {
  const spec = parallelCoordinates(threeRuns, dimensions, { colorBy: "metrics.auc" });
  assertSnapshot("parallel-coordinates", spec);
});

test("parallelCoordinates places numbers from foot to top, on a log scale by their ratio", () => {
  const rows = rowsOf(parallelCoordinates(threeRuns, dimensions));
  assert.deepEqual(
    rows.map(({ p0 }) => Number((p0 ?? NaN).toFixed(12))),
    [1, 0, 0.5],
  );
  assert.deepEqual(
    rows.map(({ p1 }) => p1),
    [0, 1, 0.5],
  );
  assert.deepEqual(
    rows.map(({ p2 }) => p2),
    [0, 1, 0],
  );
});

test("parallelCoordinates draws a missing value below its axis, and says so", () => {
  const spec = parallelCoordinates(threeRuns, dimensions, { colorBy: "metrics.auc" });
  const rows = rowsOf(spec);
  assert.ok((rows[1]?.p3 ?? 1) < 0 && (rows[2]?.p4 ?? 1) < 0);
  assert.equal(rows[1]?.v3, "missing");
  assert.equal(rows[2]?.color, null);
  assert.ok(rows.every(({ p0 = -1, p1 = -1, p2 = -1 }) => p0 >= 0 && p1 >= 0 && p2 >= 0));
});

test("parallelCoordinates draws a line through every axis for each run, with labels and titles", async () => {
  const svg = await drawClean(
    parallelCoordinates(threeRuns, dimensions, { colorBy: "metrics.auc", width: 600 }),
  );
  const lines = pathsOf(svg, "layer_0_marks");
  assert.equal(lines.length, 3);
  for (const line of lines) assert.equal(line.match(/[ML]/gu)?.length, 5, line);
  assert.equal(new Set(lines).size, 3);
  const texts = textsOf(svg);
  for (const text of ["rate", "depth", "optimizer", "momentum", "auc", "adam", "sgd", "missing"])
    assert.ok(texts.includes(text), `${text} of ${texts.join(", ")}`);
});

test("parallelCoordinates lifts the run under the pointer out of the others", async () => {
  const { svg, set, warnings } = await draw(
    parallelCoordinates(threeRuns, dimensions, { colorBy: "metrics.auc" }),
  );
  assert.deepEqual(pathsOf(await svg(), "layer_3_marks"), []);
  const hovered = await set("hover_store", [
    { unit: "layer_4", fields: [{ type: "E", field: "id" }], values: [1] },
  ]);
  assert.deepEqual(pathsOf(hovered, "layer_3_marks"), [pathsOf(hovered, "layer_0_marks")[1]]);
  assert.deepEqual(warnings, []);
});

test("parallelCoordinates draws 500 runs", async () => {
  const svg = await drawClean(
    parallelCoordinates(manyRuns(500), [rate, "params.depth", "params.warmup"], {
      colorBy: "metrics.auc",
    }),
  );
  assert.equal(pathsOf(svg, "layer_0_marks").length, 500);
  assert.ok(pathsOf(svg, "voronoi").length > 900, "lines can be pointed at");
});

test("parallelCoordinates draws one run, and none", async () => {
  const [first] = threeRuns;
  assert.ok(first);
  const svg = await drawClean(parallelCoordinates([first], dimensions));
  assert.equal(pathsOf(svg, "layer_0_marks").length, 1);
  assert.ok(textsOf(svg).includes("0.1"));
  assert.deepEqual(
    pathsOf(await drawClean(parallelCoordinates([], dimensions)), "layer_0_marks"),
    [],
  );
});

test("parallelCoordinates colours by a column that is an axis too, so that colour is not alone", () => {
  const titles = (spec: object) =>
    Object.keys(rowsOf(spec)[0] ?? {}).filter((key) => /^p\d/u.test(key));
  const some = ["params.depth", "params.rate"];
  assert.equal(titles(parallelCoordinates(threeRuns, some)).length, 2);
  assert.equal(titles(parallelCoordinates(threeRuns, some, { colorBy: "metrics.auc" })).length, 3);
  assert.equal(titles(parallelCoordinates(threeRuns, some, { colorBy: "params.rate" })).length, 2);
});

test("parallelCoordinates tells a param and a metric of one key apart", async () => {
  const runs = [{ name: "a", params: { loss: "hinge" }, metrics: { loss: 0.5 } }];
  const texts = textsOf(
    await drawClean(parallelCoordinates(runs, ["params.loss", "metrics.loss"])),
  );
  assert.ok(texts.includes("params.loss") && texts.includes("metrics.loss"));
});

test("parallelCoordinates takes numbers that were logged as texts for numbers", () => {
  const runs = ["10", "9", "11"].map((depth) => ({ name: depth, params: { depth } }));
  const rows = rowsOf(parallelCoordinates(runs, ["name", "params.depth"]));
  assert.deepEqual(
    rows.map(({ p1 }) => p1),
    [0.5, 0, 1],
  );
});

test("parallelCoordinates refuses one axis, a name that is no column, and a log scale of texts", () => {
  const refused = (work: () => void, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(
    () => parallelCoordinates(threeRuns, ["params.rate"]),
    "parallelCoordinates requires 2 dimensions or more; got 1",
  );
  refused(
    () => parallelCoordinates(threeRuns, ["rate", "depth"]),
    "unknown column: rate; expected one of name, params.<key>, metrics.<key>, tags.<key>",
  );
  refused(
    () => parallelCoordinates(threeRuns, [rate, { column: "params.optimizer", scale: "log" }]),
    "a log scale requires numbers; got texts in params.optimizer",
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { decimate } from "../../kernel-lib/charts/decimate";
import { groupCurves } from "../../kernel-lib/charts/group-curves";
import { metricCurves } from "../../kernel-lib/charts/metric-curves";
import { AssayerError } from "../../kernel-lib/errors";
import { assertSnapshot, drawClean, pathsOf, textsOf } from "./draw";

const curve = { run: "tree-6", key: "auc", steps: [1, 2, 3], values: [0.7, NaN, 0.9] };

test("metricCurves breaks the line at a value that is not finite", () => {
  const spec = metricCurves([curve]) as unknown as { data: { values: unknown[] } };
  assert.deepEqual(spec.data.values, [
    { run: "tree-6", key: "auc", step: 1, value: 0.7 },
    { run: "tree-6", key: "auc", step: 2, value: null },
    { run: "tree-6", key: "auc", step: 3, value: 0.9 },
  ]);
});

test("metricCurves colours by run only when there are several", () => {
  const colourOf = (spec: object) => JSON.stringify(spec).includes('"color"');
  assert.equal(colourOf(metricCurves([curve])), false);
  assert.equal(colourOf(metricCurves([curve, { ...curve, run: "tree-8" }])), true);
});

test("metricCurves gives every metric a plot with an axis of its own", () => {
  const spec = metricCurves([curve, { ...curve, key: "loss" }]);
  assert.deepEqual(spec["resolve"], { scale: { y: "independent" } });
});

test("metricCurves leaves values that are not positive out of a log axis", () => {
  const spec = metricCurves([{ ...curve, values: [-1, 0, 10] }], { scale: "log" });
  const { values } = spec["data"] as { values: { value: number | null }[] };
  assert.deepEqual(
    values.map(({ value }) => value),
    [null, null, 10],
  );
});

test("metricCurves names no colour", () => {
  assert.doesNotMatch(JSON.stringify(metricCurves([curve])), /#[0-9a-f]{3,6}\b|rgb/iu);
});

test("decimate keeps the ends and the extremes of a long curve", () => {
  const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50));
  values[4321] = 40;
  values[777] = -40;
  const kept = decimate(values, 200);
  assert.ok(kept.length <= 200);
  for (const position of [0, 777, 4321, 9999]) assert.ok(kept.includes(position));
  assert.deepEqual(
    kept,
    [...kept].sort((a, b) => a - b),
  );
});

test("decimate returns a short curve whole, and finds finite values among others", () => {
  assert.deepEqual(decimate([3, 1, 2], 4), [0, 1, 2]);
  assert.deepEqual(decimate([1, NaN, 5, NaN, NaN, 2], 4), [0, 2, 5]);
});

const longer = {
  run: "tree-6",
  key: "loss",
  steps: [0, 1, 2, 3],
  values: [8, 4, 4, NaN],
  timestamps: [1000, 61_000, 121_000, 241_000],
};

const rowsOf = (spec: object) =>
  (spec as { data: { values: Record<string, unknown>[] } }).data.values;

const columnOf = (spec: object, name: string) => rowsOf(spec).map((row) => row[name]);

test("metricCurves smooths without bias to the start, and keeps the values themselves", () => {
  // Weights 3 to 1 of the last two, and 9 to 3 to 1 of all three: 5 = (3 × 4 + 8) / 4.
  const spec = metricCurves([longer], { smoothing: 1 / 3 });
  const smooth = columnOf(spec, "value").map((value) =>
    typeof value === "number" ? Number(value.toFixed(12)) : value,
  );
  assert.deepEqual(smooth, [8, 5, Number((56 / 13).toFixed(12)), null]);
  assert.deepEqual(columnOf(spec, "raw"), [8, 4, 4, null]);
});

test("metricCurves draws values over steps, time since the run's start, and time of day", () => {
  assert.deepEqual(columnOf(metricCurves([longer]), "step"), [0, 1, 2, 3]);
  const elapsed = metricCurves([longer], { x: "elapsed" });
  assert.deepEqual(columnOf(elapsed, "elapsed"), [0, 1, 2, 4]);
  assert.match(JSON.stringify(elapsed), /"title":"minutes"/u);
  assert.deepEqual(columnOf(metricCurves([longer], { x: "time" }), "time"), longer.timestamps);
});

test("metricCurves counts the time of all metrics of a run from the first of them", () => {
  const later = {
    ...longer,
    key: "auc",
    timestamps: longer.timestamps.map((time) => time + 60_000),
  };
  const spec = metricCurves([later, longer], { x: "elapsed" });
  assert.deepEqual(columnOf(spec, "elapsed"), [1, 2, 3, 5, 0, 1, 2, 4]);
});

test("metricCurves leaves step 0 out of a log axis", () => {
  assert.deepEqual(columnOf(metricCurves([longer], { xScale: "log" }), "step"), [1, 2, 3]);
});

test("metricCurves draws groups of runs as their mean and range, or standard deviation", () => {
  const curves = [
    { run: "a", key: "loss", steps: [0, 2, 4], values: [2, 4, 6], group: "4" },
    { run: "b", key: "loss", steps: [0, 1, 2], values: [4, 4, 8], group: "4" },
    { run: "c", key: "loss", steps: [0], values: [1], group: "8" },
  ];
  assert.deepEqual(rowsOf(metricCurves(curves)), [
    { group: "4", key: "loss", step: 0, value: 3, low: 2, high: 4, runs: 2 },
    { group: "4", key: "loss", step: 1, value: 3.5, low: 3, high: 4, runs: 2 },
    { group: "4", key: "loss", step: 2, value: 6, low: 4, high: 8, runs: 2 },
    { group: "4", key: "loss", step: 4, value: 6, low: 6, high: 6, runs: 1 },
    { group: "8", key: "loss", step: 0, value: 1, low: 1, high: 1, runs: 1 },
  ]);
  const [first] = rowsOf(metricCurves(curves, { band: "deviation" }));
  assert.deepEqual(
    [first?.["low"], first?.["high"]],
    [3 - Math.SQRT2, 3 + Math.SQRT2],
    "the sample standard deviation of 2 and 4",
  );
});

test("groupCurves spreads long curves over a grid, and keeps their extremes in the range", () => {
  const x = Array.from({ length: 5000 }, (_, i) => i + 1);
  const values = x.map((at) => (at === 1234 ? 50 : Math.sin(at / 300)));
  for (const log of [false, true]) {
    const points = groupCurves([{ x, values }], { band: "range", maxPoints: 100, log });
    assert.ok(points.length <= 100 && points.length > 60);
    assert.equal(Math.max(...points.map(({ high }) => high)), 50);
    assert.deepEqual([points[0]?.x, Math.round(points.at(-1)?.x ?? NaN)], [1, 5000]);
    const [second] = points.slice(1);
    assert.ok(second && (log ? second.x < 3 : second.x > 50));
  }
});

test("metricCurves refuses times that are not there, and a smoothing outside 0 to 1", () => {
  const refused = (work: () => void, message: string) => {
    assert.throws(work, new AssayerError("invalid-argument", message));
  };
  refused(
    () => metricCurves([curve], { x: "elapsed" }),
    "metricCurves requires a timestamp for each value for an x of elapsed; got 0 for 3 values of auc",
  );
  refused(
    () => metricCurves([curve], { smoothing: 2 }),
    "exponentialMovingAverage requires a weight from 0 to 1; got 2",
  );
});

const manyCurves = Array.from({ length: 6 }, (_, r) => ({
  run: `run-${r}`,
  key: "loss",
  steps: Array.from({ length: 50 }, (_, i) => i),
  values: Array.from({ length: 50 }, (_, i) => 1 / (1 + i * (r + 1)) + ((i * 7) % 5) / 50),
  timestamps: Array.from({ length: 50 }, (_, i) => 1.7e12 + i * 60_000),
}));

test("metricCurves of two runs, smoothed, and of groups are the specs of the snapshots", () => {
  const few = manyCurves.slice(0, 2).map((each) => ({ ...each, values: each.values.slice(0, 4) }));
  assertSnapshot("metric-curves-smoothed", metricCurves(few, { smoothing: 0.6 }));
  const grouped = few.map((each, i) => ({ ...each, group: `${i}` }));
  assertSnapshot("metric-curves-grouped", metricCurves(grouped, { groupTitle: "depth" }));
});

test("metricCurves draws a line for each run, and behind it the values themselves", async () => {
  const svg = await drawClean(metricCurves(manyCurves.slice(1), { smoothing: 0.9, scale: "log" }));
  const raw = pathsOf(svg, "layer_0_marks");
  const smooth = pathsOf(svg, "layer_1_marks");
  assert.equal(raw.length, 5);
  assert.equal(smooth.length, 5);
  smooth.forEach((line, i) => {
    assert.equal(line.match(/[ML]/gu)?.length, 50);
    assert.notEqual(line, raw[i]);
  });
  const dashes = [...svg.matchAll(/stroke-dasharray="([^"]+)"/gu)].map(([, dash]) => dash);
  assert.equal(new Set(dashes).size, 5, "lines are told apart by dashes as well as by colour");
});

test("metricCurves draws a band and a line for each group", async () => {
  const curves = manyCurves.map((each, i) => ({ ...each, group: String(i % 2) }));
  const svg = await drawClean(metricCurves(curves, { x: "elapsed", groupTitle: "depth" }));
  assert.equal(pathsOf(svg, "layer_0_marks").length, 2);
  assert.equal(pathsOf(svg, "layer_1_marks").length, 2);
  assert.ok(textsOf(svg).includes("depth") && textsOf(svg).includes("minutes"));
});

test("metricCurves draws several metrics over the time of day, and a single value", async () => {
  const [first] = manyCurves;
  assert.ok(first);
  const both = await drawClean(metricCurves([first, { ...first, key: "auc" }], { x: "time" }));
  assert.equal(pathsOf(both, "layer_0_marks").length, 2);
  const one = await drawClean(metricCurves([{ run: "a", key: "auc", steps: [1], values: [0.7] }]));
  assert.equal(pathsOf(one, "layer_1_marks").length, 1);
});

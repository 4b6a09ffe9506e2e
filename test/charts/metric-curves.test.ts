import assert from "node:assert/strict";
import { test } from "node:test";
import { decimate } from "../../kernel-lib/charts/decimate";
import { metricCurves } from "../../kernel-lib/charts/metric-curves";

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

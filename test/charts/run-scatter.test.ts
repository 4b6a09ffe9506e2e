import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError, runScatter } from "../../kernel-lib/index";
import { manyRuns, threeRuns } from "./compared-runs";
import { assertSnapshot, drawClean, pathsOf, textsOf } from "./draw";

const rate = { column: "params.rate", scale: "log" } as const;

test("runScatter of three runs is the spec of the snapshot", () => {
  assertSnapshot(
    "run-scatter",
    runScatter(threeRuns, { x: rate, y: "metrics.auc", colorBy: "params.optimizer" }),
  );
});

test("runScatter draws a point for each run that has both values, and says how many have not", async () => {
  const spec = runScatter(threeRuns, { x: rate, y: "metrics.auc" });
  assert.equal(spec["description"], "auc against rate of 2 runs; 1 without a value left out");
  const svg = await drawClean(spec);
  assert.equal(pathsOf(svg, "marks").length, 2);
  assert.match(svg, /aria-label="rate: 0\.001; auc: 0\.83456789; run: second"/u);
  assert.ok(textsOf(svg).includes("rate") && textsOf(svg).includes("auc"));
});

test("runScatter spreads runs over the bands of texts, at the same places each time", async () => {
  const options = {
    x: "params.optimizer",
    y: "params.warmup",
    colorBy: "metrics.auc",
    sizeBy: "params.depth",
  };
  const svg = await drawClean(runScatter(manyRuns(60), options));
  const places = new Set(
    [...svg.matchAll(/translate\(([\d.]+),[\d.]+\)" d="M/gu)].map(([, x]) => x),
  );
  assert.equal(pathsOf(svg, "marks").length, 60);
  assert.ok(places.size > 50, `${places.size} places of 60 runs with four pairs of texts`);
  assert.deepEqual(runScatter(manyRuns(60), options), runScatter(manyRuns(60), options));
});

test("runScatter tells a few texts apart by shape as well as by colour", async () => {
  const svg = await drawClean(
    runScatter(threeRuns, { x: rate, y: "params.depth", colorBy: "params.optimizer" }),
  );
  assert.equal(new Set(pathsOf(svg, "marks")).size, 2);
});

test("runScatter draws a run that lacks the colour in gray, and leaves it off no axis", async () => {
  const svg = await drawClean(
    runScatter(threeRuns, { x: rate, y: "params.depth", colorBy: "metrics.auc" }),
  );
  assert.equal(pathsOf(svg, "marks").length, 3);
  assert.equal(svg.match(/<path[^>]*graphics-symbol[^>]*fill="gray"/gu)?.length, 1);
});

test("runScatter leaves values that are not positive out of a log axis", async () => {
  const runs = [-1, 0, 1, 10].map((loss, i) => ({ name: `${i}`, metrics: { loss, auc: i } }));
  const svg = await drawClean(
    runScatter(runs, { x: { column: "metrics.loss", scale: "log" }, y: "metrics.auc" }),
  );
  assert.equal(pathsOf(svg, "marks").length, 2);
});

test("runScatter draws 500 runs, one, and none", async () => {
  for (const count of [500, 1, 0]) {
    const spec = runScatter(manyRuns(count), { x: rate, y: "params.depth" });
    assert.equal(pathsOf(await drawClean(spec), "marks").length, count);
  }
});

test("runScatter refuses to size by texts", () => {
  assert.throws(
    () => runScatter(threeRuns, { x: rate, y: "metrics.auc", sizeBy: "params.optimizer" }),
    new AssayerError(
      "invalid-argument",
      "runScatter requires numbers to size by; got texts in params.optimizer",
    ),
  );
});

test("runScatter refuses a name that is no column", () => {
  assert.throws(
    () => runScatter(threeRuns, { x: "metric.auc", y: "metrics.auc" }),
    new AssayerError(
      "invalid-argument",
      "unknown column: metric.auc; expected one of name, params.<key>, metrics.<key>, tags.<key>",
    ),
  );
});

test("runScatter takes no key from an object's prototype", () => {
  const spec = runScatter([{ name: "a", params: {}, metrics: { auc: 1 } }], {
    x: "params.constructor",
    y: "metrics.auc",
  });
  assert.match(String(spec["description"]), /of 0 runs; 1 without a value left out$/u);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { paramImportanceChart } from "../../kernel-lib/index";
import { assertSnapshot, drawClean, pathsOf, textsOf } from "./draw";

const importances = [
  { param: "depth", importance: 0.7, correlation: 0.62 },
  { param: "rate", importance: 0.25, correlation: -0.4 },
  { param: "optimizer", importance: 0.05, correlation: null },
];

test("paramImportanceChart of three params is the spec of the snapshot", () => {
  assertSnapshot("param-importance", paramImportanceChart(importances, { metric: "auc" }));
});

test("paramImportanceChart draws a bar as long as each importance, and the sign as colour and number", async () => {
  const svg = await drawClean(paramImportanceChart(importances, { metric: "auc" }));
  const lengths = pathsOf(svg, "layer_0_marks").map((d) => Number(/h([\d.]+)/u.exec(d)?.[1]));
  assert.equal(lengths.length, 3);
  const [first = NaN, second = NaN, third = NaN] = lengths;
  assert.ok(Math.abs(first / second - 0.7 / 0.25) < 0.01 && Math.abs(first / third - 14) < 0.1);
  const texts = textsOf(svg);
  for (const text of [
    "depth",
    "rate",
    "optimizer",
    "+0.62",
    "−0.40",
    "positive",
    "negative",
    "none",
  ])
    assert.ok(texts.includes(text), `${text} of ${texts.join(", ")}`);
  const bars = /layer_0_marks"[^>]*>(.*?)<\/g>/su.exec(svg)?.[1] ?? "";
  assert.equal(new Set([...bars.matchAll(/fill="([^"]+)"/gu)].map(([, fill]) => fill)).size, 3);
});

test("paramImportanceChart draws the first of many, one, none, and importances of 0", async () => {
  const many = Array.from({ length: 30 }, (_, i) => ({
    param: `p${i}`,
    importance: 1 / 30,
    correlation: 0,
  }));
  const bars = async (spec: ReturnType<typeof paramImportanceChart>) =>
    pathsOf(await drawClean(spec), "layer_0_marks").length;
  assert.equal(await bars(paramImportanceChart(many)), 20);
  assert.equal(await bars(paramImportanceChart(many, { limit: 3 })), 3);
  assert.equal(await bars(paramImportanceChart(many.slice(0, 1))), 1);
  assert.equal(await bars(paramImportanceChart([])), 0);
  assert.equal(
    await bars(paramImportanceChart([{ param: "a", importance: 0, correlation: null }])),
    1,
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  metricCurves,
  parallelCoordinates,
  paramImportanceChart,
  runScatter,
  type ComparedRun,
  type ChartColumn,
} from "../../kernel-lib/index";
import { drawClean, pathsOf } from "./draw";

const columns: ChartColumn[] = [
  "name",
  "params.rate",
  { column: "params.rate", scale: "log", title: "learning rate" },
  "params.same",
  "params.truth",
  'params.odd "key"[0].x\\\n',
  "params.nowhere",
  { column: "params.nowhere", scale: "log" },
  { column: "metrics.auc", scale: "log" },
  "tags.note",
];

const runs: ComparedRun[] = Array.from({ length: 6 }, (_, i) => ({
  name: `run ${i}`,
  params: {
    rate: [0, 1e-9, 1e12, -3, 0.1, 5][i] ?? 0,
    same: 7,
    truth: i % 2 === 0,
    'odd "key"[0].x\\\n': ["</script>", "'", "`${1}`", "", "é\u2028", "datum.x"][i] ?? "",
  },
  metrics: { auc: [NaN, Infinity, 0.5, 0.5, -1, 0][i] ?? 0 },
  ...(i < 2 ? { tags: { note: "x".repeat(200) } } : {}),
}));

for (const count of [0, 1, 6])
  test(`every column can be an axis and a colour of ${count} runs, without a warning`, async () => {
    const some = runs.slice(0, count);
    for (const [i, colorBy] of columns.entries()) {
      const svg = await drawClean(parallelCoordinates(some, columns, { colorBy }));
      assert.equal(pathsOf(svg, "layer_0_marks").length, count);
      const x = columns[(i + 3) % columns.length] ?? "name";
      await drawClean(runScatter(some, { x, y: colorBy, colorBy: x }));
      const named = await drawClean(
        runScatter(some, { x: "name", y: "params.same", colorBy, sizeBy: "params.nowhere" }),
      );
      assert.equal(pathsOf(named, "marks").length, count);
    }
  });

test("any name can be a metric, a param and a group", async () => {
  const key = 'odd "key"[0].x\\\n${1}</script>';
  const curve = { run: key, key, steps: [1, 2], values: [1, 2] };
  await drawClean(metricCurves([curve]));
  await drawClean(metricCurves([curve, { ...curve, key: "other" }]));
  await drawClean(
    metricCurves(
      [
        { ...curve, group: key },
        { ...curve, group: "b" },
      ],
      { groupTitle: key },
    ),
  );
  const importances = [{ param: key, importance: 1, correlation: 0.5 }];
  await drawClean(paramImportanceChart(importances, { metric: key }));
});

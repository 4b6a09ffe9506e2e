import assert from "node:assert/strict";
import { test } from "node:test";
import {
  correlationHeatmap,
  distributionOverlay,
  driftRanking,
  driftTimelineChart,
  missingBars,
  movedCategories,
  sparkline,
  type VegaLiteSpec,
} from "../../kernel-lib/index";
import type { FeatureDistribution, FeatureDrift } from "../../kernel-lib/drift/report";
import type { DriftTimeline } from "../../kernel-lib/drift/timeline";
import { assertSnapshot, drawClean, pathsOf, textsOf } from "./draw";
import { date, driftReport, estimated, numerical, origin, qualityReport, weeks } from "./reports";

const odd = 'odd "key"[0].x\\\n${1}</script>\u2028';

const specs: Record<string, VegaLiteSpec> = {
  "drift-ranking": driftRanking(driftReport.features),
  "distribution-bins": distributionOverlay(numerical("delay", 2), { selected: 5 }),
  "distribution-categories": distributionOverlay(origin, { selected: "ATL" }),
  "distribution-times": distributionOverlay(date),
  "drift-timeline": driftTimelineChart(weeks),
  "performance-timeline": driftTimelineChart(estimated, { title: "ROC AUC" }),
  "moved-categories": movedCategories(origin),
  "correlation-heatmap": correlationHeatmap(qualityReport.table.correlation),
  "missing-bars": missingBars(qualityReport.table),
};

for (const [name, spec] of Object.entries(specs))
  test(`the ${name} chart is the spec of the snapshot, names no colour but gray, and draws without a warning`, async () => {
    assertSnapshot(name, spec);
    const named = [...JSON.stringify(spec).matchAll(/"(?:fill|stroke|color)":"([^"]+)"/gu)];
    assert.deepEqual(
      [...new Set(named.map(([, colour]) => colour))].filter((c) => c !== "gray"),
      [],
    );
    await drawClean(spec);
  });

test("distributionOverlay draws each side as steps whose highest one is as high as its largest share", async () => {
  const flat = { edges: [0, 1, 2], reference: [0.5, 0.5], current: [0.25, 0.75] };
  const feature = { ...numerical("a", 0), distribution: { kind: "bins" as const, ...flat } };
  const svg = await drawClean(distributionOverlay(feature, { height: 100 }));
  const tops = pathsOf(svg, "layer_0_layer_0_marks").map((d) =>
    Math.min(...[...d.matchAll(/[ML][\d.]+,([\d.]+)/gu)].map(([, y]) => Number(y))),
  );
  const highest = tops.map((top) => (100 - top) / 100);
  assert.equal(highest.length, 2, svg);
  assert.ok(
    Math.abs((highest[0] ?? NaN) / (highest[1] ?? NaN) - 0.5 / 0.75) < 0.01,
    highest.join(),
  );
});

test("distributionOverlay draws bins of different widths by density, so that areas are shares", () => {
  const steps = (distribution: FeatureDistribution) => {
    const spec = distributionOverlay({ ...numerical("a", 0), distribution });
    const { values } = spec["data"] as { values: { side: string; x: number; height: number }[] };
    return values.filter(({ side }) => side === "reference").map(({ height }) => height);
  };
  const even = { kind: "bins" as const, edges: [0, 1, 2], reference: [0.4, 0.6], current: [1, 0] };
  assert.deepEqual(steps(even), [0.4, 0.6, 0.6]);
  assert.deepEqual(steps({ ...even, edges: [0, 1, 5] }), [0.4, 0.15, 0.15]);
  assert.deepEqual(steps({ ...even, edges: [0, 0, 2] }), [0.2, 0.3, 0.3]);
});

test("distributionOverlay sums up the categories it does not draw", () => {
  const { data, encoding } = distributionOverlay(origin, { limit: 2 }) as unknown as {
    data: { values: { label: string; side: string; share: number }[] };
    encoding: { x: { title: string } };
  };
  assert.equal(encoding.x.title, "share of rows by origin; 14 others: 88% → 92%");
  assert.deepEqual(
    data.values.map(({ label, side, share }) => [label, side, Number(share.toFixed(3))]),
    [
      ["CVG (vanished)", "reference", 0.12],
      ["CVG (vanished)", "current", 0],
      ["SJU (new)", "reference", 0],
      ["SJU (new)", "current", 0.08],
    ],
  );
});

test("driftTimelineChart marks alarms, tells the limits, and says where the current data begins", async () => {
  const svg = await drawClean(driftTimelineChart(weeks));
  const texts = textsOf(svg);
  for (const text of ["alarm above 0.1", "current →", "jensen_shannon", "alarm"])
    assert.ok(texts.includes(text), `${text} of ${texts.join(", ")}`);
  const triangles = pathsOf(svg, "marks").filter((d) => d.endsWith("Z") && !d.includes("A"));
  assert.ok(triangles.length >= 3);
  // Week 9 has no value: the line has two parts.
  const lines = pathsOf(svg, "marks").filter((d) => (d.match(/M/gu) ?? []).length === 2);
  assert.equal(lines.length, 1, "one line with a gap");
});

test("driftTimelineChart counts chunks where times are not known or overlap", () => {
  const axis = (timeline: DriftTimeline) => {
    const spec = driftTimelineChart(timeline) as unknown as {
      data: { values: { x: number }[] };
    };
    return spec.data.values.map(({ x }) => x).slice(0, 3);
  };
  const [first, ...others] = weeks.chunks;
  assert.ok(first);
  assert.deepEqual(axis({ ...weeks, chunks: [{ ...first, from: null }, ...others] }), [1, 2, 3]);
  assert.deepEqual(axis({ ...weeks, chunks: [...others, first] }), [1, 2, 3]);
  assert.deepEqual(axis(weeks)[0], Date.UTC(2001, 3, 4));
});

test("any name can be a feature, a category and a measure; empty and extreme reports are drawn too", async () => {
  const category = { reference: 0.5, current: 0.5, status: "both" as const };
  const distributions: (FeatureDistribution | null)[] = [
    null,
    { kind: "bins", edges: [], reference: [], current: [] },
    { kind: "bins", edges: [1, 1], reference: [1], current: [1] },
    { kind: "bins", edges: [-1e300, 1e300], reference: [1], current: [0] },
    { kind: "bins", edges: [0, 1e-12, 2e-12], reference: [1, 0], current: [0, 1] },
    { kind: "categories", categories: [], others: null },
    {
      kind: "categories",
      categories: ["", odd, "__proto__", "datum.x", "x".repeat(300)].map((value) => ({
        value,
        ...category,
      })),
      others: { categories: 3, reference: 0, current: 0 },
    },
  ];
  const features: FeatureDrift[] = distributions.map((distribution, i) => ({
    ...numerical(`${odd}${i}`, 1),
    reason: odd,
    effect: null,
    impact: null,
    distribution,
  }));
  for (const feature of features) {
    await drawClean(distributionOverlay(feature));
    await drawClean(distributionOverlay({ ...feature, type: "categorical" }, { selected: odd }));
    await drawClean(movedCategories(feature));
    sparkline(feature.distribution);
  }
  await drawClean(driftRanking(features));
  await drawClean(driftRanking([]));
  const empty: DriftTimeline = { measure: odd, chunks: [], lower: null, upper: null, hint: null };
  const [chunk] = weeks.chunks;
  assert.ok(chunk);
  for (const timeline of [
    empty,
    { ...empty, lower: 0, upper: 1 },
    { ...empty, chunks: [{ ...chunk, label: odd, value: null }] },
    {
      ...empty,
      chunks: [
        { ...chunk, value: 0 },
        { ...chunk, value: 0, alarm: true },
      ],
    },
  ])
    await drawClean(driftTimelineChart(timeline, { title: odd }));
  await drawClean(correlationHeatmap({ columns: [], values: [] }));
  await drawClean(correlationHeatmap({ columns: [odd, "a"], values: [1, null, null, 1] }));
  await drawClean(missingBars({ rows: 0, columns: [] }));
  const [column] = qualityReport.table.columns;
  assert.ok(column);
  await drawClean(missingBars({ rows: 10, columns: [{ ...column, column: odd }] }));
});

test("a sparkline's paths stay in its frame, and there is none where nothing can be drawn", () => {
  const inside = (path: string) => {
    assert.doesNotMatch(path, /NaN|Infinity|undefined/u);
    for (const [number] of path.matchAll(/-?\d+(?:\.\d+)?/gu))
      assert.ok(Number(number) >= 0 && Number(number) <= 96, path);
  };
  for (const shown of [
    numerical("a", 2).distribution,
    origin.distribution,
    date.distribution,
    weeks,
    estimated,
  ]) {
    const drawn = sparkline(shown);
    assert.ok(drawn);
    inside(drawn.reference);
    inside(drawn.current);
  }
  assert.equal(sparkline(weeks)?.style, "stroke");
  assert.equal(sparkline(null), null);
  assert.equal(sparkline({ kind: "bins", edges: [1, 1], reference: [1], current: [1] }), null);
  assert.equal(sparkline({ ...weeks, chunks: [] }), null);
});

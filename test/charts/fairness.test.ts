import assert from "node:assert/strict";
import { test } from "node:test";
import {
  errorTreeChart,
  errorTreeLines,
  groupCalibration,
  groupDotPlot,
  groupRoc,
  sliceBars,
  thresholdCurves,
  tradeoffCurve,
  type VegaLiteSpec,
} from "../../kernel-lib/charts/index";
import type { FairnessGroup } from "../../kernel-lib/fairness/report";
import {
  fairnessReports,
  hundred,
  mended,
  metrics,
  scarce,
  scoreless,
  unfair,
} from "../fixtures/fairness-reports";
import { assertSnapshot, drawClean, pathsOf, textsOf } from "./draw";

const odd = 'odd "key"[0].x\\\n${1}</script>\u2028';
const selectionRate = {
  label: "selection rate",
  compute: ({
    truePositives: tp,
    falsePositives: fp,
    falseNegatives: fn,
    trueNegatives: tn,
  }: Record<"truePositives" | "falsePositives" | "falseNegatives" | "trueNegatives", number>) =>
    (tp + fp) / (tp + fp + fn + tn),
};
const [selection, truePositive] = metrics;
assert.ok(selection && truePositive);
const bySex = unfair.groupings[0]?.groups ?? [];
const bySexAndRegion = unfair.groupings[1]?.groups ?? [];
const byRegion = scarce.groupings[0]?.groups ?? [];
const byOccupation = hundred.groupings[0]?.groups ?? [];
const tradeoff = [
  { objective: 0.83, difference: 0.21, label: "as trained" },
  { objective: 0.82, difference: 0.1 },
  { objective: 0.8, difference: 0.15 },
  { objective: 0.79, difference: 0.01 },
];

const specs: Record<string, VegaLiteSpec> = {
  "group-dot-plot": groupDotPlot(bySexAndRegion, truePositive, {
    overall: unfair.overall.figures["truePositiveRate"] ?? assert.fail(),
  }),
  "group-dot-plot-compared": groupDotPlot(bySex, selection, {
    name: "wages v3",
    compared: { name: "wages v4", groups: mended.groupings[0]?.groups ?? [] },
  }),
  "group-dot-plot-scarce": groupDotPlot(byRegion, truePositive),
  "group-roc": groupRoc(byRegion),
  "group-calibration": groupCalibration(bySex),
  "threshold-curves": thresholdCurves(bySex, selectionRate, { marked: { female: 0.4, male: 0.5 } }),
  "slice-bars": sliceBars(unfair.slices),
  "error-tree": errorTreeChart(unfair.errorTree ?? []),
  "tradeoff-curve": tradeoffCurve(tradeoff, { chosen: 1, maxDifference: 0.1 }),
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

test("groupDotPlot names the denominators, marks small groups, and says why a group has no dot", async () => {
  const texts = textsOf(await drawClean(groupDotPlot(byRegion, truePositive)));
  const positives = byRegion[0]?.figures["truePositiveRate"]?.denominator ?? NaN;
  assert.ok(texts.includes(`north (n ${positives})`), texts.join("; "));
  assert.ok(texts.includes("south (n 0, small)"), texts.join("; "));
  assert.ok(texts.includes("west (n 0, small)"), texts.join("; "));
  assert.equal(texts.filter((text) => text === "no positives: cannot be told").length, 2);
  // Of two groups with positives, one is small.
  assert.ok(texts.some((text) => text.startsWith("(missing) (n ") && text.endsWith(", small)")));
});

test("groupDotPlot draws a dot and an interval for each group of each report", async () => {
  const spec = groupDotPlot(bySex, selection, {
    compared: { name: unfair.name, groups: mended.groupings[0]?.groups ?? [] },
    name: unfair.name,
  });
  const svg = await drawClean(spec);
  assert.equal(pathsOf(svg, "layer_1_marks").length, 4);
  const texts = textsOf(svg);
  assert.ok(texts.includes("wages-by-sex"), texts.join("; "));
  assert.ok(texts.includes("wages-by-sex (compared)"), texts.join("; "));
  assert.ok(texts.includes("female (n 900 | 4,000)"), texts.join("; "));
});

test("charts of many groups say how many they leave out", async () => {
  const left = async (spec: VegaLiteSpec) => textsOf(await drawClean(spec)).join(" ");
  assert.match(
    await left(groupDotPlot(byOccupation, selection)),
    /60 more groups are not drawn; the table has them\./u,
  );
  assert.match(await left(groupRoc(byOccupation)), /Not drawn: 93 smaller groups/u);
  assert.match(await left(groupCalibration(byOccupation)), /Not drawn: 93 smaller groups/u);
  assert.match(
    await left(groupRoc(byRegion)),
    /Not drawn: south \(no positives\), west \(no positives\)/u,
  );
});

test("groupRoc marks where the answers are, on the curve of their threshold", () => {
  const spec = groupRoc(bySex) as unknown as {
    layer: { data: { name?: string; values: Record<string, number>[] } }[];
  };
  const rows = (name: string) =>
    spec.layer.find(({ data }) => data.name === name)?.data.values ?? [];
  const places = rows("places");
  assert.equal(places.length, 2);
  for (const place of places)
    assert.ok(
      rows("curves").some(
        (point) =>
          point["group"] === place["group"] &&
          point["falsePositiveRate"] === place["falsePositiveRate"] &&
          point["truePositiveRate"] === place["truePositiveRate"],
      ),
      "the fixture's answers are scores above 0.5, which is one of the thresholds",
    );
});

test("thresholdCurves marks the value that the counts at the threshold give", () => {
  const spec = thresholdCurves(bySex, selectionRate, { marked: { female: 0.405 } });
  const { layer } = spec as unknown as {
    layer: { data: { name?: string; values: { value: number }[] } }[];
  };
  const [place] = layer.find(({ data }) => data.name === "places")?.data.values ?? [];
  const female = bySex[0]?.scores;
  assert.ok(female && place);
  assert.equal(
    place.value,
    ((female.positivesAbove[40] ?? NaN) + (female.negativesAbove[40] ?? NaN)) / 900,
  );
});

test("errorTreeLines puts each node below its parent, and stops at what hangs nowhere", () => {
  assert.deepEqual(
    errorTreeLines(unfair.errorTree ?? []).map(({ depth, text }) => [depth, text]),
    [
      [0, "all rows"],
      [1, "education ≤ 10"],
      [2, "region = south"],
      [1, "education > 10"],
    ],
  );
  const circle = { condition: null, rows: 1, errors: 0, loss: 0 };
  assert.deepEqual(
    errorTreeLines([
      { ...circle, parent: 1 },
      { ...circle, parent: 0 },
      { ...circle, parent: 7 },
    ]),
    [],
  );
});

test("tradeoffCurve draws its line through the points that none beats", () => {
  const spec = tradeoffCurve(tradeoff) as unknown as {
    layer: { data?: { values: { position: number }[] } }[];
  };
  assert.deepEqual(
    spec.layer[0]?.data?.values.map(({ position }) => position),
    [3, 1, 0],
  );
});

test("any name can be a group, a metric and a condition; empty and rare reports are drawn too", async () => {
  const renamed = (group: FairnessGroup, i: number): FairnessGroup => ({
    ...group,
    name: i === 0 ? odd : "",
  });
  const strange = bySex.map(renamed);
  const strangeMetric = { ...selection, label: odd, denominator: odd };
  await drawClean(
    groupDotPlot(strange, strangeMetric, { name: odd, compared: { name: odd, groups: strange } }),
  );
  // A name that is no text at all is seen in the legend.
  const legend = textsOf(await drawClean(groupRoc(strange)));
  assert.ok(legend.includes('""'), legend.join("; "));
  await drawClean(groupCalibration(strange));
  await drawClean(
    thresholdCurves(strange, { ...selectionRate, label: odd }, { marked: { [odd]: 0.5 } }),
  );
  const [slice] = unfair.slices;
  assert.ok(slice);
  await drawClean(
    sliceBars(
      [
        { ...slice, name: odd },
        { ...slice, name: odd },
      ],
      { loss: odd },
    ),
  );
  await drawClean(
    errorTreeChart([
      { parent: null, condition: { feature: odd, equals: odd }, rows: 0, errors: 0, loss: 0 },
    ]),
  );
  await drawClean(
    tradeoffCurve([{ objective: 1, difference: 0, label: odd }], {
      chosen: 0,
      objective: odd,
      difference: odd,
    }),
  );
  await drawClean(groupDotPlot([], selection));
  await drawClean(groupRoc([]));
  await drawClean(groupCalibration([]));
  await drawClean(thresholdCurves([], selectionRate));
  await drawClean(sliceBars([]));
  await drawClean(errorTreeChart([]));
  await drawClean(tradeoffCurve([]));
  for (const { groupings, overall, metrics: infos } of Object.values(fairnessReports))
    for (const { groups } of groupings) {
      for (const info of infos)
        await drawClean(
          groupDotPlot(groups, info, { overall: overall.figures[info.name] ?? assert.fail() }),
        );
      await drawClean(groupRoc(groups));
      await drawClean(groupCalibration(groups));
      await drawClean(thresholdCurves(groups, selectionRate));
    }
  assert.ok(scoreless.groupings.length > 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AssayerError,
  metricFrame,
  type Comparison,
  type Figure,
  type GroupComparison,
  type MetricFrameInput,
  type MetricName,
} from "../../kernel-lib/index";
import { golden, type GoldenFrame, type Row, type Values } from "./golden";

const { versions, data } = golden;

function near(actual: number | null | undefined, expected: unknown, what: string): void {
  if (expected === null || typeof expected !== "number") {
    assert.equal(actual, null, what);
    return;
  }
  assert.ok(
    typeof actual === "number" &&
      Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${what}: ${String(actual)} is not ${expected}`,
  );
}

function same(figures: Record<string, Figure>, expected: Values | Row, what: string): void {
  for (const [name, figure] of Object.entries(figures))
    near(figure.value, expected[name], `${what} ${name}`);
}

/** As a group of Fairlearn is named here: control features come first there. */
function compare(part: GroupComparison, expected: GoldenFrame, control: string | null): void {
  const of = (whole: Values | Row[]): Values | Row => {
    if (!Array.isArray(whole)) return whole;
    const row = whole.find(({ group }) => group[0] === control);
    assert.ok(row);
    return row;
  };
  same(part.overall.figures, of(expected.overall), "overall");
  const rows = expected.byGroup.filter(({ group }) => control === null || group[0] === control);
  assert.equal(part.byGroup.length, rows.length);
  for (const group of part.byGroup) {
    const row = rows.find(
      (each) => each.group.slice(control === null ? 0 : 1).join(", ") === group.name,
    );
    assert.ok(row, group.name);
    same(group.figures, row, group.name);
  }
  same(part.groupMin(), of(expected.groupMin), "lowest");
  same(part.groupMax(), of(expected.groupMax), "highest");
  for (const method of ["betweenGroups", "toOverall"] satisfies Comparison[]) {
    const known = (kind: "difference" | "ratio") => {
      const values = { ...of(expected[`${kind}.${method}`]) };
      // Where one group alone has a value, Fairlearn says that it is equal to itself.
      for (const name of part.overall ? Object.keys(part.overall.figures) : [])
        if (part.byGroup.filter((group) => group.figures[name]?.value !== null).length < 2)
          values[name] = null;
      return values;
    };
    same(part.difference(method), known("difference"), `difference ${method}`);
    same(part.ratio(method), known("ratio"), `ratio ${method}`);
  }
}

const metrics: Record<GoldenFrame["inputs"], MetricName[]> = {
  counts: [
    "accuracy",
    "zeroOneLoss",
    "selectionRate",
    "truePositiveRate",
    "falseNegativeRate",
    "trueNegativeRate",
    "falsePositiveRate",
    "precision",
  ],
  scores: ["rocAuc", "brierScore"],
  values: ["mae", "mse", "r2", "meanPrediction"],
};

for (const [name, { columns, frames }] of Object.entries(data))
  for (const expected of frames) {
    const { inputs, weighted, control } = expected;
    const words = [inputs, ...(weighted ? ["weights"] : []), ...(control ? ["control"] : [])];
    test(`metricFrame equals Fairlearn ${versions.fairlearn} within 1e-12 on ${name}: ${words.join(", ")}`, () => {
      const frame = metricFrame({
        metrics: metrics[inputs],
        yTrue: columns.yTrue,
        ...(inputs === "counts" ? { yPred: columns.yPred } : {}),
        ...(inputs === "scores" ? { yScore: columns.yScore } : {}),
        ...(inputs === "values" ? { yPred: columns.yScore } : {}),
        sensitiveFeatures: columns.sensitiveFeatures,
        ...(control ? { controlFeatures: columns.controlFeatures } : {}),
        ...(weighted ? { sampleWeight: columns.sampleWeight } : {}),
      });
      if (control) for (const part of frame.controlGroups) compare(part, expected, part.name);
      else compare(frame, expected, null);
    });
  }

const input = (): MetricFrameInput => ({
  metrics: ["selectionRate"],
  yTrue: [1, 0, 1, 0, 1, 0],
  yPred: [1, 0, 0, 0, 1, 1],
  sensitiveFeatures: { sex: ["f", "f", "f", "m", "m", null] },
});

test("a group is named, with its rows, whether it is small, empty or has no value", () => {
  const frame = metricFrame({
    ...input(),
    sensitiveFeatures: { sex: ["f", "f", "f", "m", "m", null], age: [9, 10, 9, 10, 10, NaN] },
  });
  assert.deepEqual(
    frame.byGroup.map(({ name, rows, small }) => [name, rows, small]),
    [
      ["f, 9", 2, true],
      ["f, 10", 1, true],
      ["f, (missing)", 0, true],
      ["m, 9", 0, true],
      ["m, 10", 2, true],
      ["m, (missing)", 0, true],
      ["(missing), 9", 0, true],
      ["(missing), 10", 0, true],
      ["(missing), (missing)", 1, true],
    ],
  );
  assert.deepEqual(frame.byGroup[3]?.figures.selectionRate, {
    value: null,
    low: null,
    high: null,
    denominator: 0,
    interval: null,
  });
});

test("a rate without anything to divide by is null, and groups that cannot be compared have no difference", () => {
  const frame = metricFrame({
    ...input(),
    metrics: ["truePositiveRate"],
    sensitiveFeatures: { sex: ["f", "m", "f", "m", "f", "m"] },
  });
  assert.deepEqual(
    frame.byGroup.map(({ name, figures }) => [name, figures.truePositiveRate?.value]),
    [
      ["f", 2 / 3],
      ["m", null],
    ],
  );
  assert.equal(frame.difference().truePositiveRate?.value, null);
  assert.equal(frame.ratio("toOverall").truePositiveRate?.value, null);
});

test("a function of one's own is a metric, and labels may be texts or truth values", () => {
  const frame = metricFrame({
    metrics: { rows: (yTrue) => yTrue.length },
    yTrue: [true, false, true],
    yPred: [true, true, true],
    sensitiveFeatures: { g: [1, 2, 2] },
    resamples: 50,
  });
  assert.deepEqual(
    frame.byGroup.map(({ figures }) => figures.rows?.value),
    [1, 2],
  );
  const words = metricFrame({
    ...input(),
    metrics: ["accuracy"],
    yTrue: ["yes", "no", "yes", "no", "yes", "no"],
    yPred: ["yes", "no", "no", "no", "yes", "yes"],
    posLabel: "yes",
  });
  assert.equal(words.overall.figures.accuracy?.value, 4 / 6);
});

test("metricFrame refuses what it cannot compare, and says what and where", () => {
  const refused = (change: Partial<MetricFrameInput>, message: string) => {
    assert.throws(
      () => metricFrame({ ...input(), ...change }),
      (error) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        error.message === message,
      message,
    );
  };
  refused(
    { yPred: [1, 0] },
    "metricFrame requires arrays of one length; got 6 of yTrue and 2 of yPred",
  );
  refused(
    { yPred: [1, 0, 2, 0, 1, 1] },
    "metricFrame requires labels of two classes, 1 and 0; got 2 at position 2",
  );
  refused(
    { metrics: ["rocAuc"], yScore: [0, 0.5, NaN, 1, 1, 1] },
    "metricFrame requires finite numbers in yScore; got NaN at position 2",
  );
  refused({ metrics: ["rocAuc"] }, "metricFrame requires yScore for the metric rocAuc; got none");
  refused(
    { sampleWeight: [1, 1, -1, 1, 1, 1] },
    "metricFrame requires sampleWeight of 0 or more; got -1 at position 2",
  );
  refused(
    { sampleWeight: [0, 0, 0, 0, 0, 0] },
    "metricFrame requires some sampleWeight above 0; got a sum of 0",
  );
  refused(
    { sensitiveFeatures: { sex: ["f"] } },
    "metricFrame requires one value of sex a row; got 1 of 6 rows",
  );
  refused(
    { sensitiveFeatures: {} },
    "metricFrame requires one feature or more in sensitiveFeatures; got none",
  );
  refused({ metrics: [] }, "metricFrame requires one metric or more; got none");
  refused({ confidence: 95 }, "metricFrame requires a confidence between 0 and 1, or null; got 95");
  refused(
    { interval: "bca" },
    "metricFrame requires resamples of 2 or more for the interval bca; got 0",
  );
  refused(
    { controlFeatures: { sex: ["f", "f", "f", "m", "m", "m"] } },
    "metricFrame requires a feature to be sensitive or of control; got sex as both",
  );
  const many = Array.from({ length: 10_000 }, (_, i) => i);
  refused(
    {
      yTrue: many.map((i) => i % 2),
      yPred: many.map((i) => i % 2),
      sensitiveFeatures: { id: many },
    },
    "metricFrame requires at most 1000 different values of id; got more: bin them first",
  );
});

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { metricChangeOf } from "../../kernel-lib/drift/performance/metric-change";
import { AssayerError } from "../../kernel-lib/errors";
import {
  estimatePerformance,
  type EstimatePerformanceOptions,
} from "../../kernel-lib/monitor/estimate-performance";
import { digitRows, flightRows, partOf } from "../drift/classifier-data";
import { assertSame, golden, nannyml, readFlights, type Flights } from "../drift/nannyml-golden";

type Table = Record<string, (number | string | boolean | Date | null)[]>;

let flights: Flights;
let winter: Table;
let spring: Table;
before(async () => {
  flights = await readFlights();
  const all = flightRows(flights);
  const table = (start: number, end: number): Table => {
    const { yTrue, yPred, yScore } = partOf(all, start, end);
    return {
      date: Array.from(flights.date.subarray(start, end), (time) => new Date(time)),
      late: Array.from(yTrue ?? [], (code) => code === 1),
      predicted: [...yPred],
      score: [...(yScore[0] ?? [])],
    };
  };
  winter = table(0, golden.half);
  spring = table(golden.half, 60_000);
});

const binary = { problem: "binary", yTrue: "late", yPred: "predicted", yScore: "score" } as const;
const now = new Date("2026-01-01T00:00:00Z");

test(`estimatePerformance of a model of late flights by week equals ${nannyml}, beside what turned out`, async () => {
  const report = await estimatePerformance(winter, spring, {
    ...binary,
    chunking: { by: "period", column: "date", period: "week" },
    now,
  });
  const expected = golden.flightsCbpe.find(({ name }) => name === "flights by week");
  assert.ok(expected);
  assert.deepEqual(
    report.metrics.map(({ measure }) => measure),
    ["roc_auc", "average_precision", "f1", "precision", "recall", "specificity", "accuracy"],
  );
  for (const { measure, chunks } of report.metrics)
    for (const [i, { value, realised, alarm }] of chunks.entries()) {
      assertSame(value, expected.metrics[measure]?.value[i], `${measure} ${i}`);
      assertSame(realised, expected.metrics[measure]?.realized[i], `${measure} ${i}`);
      assert.equal(alarm, expected.metrics[measure]?.alerts[i]);
    }
  assert.equal(report.createdAt, "2026-01-01T00:00:00.000Z");
  assert.equal(report.problem, "binary");
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test("labels that came decide the verdict and the change; without them the estimate does", async () => {
  const { late, ...unlabelled } = spring;
  assert.ok(late);
  const options = { ...binary, metrics: ["roc_auc", "accuracy"] } as const;
  const estimated = await estimatePerformance(winter, unlabelled, options);
  assert.ok(
    estimated.metrics.every(({ chunks }) =>
      chunks.every(({ side, realised }) => side === "reference" || realised === null),
    ),
  );
  assert.equal(metricChangeOf(estimated)?.method, "cbpe");
  // The last chunk holds the one row that is left over: NannyML alarms, but a single row proves nothing.
  const last = estimated.metrics[1]?.chunks.at(-1);
  assert.equal(Number(last?.end) - Number(last?.start), 1);
  assert.equal(last?.alarm, true);
  assert.notEqual(estimated.verdict, "alarm");
  const reversed = { ...spring, late: late.map((value) => value !== true) };
  const wrong = await estimatePerformance(winter, reversed, options);
  assert.equal(wrong.verdict, "alarm");
  const change = metricChangeOf(wrong, "accuracy");
  assert.equal(change?.method, "realised");
  assert.ok(change.current < change.reference - 0.2);
  assert.match(
    wrong.summary,
    /^roc_auc goes from 0\.\d{3} in the reference to 0\.\d{3}, where 0\.\d{3} was estimated; worse than its band in \d+ of 10 current chunks\.$/u,
  );
});

test("a single current chunk, cut in another way than the reference, is estimated", async () => {
  const report = await estimatePerformance(winter, spring, {
    ...binary,
    chunking: { reference: { by: "count", chunks: 8 }, current: "whole" },
  });
  assert.equal(report.metrics[0]?.chunks.filter(({ side }) => side === "current").length, 1);
  assert.equal(report.verdict, "stable");
  assert.match(report.summary, /within its band in all current chunks\.$/u);
});

test("several classes are read by their labels, numbers and text alike", async () => {
  const { classes, yTrue, yPred, yScore } = digitRows();
  const label = (code: number) => String(classes[code]);
  const table = (start: number, end: number): Table => ({
    digit: Array.from(yTrue?.subarray(start, end) ?? [], label),
    said: Array.from(yPred.subarray(start, end), label),
    ...Object.fromEntries(yScore.map((scores, i) => [`p${i}`, [...scores.subarray(start, end)]])),
  });
  const report = await estimatePerformance(table(0, 500), table(500, yPred.length), {
    problem: "multiclass",
    yTrue: "digit",
    yPred: "said",
    yScore: Object.fromEntries(classes.map((name, i) => [name, `p${i}`])),
    chunking: { by: "size", rows: 100 },
    metrics: ["f1"],
  });
  for (const [i, { value }] of report.metrics[0]?.chunks.entries() ?? [])
    assertSame(value, golden.digitsCbpe.metrics.f1?.value[i], `f1 ${i}`);
});

test("scores that are no probabilities are calibrated, other labels need posLabel, and missing values are told", async () => {
  const names = (values: Table[string] | undefined) =>
    (values ?? []).map((value) => (value === true ? "late" : "on time"));
  const logits = (values: Table[string] | undefined) =>
    (values ?? []).map((value, i) => (i === 3 ? null : 10 * Number(value) - 5));
  const reference = { ...winter, late: names(winter.late), score: logits(winter.score) };
  const current = {
    ...spring,
    late: names(spring.late).map((value, i) => (i < 100 ? value : null)),
    score: logits(spring.score),
  };
  await assert.rejects(
    estimatePerformance(reference, current, { ...binary, metrics: ["roc_auc"] }),
    (error) =>
      error instanceof AssayerError &&
      error.message ===
        "estimatePerformance requires posLabel for labels other than 0 and 1, or false and true; got 2 others in yTrue",
  );
  const { warnings, metrics } = await estimatePerformance(reference, current, {
    problem: "binary",
    yTrue: "late",
    yScore: "score",
    posLabel: "late",
  });
  assert.deepEqual(
    metrics.map(({ measure }) => measure),
    ["roc_auc", "average_precision"],
  );
  assert.deepEqual(warnings, [
    "1 of 19329 reference rows miss a score",
    "1 of 40671 current rows miss a score",
    "40571 of 40671 current rows have no label yet",
    "scores are not all from 0 to 1, so that they are calibrated",
  ]);
  assert.ok(Number(metrics[0]?.chunks[0]?.value) > 0.55);
});

test("estimatePerformance refuses what it cannot estimate", async () => {
  const refused = async (
    options: EstimatePerformanceOptions,
    message: RegExp,
    code = "invalid-argument",
  ): Promise<void> => {
    await assert.rejects(
      estimatePerformance(winter, spring, options),
      (error) =>
        error instanceof AssayerError && error.code === code && message.test(error.message),
    );
  };
  await refused(
    { ...binary, problem: "ranking" as "binary" },
    /^unknown problem: ranking; expected one of /u,
  );
  await refused({ ...binary, metrics: [] }, /requires a metric; got none$/u);
  await refused(
    { ...binary, metrics: "f1" as never },
    /^estimatePerformance requires metrics as a list of names; got f1$/u,
  );
  await refused(
    { ...binary, posLabel: "Late" },
    /^estimatePerformance requires posLabel among the reference's labels in yTrue; got Late$/u,
  );
  await refused(
    { problem: "binary", yTrue: "late", yScore: "score", metrics: ["f1"] },
    /requires yPred for the metric f1; got none$/u,
  );
  await refused(
    { ...binary, yScore: { late: "score" } },
    /requires yScore as the name of a column for a binary classifier/u,
  );
  await refused(
    { ...binary, problem: "multiclass" },
    /requires yScore as \{ label: column \} for several classes/u,
  );
  await refused(
    { ...binary, problem: "multiclass", yScore: { a: "score", b: "score" } },
    /requires the labels of yScore in yPred: a, b; got 2 others$/u,
  );
  await refused({ ...binary, signal: AbortSignal.abort() }, /a signal to stop$/u, "aborted");
});

test("a handful of rows is estimated and decides nothing", async () => {
  const first = (table: Table, rows: number): Table =>
    Object.fromEntries(
      Object.entries(table).map(([name, values]) => [name, values.slice(0, rows)]),
    );
  const report = await estimatePerformance(first(winter, 200), first(spring, 90), binary);
  assert.equal(report.verdict, "undecided");
  assert.equal(report.summary, "The performance cannot be told: no chunk has 30 rows or more.");
  const none = await estimatePerformance(first(winter, 200), first(spring, 0), binary);
  assert.equal(none.verdict, "undecided");
  assert.ok(report.metrics.every(({ chunks }) => chunks.some(({ value }) => value !== null)));
});

test("a ranking whose reference has labels of one class has no band, and no verdict", async () => {
  const none = { ...winter, late: Array.from(winter["late"] ?? [], () => 0) };
  const unlabelled = Object.fromEntries(Object.entries(spring).filter(([name]) => name !== "late"));
  const report = await estimatePerformance(none, unlabelled, {
    ...binary,
    metrics: ["roc_auc"],
    calibration: "never",
  });
  assert.equal(report.verdict, "undecided");
  assert.match(report.summary, /; there is no band to hold it against\.$/u);
});

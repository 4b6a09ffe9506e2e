import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import { cbpe, type CbpeOptions } from "../../../kernel-lib/drift/performance/cbpe";
import { cbpeMetricNames } from "../../../kernel-lib/drift/performance/cbpe-metrics";
import { chunksOf, type Chunk, type Chunking } from "../../../kernel-lib/drift/timeline/chunks";
import type { ClassifierRows } from "../../../kernel-lib/drift/performance/classifier-rows";
import { digitRows, flightRows, partOf, titanicRows } from "../classifier-data";
import { assertSame, golden, nannyml, readFlights, type Flights } from "../nannyml-golden";

let flights: Flights;
before(async () => {
  flights = await readFlights();
});

interface Case {
  rows: () => ClassifierRows;
  half: number;
  chunking: Chunking;
  options: CbpeOptions;
}

const { worth } = golden.flightsModel;
const weeks: Chunking = { by: "period", column: "date", period: "week" };
const ofFlights = { rows: () => flightRows(flights), half: golden.half };
const size4000: Chunking = { by: "size", rows: 4000 };
const cases: Record<string, Case> = {
  "flights by count": { ...ofFlights, chunking: { by: "count", chunks: 10 }, options: {} },
  "flights by week": {
    ...ofFlights,
    chunking: weeks,
    options: { businessValueOf: "per-prediction" },
  },
  "flights, all": { ...ofFlights, chunking: size4000, options: {} },
  "flights, pred": { ...ofFlights, chunking: size4000, options: {} },
  titanic: {
    rows: titanicRows,
    half: 891,
    chunking: { by: "size", rows: 150 }, // Whether to calibrate is a matter of the order of equal scores here: see calibration.test.ts.
    options: { calibration: "never" },
  },
  digits: {
    rows: digitRows,
    half: 500,
    chunking: { by: "size", rows: 100 },
    options: { businessValue: golden.digits.worth },
  },
};

for (const expected of [...golden.flightsCbpe, golden.titanicCbpe, golden.digitsCbpe])
  test(`estimates, bounds, bands and realised performance equal ${nannyml} CBPE within 1e-9, with the same alarms: ${expected.name}`, () => {
    const known = cases[expected.name];
    assert.ok(known);
    const all = known.rows();
    const end = all.yPred.length;
    const cut = (from: number, to: number): Chunk[] =>
      chunksOf(
        to - from,
        known.chunking,
        known.chunking.by === "period" ? flights.date.subarray(from, to) : undefined,
      );
    const options: CbpeOptions = { businessValue: worth, ...known.options };
    if (expected.share) options.confusionShare = expected.share;
    const estimator = cbpe(
      partOf(all, 0, known.half),
      partOf(all, known.half, end),
      cbpeMetricNames,
      options,
    );
    assert.deepEqual(
      all.classes
        .slice(-expected.calibrated.length)
        .map((name) => estimator.calibrated.includes(name)),
      expected.calibrated,
    );
    const timelines = estimator.timelines([
      ...cut(0, known.half).map((chunk) => estimator.estimate("reference", chunk)),
      ...cut(known.half, end).map((chunk) => estimator.estimate("current", chunk)),
    ]);
    for (const [name, metric] of Object.entries(expected.metrics)) {
      const timeline = timelines.find(({ measure }) => measure === name);
      assert.ok(timeline, name);
      assertSame(timeline.lower, metric.lower, `${name} lower`);
      assertSame(timeline.upper, metric.upper, `${name} upper`);
      assert.deepEqual(
        timeline.chunks.map(({ label }) => label),
        expected.keys,
      );
      for (const [i, chunk] of timeline.chunks.entries()) {
        assertSame(chunk.value, metric.value[i], `${name} ${i}`);
        assertSame(chunk.realised, metric.realized[i], `${name} ${i} realised`);
        assertSame(chunk.low, metric.lower_confidence_boundary[i], `${name} ${i} low`);
        assertSame(chunk.high, metric.upper_confidence_boundary[i], `${name} ${i} high`);
        assert.equal(chunk.alarm, metric.alerts[i], `${name} ${i} alarm`);
      }
    }
  });

test("cbpe refuses an unknown metric, a reference without labels, and a business value without its matrix", () => {
  const rows = titanicRows();
  const refused = (work: () => unknown, message: RegExp): void => {
    assert.throws(
      work,
      (error) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        message.test(error.message),
    );
  };
  refused(
    () => cbpe(rows, rows, ["auc" as "f1"]),
    /^unknown metric: auc; expected one of roc_auc, average_precision, f1/u,
  );
  refused(
    () => cbpe({ ...rows, yTrue: null }, rows, ["f1"]),
    /requires reference rows with labels and scores; got none$/u,
  );
  refused(
    () => cbpe(rows, rows, ["business_value"]),
    /requires businessValue as 2 rows of 2 finite numbers .* got none$/u,
  );
});

test("cbpe leaves rows out that miss a score or a prediction, and has no realised performance without labels", () => {
  const rows = titanicRows();
  const current = partOf(rows, 891, rows.yPred.length);
  const [scores] = current.yScore;
  assert.ok(scores);
  const gaps = {
    ...current,
    yTrue: null,
    yScore: [scores.map((score, i) => (i % 5 === 0 ? NaN : score))],
    yPred: current.yPred.map((code, i) => (i % 7 === 0 ? -1 : code)),
  };
  const kept = [...current.yPred.keys()].filter((i) => i % 5 !== 0 && i % 7 !== 0);
  const dense = {
    ...current,
    yTrue: null,
    yScore: [Float64Array.from(kept, (i) => Number(scores[i]))],
    yPred: Int32Array.from(kept, (i) => Number(current.yPred[i])),
  };
  const estimate = (given: ClassifierRows) =>
    cbpe(partOf(rows, 0, 891), given, ["f1", "accuracy"]).estimate("current", {
      label: "all",
      start: 0,
      end: given.yPred.length,
      from: null,
      to: null,
    });
  assert.deepEqual(
    estimate(gaps).map(({ value, low, realised }) => ({ value, low, realised })),
    estimate(dense).map(({ value, low, realised }) => ({ value, low, realised })),
  );
  assert.equal(estimate(gaps)[0]?.realised, null);
});

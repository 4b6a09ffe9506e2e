import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AssayerError } from "../../../kernel-lib/errors";
import {
  chunkingOf,
  chunksOf,
  type Chunking,
  type Period,
} from "../../../kernel-lib/drift/timeline/chunks";
import { thresholdBand } from "../../../kernel-lib/drift/timeline/threshold";
import { assertSame, golden, nannyml, readFlights, type Flights } from "../nannyml-golden";

let flights: Flights;
before(async () => {
  flights = await readFlights();
});

test(`chunks by size and count hold the rows of ${nannyml}, whatever becomes of the rest`, () => {
  for (const { by, rows, chunks, incomplete, cut } of golden.chunks) {
    const chunking: Chunking =
      by === "size" ? { by, rows, incomplete } : { by, chunks, incomplete };
    assert.deepEqual(
      chunksOf(101, chunking).map(({ start, end }) => [start, end]),
      cut,
      JSON.stringify(chunking),
    );
  }
});

test(`chunks by period hold the rows of ${nannyml} PeriodBasedChunker, from its start times`, () => {
  for (const [period, { chunks, shown }] of Object.entries(golden.periods)) {
    const own = chunksOf(
      60000,
      { by: "period", column: "date", period: period as Period },
      flights.date,
    );
    assert.equal(own.length, chunks, period);
    const compared = own.length < 50 ? own : [...own.slice(0, 5), ...own.slice(-5)];
    assert.deepEqual(
      compared.map(({ label, start, end, from }) => [label, start, end, from]),
      shown,
    );
    assert.ok(own.every((chunk, i) => (chunk.to ?? 0) < (own[i + 1]?.from ?? Infinity)));
  }
});

test("rows without a time are in no period, and rows of before 1970 are in theirs", () => {
  const times = Float64Array.of(Date.UTC(1969, 11, 31, 23), Date.UTC(1970, 0, 1), NaN);
  assert.deepEqual(
    chunksOf(3, { by: "period", column: "at", period: "week" }, times).map(
      ({ label, start, end }) => [label, start, end],
    ),
    [["1969-12-29/1970-01-04", 0, 2]],
  );
  assert.deepEqual(
    chunksOf(3, { by: "period", column: "at", period: "hour" }, times).map(({ label }) => label),
    ["1969-12-31 23:00", "1970-01-01 00:00"],
  );
});

test("both sides can be cut in their own way, one of them not at all", () => {
  const weekly: Chunking = { by: "period", column: "date", period: "week" };
  assert.deepEqual(chunkingOf(undefined, "current"), { by: "count", chunks: 10 });
  assert.equal(chunkingOf(weekly, "current"), weekly);
  assert.equal(chunkingOf({ reference: weekly, current: "whole" }, "reference"), weekly);
  assert.equal(chunksOf(7, chunkingOf({ current: "whole" }, "current")).length, 1);
});

test("fewer rows than chunks are a chunk each; no rows are none", () => {
  assert.deepEqual(
    chunksOf(3, { by: "count", chunks: 10 }).map(({ label }) => label),
    ["0:0", "1:1", "2:2"],
  );
  assert.deepEqual(chunksOf(0, { by: "count", chunks: 10 }), []);
});

test("chunksOf refuses sizes that are none, and unknown periods", () => {
  const refused = (chunking: Chunking, message: string): void => {
    assert.throws(
      () => chunksOf(10, chunking),
      (error) =>
        error instanceof AssayerError &&
        error.code === "invalid-argument" &&
        error.message === message,
    );
  };
  refused({ by: "size", rows: 0 }, "chunksOf requires a whole number of rows, 1 or more; got 0");
  refused(
    { by: "count", chunks: 2.5 },
    "chunksOf requires a whole number of chunks, 1 or more; got 2.5",
  );
  refused(
    { by: "period", column: "date", period: "minute" as Period },
    "unknown period: minute; expected one of hour, day, week, month, quarter, year",
  );
});

test("a band is mean ± 3 standard deviations of the population within the measure's range, or constant", () => {
  const values = [0.9, 0.8, NaN, 0.7];
  const deviation = Math.sqrt(0.02 / 3);
  const band = thresholdBand(values, { kind: "standard-deviation" }, { lower: 0, upper: 1 });
  assertSame(band.lower, 0.8 - 3 * deviation, "lower", 1e-12);
  assert.equal(band.upper, 1);
  assert.deepEqual(thresholdBand(values, { kind: "constant", upper: 0.5 }), {
    lower: null,
    upper: 0.5,
  });
  assert.deepEqual(thresholdBand([], { kind: "standard-deviation" }), { lower: null, upper: null });
  assert.throws(
    () => thresholdBand(values, { kind: "constant", lower: 1, upper: 1 }),
    (error) =>
      error instanceof AssayerError &&
      error.message === "thresholdBand requires a lower bound below the upper one; got 1 and 1",
  );
  assert.throws(
    () => thresholdBand(values, { kind: "standard-deviation", above: -1 }),
    (error) =>
      error instanceof AssayerError &&
      error.message === "thresholdBand requires a multiple of at least 0; got -1",
  );
});

test("a time of the first century is in its own month, quarter and year", () => {
  const times = Float64Array.of(Date.parse("0001-02-03"), Date.parse("1901-02-03"));
  for (const [period, labels] of [
    ["month", ["0001-02", "1901-02"]],
    ["quarter", ["0001Q1", "1901Q1"]],
    ["year", ["0001", "1901"]],
  ] as const)
    assert.deepEqual(
      chunksOf(2, { by: "period", column: "at", period }, times).map(({ label }) => label),
      labels,
    );
});

test("a chunking that is no object is refused by what it is", () => {
  assert.throws(
    () => chunkingOf("week" as never, "current"),
    (error) =>
      error instanceof AssayerError &&
      error.code === "invalid-argument" &&
      error.message ===
        'chunking requires an object, such as { by: "count", chunks: 10 }; got week',
  );
});

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { chunksOf, type Chunk, type Chunking } from "../../../kernel-lib/drift/timeline/chunks";
import { AssayerError } from "../../../kernel-lib/errors";
import { timelineOf, type TimelineColumn } from "../../../kernel-lib/drift/timeline/timeline-of";
import { assertSame, golden, nannyml, readFlights, type Flights } from "../nannyml-golden";

let flights: Flights;
before(async () => {
  flights = await readFlights();
});

const chunkings: Record<string, Chunking> = {
  weeks: { by: "period", column: "date", period: "week" },
  months: { by: "period", column: "date", period: "month" },
  count: { by: "count", chunks: 10 },
  size: { by: "size", rows: 3000 },
  small: { by: "count", chunks: 7 },
  titanic: { by: "size", rows: 200 },
};

/** The columns that test/parity/nannyml.py compares. */
function flightsColumn(name: string): TimelineColumn {
  const { delay, distance, origin, destination } = flights;
  switch (name) {
    case "distance":
      return { kind: "number", values: distance };
    case "patchy":
      return {
        kind: "number",
        values: delay.map((value, i) => (i % 3 === 0 || i < 15000 ? value : NaN)),
      };
    case "constant":
      return { kind: "number", values: delay.map(() => 7) };
    case "alone":
      return { kind: "category", codes: new Int32Array(delay.length), categories: ["only"] };
    case "origin":
      return { kind: "category", ...origin };
    case "destination":
      return { kind: "category", ...destination };
    default:
      return { kind: "number", values: delay };
  }
}

const people = golden.titanic;

function coded(values: readonly string[]): TimelineColumn {
  const categories = [...new Set(values)].filter((value) => value !== "-");
  return {
    kind: "category",
    codes: Int32Array.from(values, (value) => categories.indexOf(value)),
    categories,
  };
}

const titanicColumns: Record<string, TimelineColumn> = {
  Age: { kind: "number", values: Float64Array.from(people.age, (value) => value ?? NaN) },
  Fare: { kind: "number", values: Float64Array.from(people.fare, (value) => value ?? NaN) },
  Pclass: { kind: "number", values: Float64Array.from(people.class) },
  Sex: coded(Array.from(people.sex)),
  Embarked: coded(Array.from(people.embarked)),
};

function part(column: TimelineColumn, [start, end]: readonly [number, number]): TimelineColumn {
  return column.kind === "number"
    ? { kind: "number", values: column.values.subarray(start, end) }
    : { ...column, codes: column.codes.subarray(start, end) };
}

for (const each of [...golden.drift, golden.titanicDrift])
  test(`timelines equal ${nannyml} UnivariateDriftCalculator within 1e-9, with the same alarms: ${each.name}`, () => {
    const chunking = chunkings[each.name];
    assert.ok(chunking);
    const cut = ([start, end]: readonly [number, number]): Chunk[] =>
      chunksOf(
        end - start,
        chunking,
        chunking.by === "period" ? flights.date.subarray(start, end) : undefined,
      );
    for (const [feature, methods] of Object.entries(each.features)) {
      const column = each.name === "titanic" ? titanicColumns[feature] : flightsColumn(feature);
      assert.ok(column);
      for (const [method, expected] of Object.entries(methods)) {
        const timeline = timelineOf(
          { column: part(column, each.reference), chunks: cut(each.reference) },
          { column: part(column, each.current), chunks: cut(each.current) },
          { method },
        );
        const what = `${feature} ${method}`;
        assert.deepEqual(
          timeline.chunks.map(({ label }) => label),
          each.keys,
        );
        assert.equal(
          timeline.chunks.filter(({ side }) => side === "reference").length,
          each.referenceChunks,
        );
        for (const [i, { value }] of timeline.chunks.entries())
          assertSame(value, expected.values[i], `${what} ${i}`);
        assertSame(timeline.upper, expected.upper, `${what} upper`);
        assert.equal(timeline.lower, null);
        assert.deepEqual(
          timeline.chunks.map(({ alarm }) => alarm),
          expected.alerts,
          what,
        );
      }
    }
  });

test("a constant bound, and both sides as they are: numbers against categories are refused", () => {
  const column: TimelineColumn = { kind: "number", values: flights.delay.subarray(0, 1000) };
  const side = { column, chunks: chunksOf(1000, { by: "count", chunks: 4 }) };
  const timeline = timelineOf(side, side, { threshold: { kind: "constant", upper: 0.1 } });
  assert.equal(timeline.upper, 0.1);
  assert.deepEqual(
    timeline.chunks.map(({ alarm }) => alarm),
    timeline.chunks.map(({ value }) => Number(value) > 0.1),
  );
  assert.throws(
    () => timelineOf(side, { ...side, column: flightsColumn("origin") }),
    (error) =>
      error instanceof AssayerError &&
      error.code === "invalid-argument" &&
      error.message ===
        "timelineOf requires both sides as numbers or as categories; got number and category",
  );
});

test("exact distances differ from those by bins by less than the width of a bin", () => {
  const half = golden.half;
  const column = flightsColumn("delay");
  const sides = [
    { column: part(column, [0, half]), chunks: chunksOf(half, { by: "count", chunks: 5 }) },
    {
      column: part(column, [half, 60_000]),
      chunks: chunksOf(60_000 - half, { by: "count", chunks: 5 }),
    },
  ] as const;
  const delays = flights.delay.subarray(0, half);
  const width = (Math.max(...delays) - Math.min(...delays)) / 10_000;
  const binned = timelineOf(...sides, { method: "wasserstein" });
  const exact = timelineOf(...sides, { method: "wasserstein", exact: true });
  for (const [i, { value }] of exact.chunks.entries())
    assertSame(value, binned.chunks[i]?.value, `chunk ${i}`, width);
  assert.notDeepEqual(exact, binned);
});

test("infinite values count as missing, and a chunk without a value has none and no alarm", () => {
  const values = Float64Array.of(1, 2, 3, 4, 5, 6, Infinity, -Infinity, NaN, 2, 3, 4);
  const chunks = chunksOf(12, { by: "size", rows: 3 });
  const { chunks: found } = timelineOf(
    { column: { kind: "number", values }, chunks },
    { column: { kind: "number", values }, chunks },
  );
  assert.deepEqual([found[2]?.value, found[6]?.value], [null, null]);
  assert.ok(found.every(({ value, alarm }) => value !== null || !alarm));
  assert.ok(found.every(({ value }, i) => i % 4 === 2 || Number.isFinite(value)));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../kernel-lib/errors";
import { driftReport } from "../../kernel-lib/monitor/drift-report";
import { driftTimeline } from "../../kernel-lib/monitor/drift-timeline";
import { flightsPath } from "../drift/flights";
import { assertSame, golden, nannyml } from "../drift/nannyml-golden";

const winter = { sql: `from '${flightsPath}' where date < '2001-03-01'` };
const spring = { sql: `from '${flightsPath}' where date >= '2001-03-01'` };
const byWeek = { by: "period", column: "date", period: "week" } as const;

test(`driftTimeline of flights by week has the values and alarms of ${nannyml}, read from Parquet by SQL`, async () => {
  const timelines = await driftTimeline(winter, spring, { chunking: byWeek });
  assert.deepEqual(Object.keys(timelines), ["delay", "distance", "origin", "destination"]);
  const expected = golden.drift[0];
  assert.ok(expected);
  for (const [feature, { chunks, upper }] of Object.entries(timelines)) {
    const own: { values: (number | null)[]; upper: number | null; alerts: boolean[] } | undefined =
      expected.features[feature]?.jensen_shannon;
    assert.ok(own);
    assert.deepEqual(
      chunks.map(({ label }) => label),
      expected.keys,
    );
    for (const [i, chunk] of chunks.entries())
      assertSame(chunk.value, own.values[i], `${feature} ${i}`);
    assert.deepEqual(
      chunks.map(({ alarm }) => alarm),
      own.alerts,
    );
    assertSame(upper, own.upper, `${feature} upper`);
  }
});

test("driftTimeline cuts both sides in their own way, orders rows by time, and tells of progress", async () => {
  const shuffled = { sql: `from '${flightsPath}' where date >= '2001-03-01' order by hash(date)` };
  const messages: string[] = [];
  const options = {
    features: ["delay"],
    method: "wasserstein",
    exact: true,
    chunking: { reference: { by: "size", rows: 2000 }, current: byWeek },
  } as const;
  const { delay } = await driftTimeline(winter, shuffled, {
    ...options,
    onProgress: (message, fraction) => messages.push(`${message} ${fraction}`),
  });
  const ordered = await driftTimeline(winter, spring, options);
  // Moving mass past itself costs what it costs, in whatever order: sums of floats differ in their last digits alone.
  for (const [i, chunk] of ordered.delay?.chunks.entries() ?? [])
    assertSame(delay?.chunks[i]?.value, chunk.value, `chunk ${i}`, 1e-12);
  assert.equal(delay?.chunks.filter(({ side }) => side === "reference").length, 10);
  assert.deepEqual(messages, ["timeline of delay 0", "timelines done 1"]);
});

test("driftTimeline reads columns of different types as categories, and has no value where nothing is present", async () => {
  const reference = { code: [1, 2, 1, 2], empty: [null, null, null, null] };
  const current = { code: ["1", "2", "3", "3"], empty: [1.5, 2.5, null, 1.5] };
  const { code, empty } = await driftTimeline(reference, current, {
    chunking: { current: "whole", reference: { by: "size", rows: 2 } },
  });
  assert.deepEqual(
    code?.chunks.map(({ value }) => Number(value?.toFixed(3))),
    [0, 0, 0.558],
  );
  assert.equal(code.chunks.at(-1)?.alarm, true);
  assert.deepEqual(
    empty?.chunks.map(({ value, alarm }) => [value, alarm]),
    [
      [null, false],
      [null, false],
      [null, false],
    ],
  );
});

test("driftTimeline refuses unknown features, methods and times, and stops when told to", async () => {
  const refused = async (
    options: Parameters<typeof driftTimeline>[2],
    message: RegExp,
    code = "invalid-argument",
  ) => {
    await assert.rejects(
      driftTimeline(winter, spring, options),
      (error) =>
        error instanceof AssayerError && error.code === code && message.test(error.message),
    );
  };
  await refused(
    { features: ["speed"] },
    /^driftTimeline requires features that both sides hold .*; got speed$/u,
  );
  await refused(
    { method: "psi" },
    /^unknown method: psi; expected one of jensen_shannon, kolmogorov_smirnov, /u,
  );
  await refused(
    { chunking: { by: "period", column: "delay", period: "day" } },
    /^chunking by period requires a column of times; got delay, of type number$/u,
  );
  await refused(
    { chunking: { by: "period", column: "when", period: "day" } },
    /^chunking by period requires a column of times; got when, which is not there$/u,
  );
  await refused({ signal: AbortSignal.abort() }, /a signal to stop$/u, "aborted");
});

test("driftReport over time has the timelines of driftTimeline, for features of numbers and categories", async () => {
  const report = await driftReport(winter, spring, { overTime: byWeek });
  const timelines = await driftTimeline(winter, spring, { chunking: byWeek });
  assert.deepEqual(
    Object.fromEntries(report.features.map(({ feature, timeline }) => [feature, timeline])),
    { ...timelines, date: null },
  );
  const [feature] = (await driftReport(winter, spring, { features: ["delay"] })).features;
  assert.equal(feature?.timeline, null);
});

test("a report over time tells of rows without a time, and looks at a column called constructor", async () => {
  const day = 86_400_000;
  const values = Array.from({ length: 100 }, (_, i) => (i * 7) % 31);
  const dates = values.map((_, i) => new Date(i * day));
  const report = await driftReport(
    { constructor: values, date: dates },
    { constructor: values, date: dates.map((date, i) => (i % 4 === 0 ? null : date)) },
    { overTime: { by: "period", column: "date", period: "month" } },
  );
  assert.deepEqual(report.warnings, ["25 of 100 current rows have no time, and are in no chunk"]);
  const found = report.features.find(({ feature }) => feature === "constructor");
  assert.equal(found?.timeline?.chunks.length, 8);
  const without = await driftReport({ constructor: values }, { constructor: values });
  assert.equal(without.features[0]?.timeline, null);
});

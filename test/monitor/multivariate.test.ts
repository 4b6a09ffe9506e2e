import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayerError } from "../../kernel-lib/errors";
import { domainClassifier, reconstructionError } from "../../kernel-lib/monitor/multivariate";
import { flightFeatures, flightsSql, golden } from "../drift/multivariate-data";

const nannyml = `NannyML ${golden.versions.nannyml ?? ""}`;
const reference = { sql: flightsSql("reference", true) };
const current = { sql: flightsSql("current", true) };

function assertClose(actual: number | null, expected: number | null, tolerance: number): void {
  if (expected === null) assert.equal(actual, null);
  else
    assert.ok(
      Math.abs((actual ?? NaN) - expected) <= tolerance * Math.max(Math.abs(expected), 1),
      `${actual} is not ${expected}`,
    );
}

test(`reconstructionError of flights equals ${nannyml} within 1e-9: values, bounds, band and alarms`, async () => {
  const expected = golden.reconstruction.find(
    ({ data, share }) => data === "flights with holes" && share === 0.65,
  )?.chunks;
  const { timeline, drift, warnings } = await reconstructionError(reference, current, {
    features: flightFeatures,
  });
  assert.equal(timeline.chunks.length, expected?.length);
  for (const [i, chunk] of timeline.chunks.entries()) {
    const theirs = expected?.[i];
    assert.ok(theirs);
    assert.equal(chunk.side, theirs.period === "analysis" ? "current" : "reference");
    assert.deepEqual([chunk.start, chunk.end], [theirs.start, theirs.end]);
    assertClose(chunk.value, theirs.value, 1e-9);
    assertClose(chunk.low, theirs.lower_confidence_boundary, 1e-9);
    assertClose(chunk.high, theirs.upper_confidence_boundary, 1e-9);
    assertClose(timeline.lower, theirs.lower_threshold, 1e-9);
    assertClose(timeline.upper, theirs.upper_threshold, 1e-9);
    assert.equal(chunk.alarm, theirs.alert);
  }
  assert.equal(drift.method, "pca-reconstruction-error");
  assert.deepEqual([drift.lower, drift.upper], [timeline.lower, timeline.upper]);
  const ofCurrent = timeline.chunks.filter(({ side }) => side === "current");
  const rows = ofCurrent.reduce((sum, { start, end }) => sum + end - start, 0);
  const sum = ofCurrent.reduce(
    (all, { start, end, value }) => all + (end - start) * (value ?? 0),
    0,
  );
  assertClose(drift.value, sum / rows, 1e-12);
  assert.deepEqual(warnings, []);
});

test(`domainClassifier of flights is within 0.02 of ${nannyml}, with its alarms`, async () => {
  const expected = golden.classifier.find(({ data }) => data === "flights with holes")?.chunks;
  const { timeline, drift } = await domainClassifier(reference, current, {
    features: flightFeatures,
    chunking: { by: "count", chunks: 3 },
  });
  assert.equal(timeline.chunks.length, expected?.length);
  for (const [i, { value, alarm, start, end }] of timeline.chunks.entries()) {
    const theirs = expected?.[i];
    assert.ok(theirs);
    if (end - start < 5) {
      assert.deepEqual([value, alarm], [null, false]);
      continue;
    }
    assertClose(value, theirs.value, 0.02);
    assert.equal(alarm, theirs.alert, String(start));
  }
  assert.deepEqual([drift.lower, drift.upper, drift.alarm], [0.45, 0.65, false]);
});

/** Two numbers that go together, or that do not though each alone is as ever. */
function pair(rows: number, together: boolean, from = 0) {
  const a = Float64Array.from({ length: rows }, (_, i) => Math.sin((i + from) ** 2));
  const b = a.map((value, i) => (together ? value : -value) + 0.1 * Math.cos(7 * i));
  return { a, b, note: Array.from({ length: rows }, (_, i) => `note ${i}`) };
}

test("both see features that no longer go together, say which text they leave out, and thin where asked", async () => {
  const [usual, turned] = [pair(2000, true), pair(1000, false)];
  const told = ["note is left out: most of its values are distinct"];
  const error = await reconstructionError(usual, turned);
  assert.equal(error.drift.alarm, true);
  assert.deepEqual(error.warnings, told);
  assert.ok(error.timeline.chunks.every(({ side, alarm }) => alarm === (side === "current")));
  const whole = { chunking: { by: "count", chunks: 1 } as const, maxRows: 500 };
  const classifier = await domainClassifier(usual, turned, whole);
  assert.equal(classifier.drift.alarm, true);
  assert.ok(classifier.drift.value > 0.9);
  assert.deepEqual(classifier.warnings, [...told, "at most 500 rows of a side are compared"]);
  // All of the reference against none of it has no answer.
  assert.deepEqual(
    classifier.timeline.chunks.map(({ value }) => value),
    [null, classifier.drift.value],
  );
  const same = await domainClassifier(usual, pair(1000, true, 2000), whole);
  assert.equal(same.drift.alarm, false);
});

test("what cannot be compared is named, and work stops when it is told to", async () => {
  const rows = pair(100, true);
  const refused = (work: Promise<unknown>, message: string) =>
    assert.rejects(work, new AssayerError("invalid-argument", message));
  await refused(
    reconstructionError(rows, rows, { features: ["c"] }),
    "reconstructionError requires features that both sides hold as numbers, text, booleans or times; got c",
  );
  await refused(
    domainClassifier({ a: rows.a }, { b: rows.b }),
    "domainClassifier requires features that both sides have; got none",
  );
  await refused(
    domainClassifier(rows, rows, { folds: 1 }),
    "domainClassifier requires 2 or more folds, and as many rows; got 1 and 100000",
  );
  await assert.rejects(
    reconstructionError({ a: [1, 1, 1] }, { a: [1, 2, 3] }),
    new AssayerError(
      "empty-sample",
      "fitReconstruction requires a feature that varies; got none of 1",
    ),
  );
  const stop = new AbortController();
  const messages: string[] = [];
  await assert.rejects(
    domainClassifier(rows, rows, {
      signal: stop.signal,
      onProgress: (message, fraction) => {
        assert.ok(fraction >= 0 && fraction <= 1);
        messages.push(message);
        if (messages.filter((each) => each === "telling rows apart").length === 3) stop.abort();
      },
    }),
    { code: "aborted" },
  );
  assert.equal(messages.at(-1), "telling rows apart");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextPeriod, type Period } from "../../../kernel-lib/drift/timeline/chunks";
import type { TimelineChunk } from "../../../kernel-lib/drift/timeline";
import { timelineHint } from "../../../kernel-lib/drift/timeline/timeline-hint";
import { driftTimeline } from "../../../kernel-lib/monitor/drift-timeline";
import { autocorrelation } from "../../../kernel-lib/stats/autocorrelation";
import { mannKendall } from "../../../kernel-lib/stats/mann-kendall";
import { seededRandom } from "../../../kernel-lib/stats/seeded-random";
import { flightsPath } from "../flights";
import { assertSame, golden } from "../nannyml-golden";

const { scipy, statsmodels } = golden.versions;

for (const { name, values, pValue, autocorrelations } of golden.kendall)
  test(`mannKendall equals scipy ${scipy} kendalltau(asymptotic), autocorrelation statsmodels ${statsmodels} acf, within 1e-9: ${name}`, () => {
    assertSame(mannKendall(values).pValue, pValue, "p-value");
    for (const [lag, expected] of autocorrelations.entries())
      assertSame(autocorrelation(values, lag), expected, `lag ${lag}`);
  });

test("mannKendall has no trend to tell of equal values, or of one", () => {
  assert.deepEqual(mannKendall([3, 3, 3]), { statistic: 0, pValue: 1 });
  assert.deepEqual(mannKendall([3]), { statistic: 0, pValue: 1 });
  assert.equal(mannKendall([3, 2, 1]).statistic, -3);
});

/** Current chunks of periods, one after the other. */
function chunksOfValues(
  values: readonly (number | null)[],
  period: Period = "day",
): TimelineChunk[] {
  let next = Date.UTC(2001, 0, 1);
  return values.map((value, i) => {
    const from = next;
    next = nextPeriod(from, period);
    const nothing = { low: null, high: null, realised: null, alarm: false };
    return {
      label: `${i}`,
      start: i,
      end: i + 1,
      from,
      to: next - 1,
      side: "current",
      value,
      ...nothing,
    };
  });
}

test("a hint says how values go and come again, and nothing of too few of them", () => {
  const rising = Array.from({ length: 10 }, (_, i) => i + (i % 2));
  assert.equal(
    timelineHint(chunksOfValues(rising)),
    "Rises over the 10 current chunks (Mann–Kendall, p < 0.001).",
  );
  assert.equal(
    timelineHint(chunksOfValues(rising.map((value) => -value))),
    "Falls over the 10 current chunks (Mann–Kendall, p < 0.001).",
  );
  assert.equal(timelineHint(chunksOfValues(rising.slice(0, 7))), null);
  const asReference = chunksOfValues(rising).map((chunk): TimelineChunk => ({
    ...chunk,
    side: "reference",
  }));
  assert.equal(timelineHint(asReference), null);
});

test("a season is told of periods without a gap alone", () => {
  const weekly = Array.from({ length: 28 }, (_, i) => (i % 7 < 5 ? 1 : 3) + (i % 3) / 10);
  const chunks = chunksOfValues(weekly);
  assert.match(
    timelineHint(chunks, "day") ?? "",
    /^Comes again every week \(autocorrelation 0\.\d\d\)\.$/u,
  );
  assert.equal(
    timelineHint(
      chunks.filter((_, i) => i !== 10),
      "day",
    ),
    null,
  );
  assert.equal(timelineHint(chunks), null);
  assert.equal(timelineHint(chunks.slice(0, 20), "day"), null);
});

test("chance alone is a hint in at most 2 of 100 timelines", () => {
  const random = seededRandom(4);
  const hints = Array.from({ length: 2000 }, () =>
    timelineHint(chunksOfValues(Array.from({ length: 60 }, random)), "day"),
  ).filter((hint) => hint !== null);
  assert.ok(hints.length > 0 && hints.length <= 40, `${hints.length} of 2000`);
});

test("the hours at which flights leave come again every week; their delays and distances do not", async () => {
  const flights = (when: string) => ({
    sql: `select date, delay, distance, hour(date) as hour from '${flightsPath}' where date ${when} '2001-03-01'`,
  });
  const timelines = await driftTimeline(flights("<"), flights(">="), {
    chunking: { by: "period", column: "date", period: "day" },
    method: "wasserstein",
  });
  assert.match(
    timelines.hour?.hint ?? "",
    /^Comes again every week \(autocorrelation 0\.7\d\)\.$/u,
  );
  assert.equal(timelines.delay?.hint, null);
  assert.equal(timelines.distance?.hint, null);
});

import { meanOfSide, metricChangeOf } from "./metric-change";
import type { PerformanceReport } from "../performance-report";
import { outside } from "../timeline/threshold";
import type { DriftTimeline, TimelineChunk } from "../timeline";

/** What a report tells, but for its verdict and summary. */
export type PerformanceParts = Omit<
  PerformanceReport,
  "kind" | "format" | "verdict" | "summary" | "createdAt"
> & { now: Date };

/** Chunks of fewer rows are drawn and decide nothing: by their own variance they are often surer than they can be. */
const fewestRows = 30;

/** With fewer, mean ± 3 standard deviations is hardly a band; NannyML warns there too. */
const fewestReferenceChunks = 6;

/**
 * Makes a report of timelines.
 *
 * Verdict: `alarm` if a metric of a current chunk is out of its band on the worse side: as it turned out where labels
 * came, as estimated otherwise; and by more than the sampling error of so few rows explains. `watch` if only an estimate
 * is so whose labels say otherwise, or on the better side. `undecided` without a chunk of 30 rows, or a band. Counts and totals, which go with the rows of a chunk, are drawn and do not decide.
 */
export function assemblePerformance({ now, ...parts }: PerformanceParts): PerformanceReport {
  const judged = parts.metrics.filter(({ measure }) => !isCount(measure));
  const timelines = judged.length > 0 ? judged : parts.metrics;
  const isWorse = (chunk: TimelineChunk, { lower, upper }: DriftTimeline): boolean =>
    outside(
      chunk.realised ?? chunk.value ?? NaN,
      parts.method === "dle" ? { lower: null, upper } : { lower, upper: null },
    );
  const worse = (chunk: TimelineChunk, timeline: DriftTimeline): boolean =>
    isWorse(chunk, timeline) && isClear(chunk, timeline);
  const anyOf = (test: (chunk: TimelineChunk, timeline: DriftTimeline) => boolean): boolean =>
    timelines.some((timeline) => currentOf(timeline).some((chunk) => test(chunk, timeline)));
  const verdict = !anyOf(
    ({ value, realised }, { lower, upper }) =>
      (value !== null || realised !== null) && (lower !== null || upper !== null),
  )
    ? "undecided"
    : anyOf(worse)
      ? "alarm"
      : anyOf((chunk, timeline) => chunk.alarm && isClear({ ...chunk, realised: null }, timeline))
        ? "watch"
        : "stable";
  const warnings = [...parts.warnings];
  const [first] = parts.metrics;
  const referenceChunks = first?.chunks.filter(({ side }) => side === "reference").length ?? 0;
  if (referenceChunks < fewestReferenceChunks)
    warnings.push(
      `bands come from ${referenceChunks} reference ${referenceChunks === 1 ? "chunk" : "chunks"}; ${fewestReferenceChunks} or more tell better what is usual`,
    );
  const report: PerformanceReport = {
    kind: "performance",
    format: 1,
    createdAt: now.toISOString(),
    ...parts,
    warnings,
    verdict,
    summary: "",
  };
  const shown = timelines.find((each) => currentOf(each).some((chunk) => worse(chunk, each)));
  return { ...report, summary: summaryOf(report, shown ?? timelines[0], worse) };
}

/** Whether a chunk is farther from what is usual than its sampling error. */
function isClear({ value, realised, low, high }: TimelineChunk, timeline: DriftTimeline): boolean {
  const usual =
    meanOfSide(timeline, "reference", "realised") ?? meanOfSide(timeline, "reference", "value");
  // A bound may be cut off at the end of the metric's range; the other one is not.
  const error =
    value === null || low === null || high === null ? 0 : Math.max(high - value, value - low);
  return usual === null || Math.abs((realised ?? value ?? NaN) - usual) > error;
}

/** Cells of a confusion matrix and business value. */
function isCount(measure: string): boolean {
  return /^(true|false)_|^business_value$/u.test(measure);
}

function currentOf({ chunks }: DriftTimeline): TimelineChunk[] {
  return chunks.filter(({ side, start, end }) => side === "current" && end - start >= fewestRows);
}

function summaryOf(
  report: PerformanceReport,
  timeline: DriftTimeline | undefined,
  worse: (chunk: TimelineChunk, timeline: DriftTimeline) => boolean,
): string {
  const change = timeline && metricChangeOf(report, timeline.measure);
  if (!timeline || !change)
    return "The performance cannot be told: too few rows of a chunk have what it needs.";
  const current = currentOf(timeline);
  if (current.length === 0)
    return `The performance cannot be told: no chunk has ${fewestRows} rows or more.`;
  const [before, after] = [change.reference.toFixed(3), change.current.toFixed(3)];
  const realised = change.method === "realised";
  const move =
    before === after ? `stays at ${after}` : `goes from ${before} in the reference to ${after}`;
  const estimate = meanOfSide(timeline, "current", "value");
  const beside =
    realised && estimate !== null ? `, where ${estimate.toFixed(3)} was estimated` : "";
  const bad = current.filter((chunk) => worse(chunk, timeline)).length;
  const odd = current.filter(({ alarm }) => alarm).length;
  const found =
    timeline.lower === null && timeline.upper === null
      ? "there is no band to hold it against"
      : bad > 0
        ? `worse than its band in ${bad} of ${current.length} current chunks`
        : odd > 0
          ? `out of its band in ${odd} of ${current.length} current chunks, not clearly for the worse`
          : "within its band in all current chunks";
  return `${timeline.measure} ${realised ? "" : "is estimated: it "}${move}${beside}; ${found}.`;
}

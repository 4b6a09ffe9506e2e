import type { PerformanceReport } from "../performance-report";
import type { MetricChange } from "../report";
import type { DriftTimeline, TimelineChunk } from "../timeline";

/** Of the current rows so many must be in chunks with labels for the change to be told by them. */
const labelledShare = 0.9;

/**
 * How a metric changed from the reference to the current data: as it turned out where the current chunks have labels,
 * as it was estimated otherwise, on both sides alike. Chunks count by their rows.
 *
 * @param metric the report's first one by default
 * @returns null where a side has no value
 * @example metricChangeOf(report) // { metric: "roc_auc", reference: 0.74, current: 0.69, method: "cbpe" }
 */
export function metricChangeOf(report: PerformanceReport, metric?: string): MetricChange | null {
  const timeline = report.metrics.find(({ measure }) => metric === undefined || measure === metric);
  if (timeline === undefined) return null;
  const labelled = isLabelled(timeline);
  const key = labelled ? "realised" : "value";
  const reference = meanOfSide(timeline, "reference", key);
  const current = meanOfSide(timeline, "current", key);
  if (reference === null || current === null) return null;
  return {
    metric: timeline.measure,
    reference,
    current,
    method: labelled ? "realised" : report.method,
  };
}

/** A chunk of few rows may have no value of its own, whatever its labels. */
function isLabelled({ chunks }: DriftTimeline): boolean {
  let rows = 0;
  let labelled = 0;
  for (const { side, start, end, realised } of chunks) {
    if (side === "reference") continue;
    rows += end - start;
    if (realised !== null) labelled += end - start;
  }
  return labelled > 0 && labelled >= labelledShare * rows;
}

/** Mean over a side's chunks, by their rows; null without a value. */
export function meanOfSide(
  { chunks }: DriftTimeline,
  side: TimelineChunk["side"],
  key: "value" | "realised",
): number | null {
  let sum = 0;
  let rows = 0;
  for (const chunk of chunks) {
    const value = chunk[key];
    if (chunk.side !== side || value === null) continue;
    sum += value * (chunk.end - chunk.start);
    rows += chunk.end - chunk.start;
  }
  return rows === 0 ? null : sum / rows;
}

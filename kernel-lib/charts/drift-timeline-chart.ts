import type { DriftTimeline, TimelineChunk } from "../drift/timeline";
import { formatValue } from "./format-value";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface DriftTimelineChartOptions {
  /** Pixels of the plot; default 480. */
  width?: number;
  /** Pixels of the plot; default 160. */
  height?: number;
  /** Of the vertical axis; default the measure. */
  title?: string;
}

interface Point {
  x: number;
  label: string;
  value: number | null;
  low: number | null;
  high: number | null;
  realised: number | null;
  alarm: boolean;
  series: string;
  text: string;
  realisedText: string;
  rows: string;
}

/**
 * A measure chunk by chunk, the band outside of which it alarms shaded, alarms marked; for a metric that is estimated,
 * its sampling error as a band and what it turned out to be as a second line.
 *
 * @param timeline of a feature in a drift report, or of a metric in a performance report
 * @example driftTimelineChart(report.features[0].timeline)
 */
export function driftTimelineChart(
  timeline: DriftTimeline,
  options: DriftTimelineChartOptions = {},
): VegaLiteSpec {
  const { width = 480, height = 160 } = options;
  const { chunks, lower, upper } = timeline;
  const measure = titleOf(options.title ?? timeline.measure);
  const isEstimate = chunks.some(({ low, realised }) => low !== null || realised !== null);
  const series = isEstimate ? "estimated" : measure;
  const domain = [series, "alarm", "realised"];
  const times = timesOf(chunks);
  const points = chunks.map((chunk, i): Point => pointOf(chunk, times?.[i] ?? i + 1, series));
  const known = points.filter(({ value }) => value !== null);
  const alarms = known.filter(({ alarm }) => alarm);
  const calm = known.filter(({ alarm }) => !alarm);
  const banded = points.filter(({ low }) => low !== null);
  const realised = points.filter((point) => point.realised !== null);
  const told = tooltip(isEstimate, measure);
  const present = [
    series,
    ...(alarms.length > 0 ? ["alarm"] : []),
    ...(realised.length > 0 ? ["realised"] : []),
  ];
  const [from, to] = rangeOf(points, lower, upper);
  const boundary = boundaryOf(chunks, points);
  const limits = [
    ...(upper === null ? [] : [{ y: upper, text: `alarm above ${formatValue(upper)}`, dy: -6 }]),
    ...(lower === null ? [] : [{ y: lower, text: `alarm below ${formatValue(lower)}`, dy: 9 }]),
  ];
  const x = {
    field: "x",
    type: times ? "temporal" : "quantitative",
    title: times ? null : "chunk",
    axis: { grid: false, tickCount: 6, ...(times ? {} : { tickMinStep: 1, format: "d" }) },
    scale: {
      ...(times ? { type: "utc" } : { zero: false, domain: domainOf(points) }),
      nice: false,
      padding: 8,
    },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative",
    title: measure,
    axis: { tickCount: 4 },
    scale: { domain: [from, to], nice: false, zero: false },
  });
  const colour = (name: string) => ({
    datum: name,
    type: "nominal",
    scale: { domain },
    legend:
      present.length > 1 ? { orient: "top", title: null, values: present, symbolOpacity: 1 } : null,
  });
  return {
    $schema: vegaLiteSchema,
    description: `${measure} over ${chunks.length} chunks, ${alarms.length} of them in alarm`,
    width,
    height,
    data: { name: "chunks", values: points },
    layer: [
      ...(limits.length > 0
        ? [
            {
              data: { values: [{ low: lower ?? from, high: upper ?? to }] },
              mark: { type: "rect", fill: "gray", fillOpacity: 0.12, aria: false },
              encoding: { y: y("low"), y2: { field: "high" } },
            },
            {
              data: { values: limits },
              mark: { type: "rule", strokeDash: [4, 3], stroke: "gray", aria: false },
              encoding: { y: y("y") },
            },
          ]
        : []),
      ...limits.map(({ dy, ...limit }) => ({
        data: { values: [limit] },
        mark: { type: "text", align: "left", fontSize: 10, dy, dx: 4, aria: false },
        encoding: { x: { value: 0 }, y: y("y"), text: { field: "text", type: "nominal" } },
      })),
      ...boundary.flatMap((place) => [
        {
          data: { values: [place] },
          mark: { type: "rule", stroke: "gray", aria: false },
          encoding: { x },
        },
        {
          data: { values: [{ ...place, text: "current →" }] },
          mark: { type: "text", align: "left", baseline: "top", dx: 4, dy: 1, fontSize: 10 },
          encoding: { x, y: { value: 0 }, text: { field: "text", type: "nominal" } },
        },
      ]),
      ...withRows(banded, (values) => ({
        data: { values },
        mark: { type: "area", opacity: 0.22, aria: false },
        encoding: { x, y: y("low"), y2: { field: "high" }, color: colour(series) },
      })),
      {
        mark: { type: "line", invalid: "break-paths-show-domains" },
        encoding: { x, y: y("value"), color: colour(series) },
      },
      ...withRows(realised, (values) => ({
        data: { values },
        mark: { type: "line", strokeDash: [5, 3], point: { size: 28 } },
        encoding: { x, y: y("realised"), color: colour("realised") },
      })),
      ...withRows(calm, (values) => ({
        data: { values },
        mark: { type: "point", filled: true, size: 30, opacity: 1 },
        encoding: { x, y: y("value"), color: colour(series), tooltip: told },
      })),
      ...withRows(alarms, (values) => ({
        data: { values },
        mark: { type: "point", filled: true, size: 90, shape: "triangle-up", opacity: 1 },
        encoding: { x, y: y("value"), color: colour("alarm"), tooltip: told },
      })),
    ],
  };
}

/** A layer whose data would be empty is left out: vega has no extent of it. */
function withRows(rows: readonly Point[], layer: (rows: readonly Point[]) => object): object[] {
  return rows.length === 0 ? [] : [layer(rows)];
}

function tooltip(isEstimate: boolean, measure: string): object[] {
  return [
    { field: "label", type: "nominal", title: "chunk" },
    { field: "rows", type: "nominal", title: "rows" },
    { field: "text", type: "nominal", title: isEstimate ? "estimated" : measure },
    ...(isEstimate ? [{ field: "realisedText", type: "nominal", title: "realised" }] : []),
  ];
}

function pointOf(chunk: TimelineChunk, x: number, series: string): Point {
  const { label, value, low, high, realised, alarm, start, end } = chunk;
  const band =
    low === null || high === null ? "" : ` (${formatValue(low)} to ${formatValue(high)})`;
  return {
    x,
    label: formatValue(label),
    value,
    low: high === null ? null : low,
    high,
    realised,
    alarm,
    series,
    text: `${value === null ? "too few rows" : formatValue(value)}${band}${alarm ? ", alarm" : ""}`,
    realisedText: realised === null ? "not known yet" : formatValue(realised),
    rows: (end - start).toLocaleString("en-US"),
  };
}

/** Middles of the chunks where all have times and none comes before the one before it; else null. */
function timesOf(chunks: readonly TimelineChunk[]): number[] | null {
  const middles = chunks.map(({ from, to }) =>
    from === null || to === null ? NaN : (from + to) / 2,
  );
  const rises = middles.every(
    (at, i) => !Number.isNaN(at) && (i === 0 || at >= (middles[i - 1] ?? 0)),
  );
  return rises && chunks.length > 0 ? middles : null;
}

/** What the horizontal axis spans. */
function domainOf(points: readonly Point[]): [number, number] {
  const [first, last] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 1];
  return first === last ? [first - 1, last + 1] : [first, last];
}

/** What the vertical axis spans: values, bands and limits, with some room. */
function rangeOf(
  points: readonly Point[],
  lower: number | null,
  upper: number | null,
): [number, number] {
  const all = [
    ...points.flatMap(({ value, low, high, realised }) => [value, low, high, realised]),
    lower,
    upper,
  ].filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (all.length === 0) return [0, 1];
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const room = high > low ? 0.12 * (high - low) : Math.abs(high) || 1;
  // A distance is never below 0.
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Where the current chunks begin, after reference ones. */
function boundaryOf(chunks: readonly TimelineChunk[], points: readonly Point[]): { x: number }[] {
  const first = chunks.findIndex(({ side }) => side === "current");
  const [before, after] = [points[first - 1]?.x, points[first]?.x];
  return before === undefined || after === undefined ? [] : [{ x: (before + after) / 2 }];
}

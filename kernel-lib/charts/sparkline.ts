import type { FeatureDistribution } from "../drift/report";
import type { DriftTimeline, TimelineChunk } from "../drift/timeline";
import { binHeights } from "./bin-heights";

export interface SparklineOptions {
  /** Default 96. */
  width?: number;
  /** Default 24. */
  height?: number;
}

/** A small picture of two sides, as the `d` of an SVG path each: lists of a thousand draw it without a chart library. */
export interface Sparkline {
  width: number;
  height: number;
  /** Areas to fill for a distribution, lines to stroke for a timeline. */
  style: "fill" | "stroke";
  reference: string;
  current: string;
}

const mostBars = 8;
const at = (value: number) => String(Number(value.toFixed(1)));

/**
 * Both sides of a distribution, or a timeline, as small as a line of text.
 *
 * @returns null where there is nothing to draw
 * @example sparkline(report.features[0].distribution)
 */
export function sparkline(
  shown: FeatureDistribution | DriftTimeline | null,
  options: SparklineOptions = {},
): Sparkline | null {
  const { width = 96, height = 24 } = options;
  const size = { width, height };
  if (shown === null) return null;
  if ("chunks" in shown) return timelineOf(shown, size);
  if (shown.kind === "bins") {
    const { reference, current } = binHeights(shown);
    const { edges } = shown;
    const span = (edges.at(-1) ?? NaN) - (edges[0] ?? NaN);
    const highest = Math.max(0, ...reference, ...current);
    if (!(span > 0) || highest === 0) return null;
    const x = (edge: number) => ((edge - (edges[0] ?? 0)) / span) * width;
    const path = (heights: readonly number[]) =>
      `M0 ${at(height)}${heights
        .map((each, i) => `V${at(height - (each / highest) * height)}H${at(x(edges[i + 1] ?? 0))}`)
        .join("")}V${at(height)}Z`;
    return { ...size, style: "fill", reference: path(reference), current: path(current) };
  }
  const shares = shown.categories.slice(0, mostBars);
  const highest = Math.max(0, ...shares.flatMap(({ reference, current }) => [reference, current]));
  if (highest === 0) return null;
  const slot = width / shares.length;
  const bars = (side: "reference" | "current", offset: number) =>
    shares
      .map((each, i) => {
        const top = height - (each[side] / highest) * height;
        return `M${at(i * slot + offset * slot)} ${at(height)}V${at(top)}h${at(0.4 * slot)}V${at(height)}Z`;
      })
      .join("");
  return {
    ...size,
    style: "fill",
    reference: bars("reference", 0.05),
    current: bars("current", 0.5),
  };
}

function timelineOf(
  { chunks, lower, upper }: DriftTimeline,
  { width, height }: Required<SparklineOptions>,
): Sparkline | null {
  const values = chunks.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return null;
  const known = [...values, ...(lower === null ? [] : [lower]), ...(upper === null ? [] : [upper])];
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const place = ({ value }: TimelineChunk, i: number) =>
    value === null
      ? null
      : `${at(((i + 0.5) / chunks.length) * width)} ${at(height - 1 - ((value - low) / span) * (height - 2))}`;
  const path = (side: TimelineChunk["side"]) => {
    let isDown = false;
    return chunks
      .map((chunk, i) => {
        const point = chunk.side === side ? place(chunk, i) : null;
        const step = point === null ? "" : `${isDown ? "L" : "M"}${point}`;
        isDown = point !== null;
        return step;
      })
      .join("");
  };
  return { width, height, style: "stroke", reference: path("reference"), current: path("current") };
}

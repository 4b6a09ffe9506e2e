import type { FeatureDistribution, FeatureDrift } from "../drift/report";
import { binHeights } from "./bin-heights";
import { formatValue } from "./format-value";
import { categoryText, momentText, percent, sides } from "./report-words";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface DistributionOverlayOptions {
  /** Pixels of the plot; default 480. */
  width?: number;
  /** Pixels of the plot of bins; default 180. Categories take what they need. */
  height?: number;
  /** Most categories drawn; default 12. */
  limit?: number;
  /** Position of a bin, or a category, to mark. */
  selected?: number | string;
}

const legend = { orient: "top", title: null, symbolOpacity: 1, symbolStrokeWidth: 0 } as const;
const colour = {
  field: "side",
  type: "nominal",
  scale: { domain: sides },
  legend,
};

/**
 * Both distributions of a feature over each other: numbers and times as stepped areas, categories as pairs of bars.
 * The data of what can be pointed at names its `bin` or `category`.
 *
 * @param feature of a drift report
 * @example distributionOverlay(report.features[0])
 */
export function distributionOverlay(
  feature: Pick<FeatureDrift, "feature" | "type" | "distribution">,
  options: DistributionOverlayOptions = {},
): VegaLiteSpec {
  const { distribution } = feature;
  const { width = 480, height = 180 } = options;
  const name = titleOf(feature.feature);
  const description = `Distribution of ${name} in the reference and the current data`;
  if (distribution === null || count(distribution) === 0)
    return {
      $schema: vegaLiteSchema,
      description: `${description}: nothing to draw`,
      width,
      height: 24,
      data: { values: [{ text: "no values to draw" }] },
      mark: { type: "text" },
      encoding: { text: { field: "text", type: "nominal" } },
    };
  const common = { $schema: vegaLiteSchema, description, width };
  return distribution.kind === "bins"
    ? { ...common, height, ...bins(distribution, name, feature.type === "timestamp", options) }
    : { ...common, ...categories(distribution, name, options) };
}

function count(distribution: FeatureDistribution): number {
  return distribution.kind === "bins"
    ? distribution.reference.length
    : distribution.categories.length;
}

type Bins = Extract<FeatureDistribution, { kind: "bins" }>;
type Categories = Extract<FeatureDistribution, { kind: "categories" }>;

function bins(
  distribution: Bins,
  name: string,
  isTime: boolean,
  { selected }: DistributionOverlayOptions,
): object {
  const { edges, reference, current } = distribution;
  const heights = binHeights(distribution);
  const span = (edges[1] ?? 0) - (edges[0] ?? 0);
  const edgeText = (edge: number) => (isTime ? momentText(edge, span) : formatValue(edge));
  // The last edge closes the last step.
  const steps = sides.flatMap((side) =>
    edges.map((x, i) => ({
      side,
      x,
      height: heights[side][Math.min(i, heights[side].length - 1)] ?? 0,
    })),
  );
  const columns = reference.map((share, bin) => ({
    bin,
    from: edges[bin],
    to: edges[bin + 1],
    range: `${edgeText(edges[bin] ?? NaN)} to ${edgeText(edges[bin + 1] ?? NaN)}`,
    referenceText: percent(share),
    currentText: percent(current[bin] ?? 0),
  }));
  const x = {
    field: "x",
    type: isTime ? "temporal" : "quantitative",
    title: name,
    axis: { grid: false, tickCount: 6, ...(isTime ? {} : { format: ".6~g" }) },
    scale: isTime ? { type: "utc", nice: false } : { zero: false, nice: false },
  };
  const y = {
    field: "height",
    type: "quantitative",
    title: heights.areShares ? "share of rows" : "share of rows by width",
    axis: heights.areShares
      ? { format: "~%", tickCount: 4 }
      : { labels: false, ticks: false, tickCount: 4 },
  };
  const column = {
    x: { ...x, field: "from" },
    x2: { field: "to" },
    tooltip: [
      { field: "range", type: "nominal", title: name },
      { field: "referenceText", type: "nominal", title: "reference" },
      { field: "currentText", type: "nominal", title: "current" },
    ],
  };
  return {
    data: { name: "steps", values: steps },
    layer: [
      ...(typeof selected === "number"
        ? [
            {
              data: { values: columns.slice(selected, selected + 1) },
              mark: { type: "rect", fill: "gray", fillOpacity: 0.25, aria: false },
              encoding: column,
            },
          ]
        : []),
      {
        mark: {
          type: "area",
          interpolate: "step-after",
          fillOpacity: 0.28,
          line: { strokeWidth: 1.75, interpolate: "step-after" },
        },
        encoding: { x, y: { ...y, stack: null }, color: colour },
      },
      {
        // The whole height of a bin can be pointed at, also where its share is small.
        data: { name: "bins", values: columns },
        mark: { type: "rect", fill: "gray", fillOpacity: 0, cursor: "pointer" },
        encoding: column,
      },
    ],
  };
}

function categories(
  { categories: all, others: unlisted }: Categories,
  name: string,
  { limit = 12, selected }: DistributionOverlayOptions,
): object {
  const shown = all.slice(0, limit);
  const left = all.slice(limit);
  const rest = {
    categories: left.length + (unlisted?.categories ?? 0),
    reference: left.reduce((sum, each) => sum + each.reference, unlisted?.reference ?? 0),
    current: left.reduce((sum, each) => sum + each.current, unlisted?.current ?? 0),
  };
  const lines = shown.map(({ value, status, reference, current }) => ({
    category: value,
    label: status === "both" ? categoryText(value) : `${categoryText(value)} (${status})`,
    reference,
    current,
  }));
  // Bars of all others together would make those of the ones that moved too short to compare.
  const others =
    rest.categories === 0
      ? ""
      : `; ${rest.categories} others: ${percent(rest.reference)} → ${percent(rest.current)}`;
  const values = lines.flatMap(({ category, label, ...shares }) =>
    sides.map((side) => ({
      category,
      label,
      side,
      share: shares[side],
      ...(typeof selected === "string" ? { isSelected: category === selected } : {}),
      referenceText: percent(shares.reference),
      currentText: percent(shares.current),
    })),
  );
  return {
    height: { step: 13 },
    data: { name: "categories", values },
    mark: { type: "bar", cursor: "pointer", height: { band: 0.92 } },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        title: null,
        sort: null,
        scale: { paddingInner: 0.25 },
        axis: { labelLimit: 180, domain: false, ticks: false },
      },
      yOffset: { field: "side", type: "nominal", scale: { domain: sides } },
      x: {
        field: "share",
        type: "quantitative",
        title: `share of rows by ${name}${others}`,
        axis: { format: "~%", tickCount: 5 },
      },
      color: colour,
      ...(typeof selected === "string"
        ? {
            opacity: {
              condition: { test: "datum.isSelected", value: 1 },
              value: 0.45,
            },
          }
        : {}),
      tooltip: [
        { field: "label", type: "nominal", title: name },
        { field: "referenceText", type: "nominal", title: "reference" },
        { field: "currentText", type: "nominal", title: "current" },
      ],
    },
  };
}

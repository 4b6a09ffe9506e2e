import type { FairnessSlice } from "../fairness/report";
import { figureText, short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface SliceBarsOptions {
  /** Pixels of the plot; default 320. */
  width?: number;
  /** Most slices drawn, the first of the report; default 15. */
  limit?: number;
  /** What the loss is; default `share of wrong answers`. */
  loss?: string;
}

/**
 * How much worse the model is on each slice: its loss with the interval as a dot, the loss of all other rows as a tick.
 *
 * @param slices of a fairness report, in its order
 * @example sliceBars(report.slices)
 */
export function sliceBars(
  slices: readonly FairnessSlice[],
  options: SliceBarsOptions = {},
): VegaLiteSpec {
  const { width = 320, limit = 15 } = options;
  const loss = titleOf(options.loss ?? "share of wrong answers");
  const description = "Where the model is worse";
  const values = slices.slice(0, limit).flatMap((slice, i) => {
    const { name, rows, loss: own, otherLoss, adjustedPValue } = slice;
    if (own.value === null) return [];
    return [
      {
        // Two slices may have one name after it was made fit to be drawn.
        slice: `${i + 1}. ${formatValue(name)} (n ${rows.toLocaleString("en-US")})`,
        value: own.value,
        low: own.low,
        high: own.high,
        other: otherLoss,
        text: figureText(own),
        otherText: short(otherLoss),
        chance: short(adjustedPValue),
      },
    ];
  });
  if (values.length === 0)
    return {
      $schema: vegaLiteSchema,
      ...emptyChart(description, width, "no slice is significantly worse"),
    };
  const ends = values.flatMap(({ value, high, other }) => [value, high ?? value, other]);
  const longest = ends.filter((end) => Number.isFinite(end)).reduce((a, b) => Math.max(a, b), 0);
  const x = {
    type: "quantitative",
    title: loss,
    scale: { domain: [0, 1.05 * (longest > 0 ? longest : 1)], nice: false },
    axis: { tickCount: 5, format: "~g" },
  };
  const series = ["slice", "all other rows"];
  const banded = values
    .filter(({ low, high }) => low !== null && high !== null)
    .map((each) => ({ ...each, series: "slice" }));
  const points = values.flatMap((each) => [
    { ...each, series: "slice", x: each.value },
    { ...each, series: "all other rows", x: each.other },
  ]);
  const channel = {
    field: "series",
    type: "nominal",
    scale: { domain: series },
    legend: { orient: "top", title: null, symbolOpacity: 1 },
  };
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${values
      .slice(0, 5)
      .map(({ slice, text, otherText }) => `${titleOf(slice)} ${text} against ${otherText}`)
      .join("; ")}`,
    width,
    height: { step: 24 },
    ...noteBelow(
      slices.length > values.length
        ? `${slices.length - values.length} more slices are not drawn; the table has them.`
        : "",
    ),
    data: { name: "slices", values },
    encoding: {
      y: {
        field: "slice",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: Math.max(140, 0.6 * width), domain: false, ticks: false },
      },
      tooltip: [
        { field: "slice", type: "nominal" },
        { field: "text", type: "nominal", title: loss },
        { field: "otherText", type: "nominal", title: "all other rows" },
        { field: "chance", type: "nominal", title: "adjusted p-value" },
      ],
    },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 1, stroke: "gray", aria: false },
        encoding: { x: { ...x, field: "other" }, x2: { field: "value" } },
      },
      ...(banded.length === 0
        ? []
        : [
            {
              data: { values: banded },
              mark: { type: "rule", strokeWidth: 2.5, aria: false },
              encoding: {
                x: { ...x, field: "low" },
                x2: { field: "high" },
                color: channel,
              },
            },
          ]),
      {
        data: { name: "points", values: points },
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: { x: { ...x, field: "x" }, color: channel, shape: channel },
      },
    ],
  };
}

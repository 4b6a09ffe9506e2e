import { listed, namesAxis } from "./explanation-marks";
import { short } from "./fairness-words";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

/** An importance to draw: one of a column, in one of the series. */
export interface ImportanceBar {
  column: string;
  series: string;
  value: number;
  /** Null where no interval is known. */
  lower: number | null;
  upper: number | null;
  /** Behind the bar. */
  label: string;
  /** In words, with the interval. */
  text: string;
}

/** @param number how an importance is written; default three digits */
export function importanceBar(
  column: string,
  series: string,
  given: { value: number; lower: number; upper: number },
  number: (value: number) => string = short,
): ImportanceBar {
  const { value, lower, upper } = given;
  const isBanded = Number.isFinite(lower) && Number.isFinite(upper) && upper > lower;
  return {
    column,
    series,
    value,
    lower: isBanded ? lower : null,
    upper: isBanded ? upper : null,
    label: number(value),
    text: isBanded ? `${number(value)} (${number(lower)} to ${number(upper)})` : number(value),
  };
}

/** A bar for each column with its interval; of several series one beside the other. */
export function importanceSpec(
  bars: readonly ImportanceBar[],
  series: readonly string[],
  options: { width: number; title: string; description: string; note?: string; format?: string },
): VegaLiteSpec {
  const { width, title, description, note = "", format } = options;
  if (bars.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no columns to draw") };
  const isOne = series.length < 2;
  const longest = bars.reduce((most, { value, upper }) => Math.max(most, upper ?? value), 0);
  const banded = bars.filter(({ lower, upper }) => lower !== null && upper !== null);
  const x = {
    field: "value",
    type: "quantitative",
    title,
    axis: { tickCount: 5, ...(format === undefined ? {} : { format }) },
    // Room for the numbers behind the longest bar.
    scale: { domain: [0, 1.18 * (longest > 0 ? longest : 1)], nice: false },
  };
  const color = {
    field: "series",
    type: "nominal",
    scale: { domain: series },
    legend: isOne ? null : { orient: "top", title: null, symbolOpacity: 1, labelLimit: 300 },
  };
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${listed(
      bars.map(({ column, series: name, value }) => ({
        name: isOne ? column : `${column} (${name})`,
        value,
      })),
    )}`,
    width,
    height: { step: isOne ? 24 : 15 },
    ...noteBelow(note),
    data: { name: "importances", values: bars },
    encoding: {
      y: {
        field: "column",
        type: "nominal",
        title: null,
        sort: null,
        axis: namesAxis(),
        // Layers name the columns in orders of their own.
        scale: {
          domain: [...new Set(bars.map(({ column }) => column))],
          ...(isOne ? {} : { paddingInner: 0.3 }),
        },
      },
      ...(isOne
        ? {}
        : { yOffset: { field: "series", type: "nominal", scale: { domain: series } } }),
      tooltip: [
        { field: "column", type: "nominal" },
        ...(isOne ? [] : [{ field: "series", type: "nominal", title: "of" }]),
        { field: "text", type: "nominal", title },
      ],
    },
    layer: [
      {
        mark: {
          type: "bar",
          height: { band: isOne ? 0.7 : 0.9 },
          fillOpacity: 0.5,
          cursor: "pointer",
        },
        encoding: { x, color },
      },
      ...(banded.length === 0
        ? []
        : [
            {
              data: { values: banded },
              mark: { type: "rule", strokeWidth: 2.5, aria: false },
              encoding: { x: { ...x, field: "lower" }, x2: { field: "upper" }, color },
            },
          ]),
      {
        data: { values: bars.map((bar) => ({ ...bar, end: bar.upper ?? bar.value })) },
        mark: { type: "text", align: "left", dx: 5, fontSize: 11, aria: false },
        encoding: { x: { ...x, field: "end" }, text: { field: "label", type: "nominal" } },
      },
    ],
  };
}

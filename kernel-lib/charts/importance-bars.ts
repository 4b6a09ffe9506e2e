import {
  columnText,
  explainedRows,
  otherColumns,
  topColumns,
  type Explained,
  type ExplainedRows,
} from "./explained";
import { listed, namesAxis } from "./explanation-marks";
import { short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface ImportanceBarsOptions {
  /** Which output; default the first. */
  output?: string;
  /** Most columns drawn, the most important first; the others are summed. Default 20. */
  limit?: number;
  /** Pixels of the bars' plot; default 320. */
  width?: number;
  /** What these are called where others are compared with them; default "this". */
  name?: string;
  /** Another explanation of the same columns, such as of another version: its bars stand beside. */
  compared?: { name: string; explained: Explained };
}

interface Bar {
  column: string;
  series: string;
  value: number;
  lower: number | null;
  upper: number | null;
  label: string;
  text: string;
}

/**
 * A bar for each column, as long as its mean |SHAP value|, with the interval of that mean; of two explanations beside
 * each other, in the order of the larger of the two.
 *
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example importanceBars(report)
 * @example importanceBars(report, { name: "v1", compared: { name: "v2", explained: newer } })
 */
export function importanceBars(
  given: Explained,
  options: ImportanceBarsOptions = {},
): VegaLiteSpec {
  const { limit = 20, width = 320, compared } = options;
  const own = explainedRows(given, options.output);
  const other = compared === undefined ? null : sameOutput(compared.explained, own.output);
  const title = titleOf(`mean |SHAP value| (${own.unit})`);
  const ownName = formatValue(options.name ?? "this");
  const otherName = compared === undefined ? "" : apart(formatValue(compared.name), ownName);
  const sides = [
    { series: ownName, explained: own },
    ...(other ? [{ series: otherName, explained: other }] : []),
  ];
  const joined = joinedImportance(sides.map(({ explained }) => explained));
  const { shown, rest } = topColumns({ importance: joined }, limit);
  const bars = [
    ...shown.flatMap((column) =>
      sides.flatMap(({ series, explained }) =>
        barOf(explained, joined[column]?.column ?? "", series),
      ),
    ),
    ...(rest.length === 0
      ? []
      : sides.map(({ series, explained }) =>
          restBar(
            explained,
            rest.map((column) => joined[column]?.column ?? ""),
            series,
          ),
        )),
  ];
  const description = `Importance of ${joined.length} columns`;
  if (bars.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no columns to draw") };
  const series = sides.map(({ series: name }) => name);
  const longest = bars.reduce((most, { value, upper }) => Math.max(most, upper ?? value), 0);
  const banded = bars.filter(({ lower, upper }) => lower !== null && upper !== null);
  const x = {
    field: "value",
    type: "quantitative",
    title,
    axis: { tickCount: 5 },
    // Room for the numbers behind the longest bar.
    scale: { domain: [0, 1.18 * (longest > 0 ? longest : 1)], nice: false },
  };
  const color = {
    field: "series",
    type: "nominal",
    scale: { domain: series },
    legend: other === null ? null : { orient: "top", title: null, symbolOpacity: 1 },
  };
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${listed(
      bars.map(({ column, series: name, value }) => ({
        name: other === null ? column : `${column} (${name})`,
        value,
      })),
    )}`,
    width,
    height: { step: other === null ? 24 : 15 },
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
          ...(other === null ? {} : { paddingInner: 0.3 }),
        },
      },
      ...(other === null
        ? {}
        : { yOffset: { field: "series", type: "nominal", scale: { domain: series } } }),
      tooltip: [
        { field: "column", type: "nominal" },
        ...(other === null ? [] : [{ field: "series", type: "nominal", title: "of" }]),
        { field: "text", type: "nominal", title },
      ],
    },
    layer: [
      {
        mark: { type: "bar", height: { band: other === null ? 0.7 : 0.9 }, fillOpacity: 0.5 },
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
        encoding: {
          x: { ...x, field: "end" },
          text: { field: "label", type: "nominal" },
        },
      },
    ],
  };
}

/** Of another version the outputs may be called otherwise: then the first one. */
export function sameOutput(given: Explained, output: string): ExplainedRows {
  return explainedRows(given, given.outputs.includes(output) ? output : undefined);
}

/** Two versions may have one name. */
export function apart(name: string, own: string): string {
  return name === own ? `${name} (compared)` : name;
}

/** The union of the columns, each with the larger of its importances. */
function joinedImportance(all: readonly ExplainedRows[]): ExplainedRows["importance"] {
  const joined = new Map<string, ExplainedRows["importance"][number]>();
  for (const { importance } of all)
    for (const each of importance) {
      const before = joined.get(each.column);
      if (!before || each.value > before.value) joined.set(each.column, each);
    }
  return [...joined.values()];
}

function barOf(explained: ExplainedRows, name: string, series: string): Bar[] {
  const column = explained.columns.indexOf(name);
  const found = explained.importance[column];
  if (!found || !Number.isFinite(found.value)) return [];
  const { value, lower, upper } = found;
  const isBanded = Number.isFinite(lower) && Number.isFinite(upper) && upper > lower;
  const label = short(value);
  return [
    {
      column: columnText(explained, column),
      series,
      value,
      lower: isBanded ? lower : null,
      upper: isBanded ? upper : null,
      label,
      text: isBanded ? `${label} (${short(lower)} to ${short(upper)})` : label,
    },
  ];
}

function restBar({ importance }: ExplainedRows, names: readonly string[], series: string): Bar {
  const value = importance
    .filter(({ column }) => names.includes(column))
    .reduce((sum, each) => sum + (Number.isFinite(each.value) ? each.value : 0), 0);
  return {
    column: otherColumns(names.length),
    series,
    value,
    lower: null,
    upper: null,
    label: short(value),
    text: `${short(value)} in sum`,
  };
}

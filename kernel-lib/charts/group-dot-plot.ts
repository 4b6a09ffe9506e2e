import type { Figure } from "../fairness/figure";
import type { FairnessGroup, FairnessMetricInfo } from "../fairness/report";
import { denominatorText, figureText, groupText, short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface GroupDotPlotOptions {
  /** Pixels of the plot; default 360. */
  width?: number;
  /** Most groups drawn; default 40. */
  limit?: number;
  /** Of all rows together: drawn as a line through all groups. */
  overall?: Figure;
  /** What the groups are called where others are compared with them; default "this report". */
  name?: string;
  /** The same groups in another report, beside each other. */
  compared?: { name: string; groups: readonly FairnessGroup[] };
}

interface Dot {
  group: string;
  label: string;
  series: string;
  value: number | null;
  low: number | null;
  high: number | null;
  small: boolean;
  text: string;
  rows: string;
  of: string;
}

/**
 * A metric of each group as a dot with its interval, and how many rows it is a share of beside the group's name. A
 * small group has a hollow dot; a group of which the metric cannot be told says why.
 *
 * @param groups of a fairness report's grouping
 * @param metric of the report's metrics
 * @example groupDotPlot(report.groupings[0].groups, report.metrics[0])
 */
export function groupDotPlot(
  groups: readonly FairnessGroup[],
  metric: FairnessMetricInfo,
  options: GroupDotPlotOptions = {},
): VegaLiteSpec {
  const { width = 360, limit = 40, overall, compared } = options;
  const title = titleOf(metric.label);
  const description = `${title} by group`;
  const own = formatValue(options.name ?? "this report");
  const other = compared === undefined ? null : otherName(own, compared.name);
  const names = unionOf(groups, compared?.groups ?? []);
  const shown = names.slice(0, limit);
  if (shown.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no groups to draw") };
  const byName = new Map(groups.map((group) => [group.name, group]));
  const otherByName = new Map(compared?.groups.map((group) => [group.name, group]));
  const dots = shown.flatMap((name): Dot[] => {
    const pair = [byName.get(name), otherByName.get(name)];
    const label = labelOf(name, compared === undefined ? pair.slice(0, 1) : pair, metric);
    return [
      ...(pair[0] ? [dotOf(pair[0], label, own, metric)] : []),
      ...(pair[1] && other !== null ? [dotOf(pair[1], label, other, metric)] : []),
    ];
  });
  const series = other === null ? [own] : [own, other];
  const known = dots.filter(({ value }) => value !== null);
  const unknown = dots.filter(({ value }) => value === null);
  const banded = known.filter(({ low, high }) => low !== null && high !== null);
  const total = overall?.value ?? null;
  const domain = domainOf(known, total);
  const x = {
    field: "value",
    type: "quantitative",
    title: `${title}${banded.length > 0 ? " with its interval" : ""}`,
    axis: { tickCount: 6, format: "~g" },
    scale: { domain, nice: false, zero: false },
  };
  const legend = { orient: "top", title: null, symbolOpacity: 1, labelLimit: 300 };
  const colour = {
    field: "series",
    type: "nominal",
    scale: { domain: series },
    legend: other === null ? null : legend,
  };
  const point = (rows: readonly Dot[], filled: boolean) =>
    withRows(rows, {
      data: { values: rows },
      mark: { type: "point", filled, size: 80, opacity: 1, strokeWidth: 2 },
      encoding: {
        x,
        color: colour,
        shape: {
          field: "series",
          type: "nominal",
          scale: { domain: series },
          legend: other === null ? null : legend,
        },
        tooltip: [
          { field: "group", type: "nominal" },
          ...(other === null ? [] : [{ field: "series", type: "nominal", title: "report" }]),
          { field: "text", type: "nominal", title },
          { field: "of", type: "nominal", title: "share of" },
          { field: "rows", type: "nominal" },
        ],
      },
    });
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${known
      .slice(0, 6)
      .map(({ group, text }) => `${titleOf(group)} ${text}`)
      .join(", ")}`,
    width,
    height: { step: other === null ? 24 : 15 },
    ...noteBelow(
      names.length > shown.length
        ? `${names.length - shown.length} more groups are not drawn; the table has them.`
        : "",
    ),
    data: { name: "groups", values: dots },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: 240, domain: false, ticks: false, grid: false },
        // Layers name the groups in orders of their own.
        scale: {
          domain: [...new Set(dots.map(({ label }) => label))],
          ...(other === null ? {} : { paddingInner: 0.35 }),
        },
      },
      ...(other === null
        ? {}
        : { yOffset: { field: "series", type: "nominal", scale: { domain: series } } }),
    },
    layer: [
      ...(total === null
        ? []
        : [
            {
              data: { values: [{ value: total, text: `all rows ${short(total)}` }] },
              mark: { type: "rule", strokeDash: [4, 3], stroke: "gray", aria: false },
              encoding: { x, y: null, yOffset: null },
            },
            {
              data: { values: [{ value: total, text: `all rows ${short(total)}` }] },
              mark: { type: "text", dy: -8, fontSize: 11, align: "left", dx: 3, aria: false },
              encoding: {
                x,
                y: { value: 0 },
                yOffset: null,
                text: { field: "text", type: "nominal" },
              },
            },
          ]),
      ...withRows(banded, {
        data: { values: banded },
        mark: { type: "rule", strokeWidth: 2, aria: false },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, color: colour },
      }),
      ...point(
        known.filter(({ small }) => !small),
        true,
      ),
      ...point(
        known.filter(({ small }) => small),
        false,
      ),
      ...withRows(unknown, {
        data: { values: unknown },
        mark: { type: "text", align: "left", dx: 6, fontSize: 11, fontStyle: "italic" },
        encoding: { x: { value: 0 }, text: { field: "text", type: "nominal" } },
      }),
    ],
  };
}

/** Two reports may have one name. */
function otherName(own: string, name: string): string {
  const other = formatValue(name);
  return other === own ? `${other} (compared)` : other;
}

function unionOf(...lists: readonly (readonly FairnessGroup[])[]): string[] {
  return [...new Set(lists.flatMap((list) => list.map(({ name }) => name)))];
}

/** `female (n 230)`; of two reports `female (n 230 | 228)`. */
function labelOf(
  name: string,
  groups: readonly (FairnessGroup | undefined)[],
  metric: FairnessMetricInfo,
): string {
  const counts = groups.map((group) =>
    group ? (group.figures[metric.name]?.denominator ?? group.rows).toLocaleString("en-US") : "–",
  );
  const small = groups.some((group) => group?.small === true) ? ", small" : "";
  return `${groupText(name)} (n ${counts.join(" | ")}${small})`;
}

function dotOf(
  group: FairnessGroup,
  label: string,
  series: string,
  metric: FairnessMetricInfo,
): Dot {
  const figure = group.figures[metric.name];
  const divisor = denominatorText(metric.denominator);
  const known = figure !== undefined && figure.value !== null && Number.isFinite(figure.value);
  return {
    group: groupText(group.name),
    label,
    series,
    value: known ? figure.value : null,
    low: known && finite(figure.high) !== null ? finite(figure.low) : null,
    high: known && finite(figure.low) !== null ? finite(figure.high) : null,
    small: group.small,
    text: known ? figureText(figure) : unknownText(figure, divisor),
    rows: group.rows.toLocaleString("en-US"),
    of: `${(figure?.denominator ?? 0).toLocaleString("en-US")} ${divisor}`,
  };
}

function unknownText(figure: Figure | undefined, divisor: string): string {
  return figure?.denominator === 0 ? `no ${divisor}: cannot be told` : "cannot be told";
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Dots and intervals with some room; rates stay within 0 and 1. */
function domainOf(dots: readonly Dot[], total: number | null): [number, number] {
  const all = [
    ...dots.flatMap(({ value, low, high }) => [value, low, high]),
    total !== null && Number.isFinite(total) ? total : null,
  ].filter((value) => value !== null);
  if (all.length === 0) return [0, 1];
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 0.5;
  const isShare = low >= 0 && high <= 1;
  return isShare ? [Math.max(0, low - room), Math.min(1, high + room)] : [low - room, high + room];
}

/** A layer whose data would be empty is left out: vega has no extent of it. */
function withRows(rows: readonly Dot[], layer: object): object[] {
  return rows.length === 0 ? [] : [layer];
}

import { AssayerError } from "../errors";
import { axisTicks } from "./axis-ticks";
import { colorChannel } from "./color-channel";
import { formatValue } from "./format-value";
import {
  columnsValues,
  type ColumnValues,
  type ComparedRun,
  type ChartColumn,
} from "./chart-column";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

export interface ParallelCoordinatesOptions {
  /** The column that colours the lines, such as `"metrics.auc"`; it becomes the last axis if it is none. */
  colorBy?: ChartColumn;
  /** Pixels; default 640. */
  width?: number;
  /** Pixels; default 280. */
  height?: number;
}

/** Where a missing value is drawn, below axes that go from 0 to 1. */
const missingPosition = -0.14;

/** Most labels of an axis of texts. */
const mostLabels = 12;

/**
 * Parallel coordinates: an axis for each param or metric, a line for each run.
 *
 * Every axis has its own scale: numbers from lowest to highest, texts one below the other. A value
 * that is missing is drawn at the foot of its axis. The run under the pointer stands out, and its
 * values are told.
 *
 * @param dimensions two columns or more, from left to right
 * @throws AssayerError "invalid-argument" for fewer than two axes, or a name that is no column
 * @example parallelCoordinates(await project.searchRuns(), [{ column: "params.rate", scale: "log" }, "params.depth"], { colorBy: "metrics.auc" })
 */
export function parallelCoordinates(
  runs: readonly ComparedRun[],
  dimensions: readonly ChartColumn[],
  options: ParallelCoordinatesOptions = {},
): VegaLiteSpec {
  const { colorBy, width = 640, height = 280 } = options;
  const nameOf = (each: ChartColumn) => (typeof each === "string" ? each : each.column);
  const colorName = colorBy === undefined ? undefined : nameOf(colorBy);
  const wanted =
    colorBy === undefined || dimensions.some((each) => nameOf(each) === colorName)
      ? dimensions
      : [...dimensions, colorBy];
  if (wanted.length < 2)
    throw new AssayerError(
      "invalid-argument",
      `parallelCoordinates requires 2 dimensions or more; got ${wanted.length}`,
    );
  const columns = columnsValues(runs, wanted);
  const axes = columns.map(toAxis);
  const keys = axes.map((_, i) => `p${i}`);
  const color = columns.find(({ column }) => column === colorName);
  const values = runs.map((run, r) => ({
    id: r,
    run: run.name,
    ...(color ? { color: color.numbers ? color.numbers[r] : color.texts[r] } : {}),
    ...Object.fromEntries(axes.map(({ positions }, i) => [`p${i}`, positions[r]])),
    ...Object.fromEntries(columns.map(({ texts }, i) => [`v${i}`, texts[r] ?? "missing"])),
  }));
  const labels = axes.flatMap(({ ticks }, i) => ticks.map((tick) => ({ key: `p${i}`, ...tick })));
  const lowest = Math.min(0, ...labels.map(({ value }) => value));
  const titles = Object.fromEntries(columns.map(({ title }, i) => [`p${i}`, title]));
  const colored = color ? { color: colorChannel("color", color) } : {};
  const line = { detail: { field: "id" }, ...colored };
  const base = runs.length > 200 ? 0.3 : runs.length > 40 ? 0.5 : 0.85;
  return {
    $schema: vegaLiteSchema,
    description: `Parallel coordinates of ${runs.length} runs over ${columns
      .map(({ title }) => title)
      .join(", ")}${color ? `, coloured by ${color.title}` : ""}`,
    width,
    height,
    data: { name: "runs", values },
    transform: [{ fold: keys, as: ["key", "value"] }],
    encoding: {
      x: {
        field: "key",
        type: "ordinal",
        scale: { type: "point", domain: keys, padding: 0.4 },
        axis: {
          orient: "top",
          title: null,
          labelExpr: `${JSON.stringify(titles)}[datum.value]`,
          labelAngle: 0,
          labelLimit: Math.max(40, Math.floor(width / keys.length) - 12),
          labelPadding: 10,
          labelFontWeight: 600,
          labelOverlap: false,
          domain: false,
          ticks: false,
          grid: true,
          gridOpacity: 1,
          aria: false,
        },
      },
      y: {
        field: "value",
        type: "quantitative",
        scale: { domain: [lowest, 1], nice: false, zero: false },
        axis: null,
      },
    },
    layer: [
      {
        mark: { type: "line", strokeWidth: 1.25, invalid: "show", aria: false },
        encoding: {
          ...line,
          opacity: { condition: { param: "hover", value: base }, value: base / 4 },
        },
      },
      // Twice, since the halo that keeps a label legible on lines covers half of its own letters.
      ...["halo", "guide-label"].map((style) => ({
        data: { name: "labels", values: labels },
        transform: [],
        mark: { type: "text", style, align: "right", baseline: "middle", dx: -5, fontSize: 10 },
        encoding: { text: { field: "text", type: "nominal" } },
      })),
      {
        transform: [{ filter: { param: "hover", empty: false } }],
        mark: { type: "line", strokeWidth: 3, invalid: "show", aria: false },
        encoding: line,
      },
      {
        params: [
          {
            name: "hover",
            select: {
              type: "point",
              fields: ["id"],
              on: "pointermove",
              clear: "pointerout",
              nearest: true,
            },
          },
        ],
        mark: { type: "point", opacity: 0, aria: false },
        encoding: {
          tooltip: [
            { field: "run", type: "nominal" },
            ...columns.map(({ title }, i) => ({ field: `v${i}`, type: "nominal", title })),
          ],
        },
      },
    ],
  };
}

interface Axis {
  /** 0 at the foot to 1 at the top, for each run. */
  positions: number[];
  ticks: { value: number; text: string }[];
}

function toAxis(column: ColumnValues): Axis {
  const { positions, ticks } = column.numbers
    ? numberAxis(column.numbers, column.scale)
    : categoryAxis(column);
  const isMissing = positions.some((position) => position === null);
  return {
    positions: positions.map((position) => position ?? missingPosition),
    ticks: isMissing ? [...ticks, { value: missingPosition, text: "missing" }] : ticks,
  };
}

function numberAxis(numbers: readonly (number | null)[], scale: "linear" | "log") {
  const present = numbers.filter((value) => value !== null);
  const low = present.reduce((a, b) => Math.min(a, b), Infinity);
  const high = present.reduce((a, b) => Math.max(a, b), -Infinity);
  const at = scale === "log" ? Math.log : (value: number) => value;
  const place = (value: number) =>
    low === high ? 0.5 : (at(value) - at(low)) / (at(high) - at(low));
  const ticks = present.length === 0 ? [] : axisTicks(low, high, { scale });
  return {
    positions: numbers.map((value) => (value === null ? null : place(value))),
    ticks: ticks.map((value) => ({ value: place(value), text: formatValue(value) })),
  };
}

/** The first text at the top; of many, labels for some. */
function categoryAxis({ texts, categories }: ColumnValues) {
  const last = categories.length - 1;
  const place = (i: number) => (last === 0 ? 0.5 : 1 - i / last);
  const places = new Map(categories.map((text, i) => [text, place(i)]));
  const every = Math.ceil(categories.length / mostLabels);
  return {
    positions: texts.map((text) => (text === null ? null : (places.get(text) ?? null))),
    ticks: categories
      .map((text, i) => ({ value: place(i), text: shorten(text) }))
      .filter((_, i) => i % every === 0),
  };
}

function shorten(text: string): string {
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}

import { AssayerError } from "../errors";
import { binCounts } from "../stats/bin-counts";
import { equalWidthEdges } from "../stats/bin-edges";
import type { ColumnValues } from "./chart-column";
import { colorChannel } from "./color-channel";
import { columnText, evenPlaces, explainedRows, takeRows, type Explained } from "./explained";
import { effectText, valueText } from "./explanation-words";
import { drawnOf, roomyDomain, shapTitle } from "./explanation-marks";
import { short } from "./fairness-words";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { strongestInteraction } from "./strongest-interaction";
import { titleOf } from "./title-of";

export interface DependenceScatterOptions {
  /** Which output; default the first. */
  output?: string;
  /** Column of the points' colour, null for none; default the one that goes best with what the column leaves open. */
  colorBy?: string | null;
  /** Most rows drawn, evenly taken; default 1000. */
  mostRows?: number;
  /** Pixels of the plot; default 440. */
  width?: number;
  /** Pixels of the plot; default 280. */
  height?: number;
  /** Position of a row to mark, in what is given. */
  marked?: number;
}

/** More texts than this are no legend; the rarer ones are one colour. */
const mostColours = 6;
/** More texts than this have no room on the axis. */
const mostTexts = 30;
const bins = 30;
/** Share of the height that the histogram takes, beneath the points. */
const histogramShare = 0.14;
const others = "other";

/**
 * A point for each row: the value of a column against its SHAP value, coloured by another column, and how often the
 * values occur beneath.
 *
 * @param column name of the column
 * @throws AssayerError "invalid-argument" for a column or an output that is not there
 * @example dependenceScatter(report, "age")
 */
export function dependenceScatter(
  given: Explained,
  column: string,
  options: DependenceScatterOptions = {},
): VegaLiteSpec {
  const { mostRows = 1000, width = 440, height = 280, marked } = options;
  const all = explainedRows(given, options.output);
  const position = columnPosition(all.columns, column);
  const places = evenPlaces(all.rows, mostRows);
  if (marked !== undefined && marked >= 0 && marked < all.rows && !places.includes(marked))
    places.push(marked);
  const explained = takeRows(all, places);
  const p = explained.columns.length;
  const partner =
    options.colorBy === null
      ? null
      : options.colorBy === undefined
        ? strongestInteraction(explained, position)
        : columnPosition(explained.columns, options.colorBy);
  const own = drawnColumn(explained, position, mostTexts);
  const colour = partner === null ? null : drawnColumn(explained, partner, mostColours);
  const title = titleOf(columnText(explained, position));
  const points = places.flatMap((row, i) => {
    const value = (own.numbers ?? own.texts)[i] ?? null;
    if (value === null) return [];
    const shap = explained.shapValues[i * p + position] ?? 0;
    return [
      {
        row,
        value,
        shap,
        ...(own.numbers ? {} : { spread: ((i + 1) * 0.618034) % 1 }),
        ...(colour ? { color: (colour.numbers ?? colour.texts)[i] ?? null } : {}),
        name: explained.nameOf(i),
        valueText: valueText(explained.valueOf(i, position)),
        colorText: partner === null ? "" : valueText(explained.valueOf(i, partner)),
        text: effectText(shap),
      },
    ];
  });
  const description = `SHAP value against ${title} of ${points.length} rows`;
  if (points.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no values to draw") };
  const [low, high] = roomyDomain(
    points.map(({ shap }) => shap),
    0.06,
  );
  const bottom = low - ((high - low) * histogramShare) / (1 - histogramShare);
  const domain = [bottom, high];
  const bars = standing(own.numbers ? binned(own.numbers) : counted(own), bottom, low);
  const x = own.numbers
    ? {
        field: "value",
        type: "quantitative",
        title,
        scale: {
          domain: roomyDomain(
            own.numbers.filter((each) => each !== null),
            0.03,
          ),
          nice: false,
          zero: false,
        },
        axis: { tickCount: 6, grid: false },
      }
    : {
        field: "value",
        type: "nominal",
        title,
        scale: { type: "band", domain: own.categories, paddingInner: 0.3, paddingOuter: 0.15 },
        axis: { labelAngle: own.categories.length > 5 ? -40 : 0, labelLimit: 120, grid: false },
      };
  const y = {
    field: "shap",
    type: "quantitative",
    title: shapTitle(explained.unit),
    scale: { domain, nice: false, zero: false },
    // Level, above the axis: turned it would be longer than the plot is high.
    axis: {
      tickCount: 6,
      titleAngle: 0,
      titleAlign: "left",
      titleBaseline: "bottom",
      titleX: 0,
      titleY: -6,
    },
  };
  const spread = own.numbers
    ? {}
    : {
        xOffset: {
          field: "spread",
          type: "quantitative",
          scale: { domain: [0, 1], nice: false, zero: false },
        },
      };
  const left = places.length - points.length;
  const notes = [
    ...(all.rows > places.length ? [drawnOf(places.length, all.rows)] : []),
    ...(left > 0
      ? [
          `${left} ${left === 1 ? "row" : "rows"} without a value ${left === 1 ? "has" : "have"} no place here.`,
        ]
      : []),
  ];
  const chosen = points.filter(({ row }) => row === marked);
  return {
    $schema: vegaLiteSchema,
    description: `${description}, from ${short(low)} to ${short(high)}${colour ? `, coloured by ${colour.title}` : ""}`,
    width,
    height,
    ...noteBelow(notes.join(" "), Math.floor(width / 6)),
    data: { name: "rows", values: points },
    layer: [
      ...(bars.length === 0
        ? []
        : [
            {
              data: { values: bars },
              mark: { type: "bar", color: "gray", fillOpacity: 0.3, tooltip: null, aria: false },
              encoding: {
                x: own.numbers ? { ...x, field: "from" } : x,
                ...(own.numbers ? { x2: { field: "to" } } : {}),
                y: { ...y, field: "top" },
                y2: { field: "bottom" },
              },
            },
          ]),
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", stroke: "gray", strokeDash: [3, 3], aria: false },
        encoding: { y: { ...y, field: "zero" } },
      },
      {
        mark: {
          type: "circle",
          size: points.length > 300 ? 26 : 40,
          opacity: points.length > 300 ? 0.7 : 0.85,
          invalid: "show",
          cursor: "pointer",
          aria: false,
        },
        encoding: {
          x,
          y,
          ...spread,
          ...(colour ? { color: colorChannel("color", colour) } : {}),
          tooltip: [
            { field: "name", type: "nominal", title: "of" },
            { field: "valueText", type: "nominal", title },
            { field: "text", type: "nominal", title: "SHAP value" },
            ...(colour ? [{ field: "colorText", type: "nominal", title: colour.title }] : []),
          ],
        },
      },
      ...(chosen.length === 0
        ? []
        : [
            {
              data: { values: chosen },
              mark: { type: "point", filled: false, size: 140, strokeWidth: 2, stroke: "gray" },
              encoding: { x, y, ...spread },
            },
          ]),
    ],
  };
}

/** @throws AssayerError "invalid-argument" */
function columnPosition(columns: readonly string[], name: string): number {
  const position = columns.indexOf(name);
  if (position < 0)
    throw new AssayerError(
      "invalid-argument",
      `unknown column: ${name}; expected one of ${columns.slice(0, 20).join(", ")}`,
    );
  return position;
}

/** The column as numbers where it holds no text, else its most frequent texts. */
function drawnColumn(
  explained: ReturnType<typeof explainedRows>,
  column: number,
  limit: number,
): ColumnValues {
  const values = Array.from({ length: explained.rows }, (_, row) => explained.valueOf(row, column));
  const name = columnText(explained, column);
  const common = { column: name, title: titleOf(name), scale: "linear" as const };
  if (values.every((value) => typeof value !== "string")) {
    const numbers = values.map((value) =>
      typeof value === "number" && Number.isFinite(value) ? value : null,
    );
    return { ...common, numbers, texts: numbers.map(String), categories: [] };
  }
  const texts = values.map((value) => (value === null ? null : valueText(value)));
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  const frequent = [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, counts.size > limit ? limit - 1 : limit)
    .map(([text]) => text)
    .sort();
  const isFrequent = new Set(frequent);
  return {
    ...common,
    numbers: null,
    texts: texts.map((text) => (text === null || isFrequent.has(text) ? text : others)),
    categories:
      counts.size > limit ? [...frequent.filter((text) => text !== others), others] : frequent,
  };
}

interface Bin {
  count: number;
  from?: number;
  to?: number;
  value?: string;
}

function binned(numbers: readonly (number | null)[]): Bin[] {
  const present = Float64Array.from(numbers.filter((value) => value !== null)).sort();
  const low = present[0] ?? 0;
  const high = present[present.length - 1] ?? 0;
  if (low === high) return [];
  const edges = equalWidthEdges(low, high, bins);
  return Array.from(binCounts(present, edges).counts).flatMap((count, i) =>
    count > 0 ? [{ count, from: edges[i] ?? low, to: edges[i + 1] ?? high }] : [],
  );
}

function counted({ texts, categories }: ColumnValues): Bin[] {
  return categories.map((value) => ({
    value,
    count: texts.reduce((sum, text) => sum + Number(text === value), 0),
  }));
}

/** Bars in the units of the points' axis, so that one scale holds both: the highest nearly reaches the points. */
function standing(all: readonly Bin[], bottom: number, points: number): object[] {
  const most = all.reduce((max, { count }) => Math.max(max, count), 1);
  const room = 0.9 * (points - bottom);
  return all.map((bin) => ({ ...bin, bottom, top: bottom + (bin.count / most) * room }));
}

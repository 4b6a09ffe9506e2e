import { columnLevels } from "./column-levels";
import {
  columnText,
  evenPlaces,
  explainedRows,
  otherColumns,
  takeRows,
  topColumns,
  type Explained,
  type ExplainedRows,
} from "./explained";
import { effectText, valueText } from "./explanation-words";
import {
  drawnOf,
  levelChannel,
  meanSizes,
  namesAxis,
  roomyDomain,
  shapTitle,
} from "./explanation-marks";
import { emptyChart, noteBelow } from "./group-marks";
import { packPoints } from "./pack-points";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

export interface BeeswarmOptions {
  /** Which output; default the first. */
  output?: string;
  /** Most columns drawn, the most important first; the others are summed. Default 20. */
  limit?: number;
  /** Most rows drawn, evenly taken; default 400. */
  mostRows?: number;
  /** Pixels of the plot; default 420. Points are packed for this width. */
  width?: number;
  /** Position of a row to mark, in what is given. */
  marked?: number;
}

/** Pixels of a column's row, and of a point. */
const rowHeight = 30;
const diameter = 4.6;

interface Dot {
  row: number;
  column: string;
  /** Position of the column; −1 where several are summed. */
  position: number;
  shap: number;
  offset: number;
  level: number | null;
  name: string;
  value: string;
  text: string;
}

/**
 * Each row as a point for each column, at its SHAP value and coloured by the column's value from low to high: gray
 * where that is a text or missing. Points are packed beside each other here, so that the picture is always the same.
 *
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example beeswarm(report)
 */
export function beeswarm(given: Explained, options: BeeswarmOptions = {}): VegaLiteSpec {
  const { limit = 20, mostRows = 400, width = 420, marked } = options;
  const all = explainedRows(given, options.output);
  const places = evenPlaces(all.rows, mostRows);
  if (marked !== undefined && marked >= 0 && marked < all.rows && !places.includes(marked))
    places.push(marked);
  const explained = takeRows(all, places);
  const { shown, rest } = topColumns(explained, limit);
  const description = `SHAP values of ${explained.rows} rows by column`;
  if (explained.rows === 0 || shown.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no rows to draw") };
  const swarms = [
    ...shown.map((column) => columnDots(explained, column, places)),
    ...(rest.length === 0 ? [] : [restDots(explained, rest, places)]),
  ];
  const domain = roomyDomain(
    swarms.flatMap((dots) => dots.map(({ shap }) => shap)),
    0.03,
  );
  const [low, high] = domain;
  for (const dots of swarms) {
    const pixels = dots.map(({ shap }) => ((shap - low) / (high - low)) * width);
    const offsets = packPoints(pixels, diameter, rowHeight / 2 - diameter / 2);
    dots.forEach((dot, i) => {
      dot.offset = round(offsets[i] ?? 0);
    });
  }
  const dots = swarms.flat();
  const x = {
    field: "shap",
    type: "quantitative",
    title: shapTitle(explained.unit),
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 6 },
  };
  const yOffset = {
    field: "offset",
    type: "quantitative",
    scale: { domain: [-rowHeight / 2, rowHeight / 2], nice: false },
  };
  const chosen = dots.filter(({ row }) => row === marked);
  return {
    $schema: vegaLiteSchema,
    description: `${description}; ${meanSizes(explained, shown)}`,
    width,
    height: { step: rowHeight },
    ...noteBelow(drawnOf(places.length, all.rows), Math.floor(width / 6)),
    data: { name: "dots", values: dots },
    encoding: {
      y: {
        field: "column",
        type: "nominal",
        title: null,
        sort: null,
        axis: namesAxis(),
        scale: { domain: swarms.map(([dot]) => dot?.column ?? ""), paddingInner: 0 },
      },
    },
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", stroke: "gray", strokeWidth: 1, aria: false },
        encoding: { x: { ...x, field: "zero" }, y: null },
      },
      {
        mark: {
          type: "circle",
          size: 15,
          opacity: 0.9,
          invalid: "show",
          cursor: "pointer",
          aria: false,
        },
        encoding: {
          x,
          yOffset,
          color: levelChannel("level", "value"),
          tooltip: [
            { field: "name", type: "nominal", title: "of" },
            { field: "column", type: "nominal" },
            { field: "value", type: "nominal" },
            { field: "text", type: "nominal", title: "SHAP value" },
          ],
        },
      },
      ...(chosen.length === 0
        ? []
        : [
            {
              data: { values: chosen },
              mark: { type: "point", filled: false, size: 110, strokeWidth: 2, stroke: "gray" },
              encoding: { x, yOffset },
            },
          ]),
    ],
  };
}

function columnDots(explained: ExplainedRows, column: number, places: readonly number[]): Dot[] {
  const { shapValues, columns } = explained;
  const values = places.map((_, row) => explained.valueOf(row, column));
  const levels = columnLevels(values);
  return values.map((value, row) => {
    const shap = shapValues[row * columns.length + column] ?? 0;
    return {
      row: places[row] ?? row,
      column: columnText(explained, column),
      position: column,
      shap,
      offset: 0,
      level: levels[row] ?? null,
      name: explained.nameOf(row),
      value: valueText(value),
      text: effectText(shap),
    };
  });
}

function restDots(
  explained: ExplainedRows,
  rest: readonly number[],
  places: readonly number[],
): Dot[] {
  const { shapValues, columns } = explained;
  return places.map((place, row) => {
    const shap = rest.reduce(
      (sum, column) => sum + (shapValues[row * columns.length + column] ?? 0),
      0,
    );
    return {
      row: place,
      column: otherColumns(rest.length),
      position: -1,
      shap,
      offset: 0,
      level: null,
      name: explained.nameOf(row),
      value: "–",
      text: effectText(shap),
    };
  });
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

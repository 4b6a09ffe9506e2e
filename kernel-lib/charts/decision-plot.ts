import {
  columnOrder,
  columnText,
  evenPlaces,
  explainedRows,
  freeName,
  otherColumns,
  takeRows,
  type Explained,
} from "./explained";
import { drawnOf, namesAxis, roomyDomain } from "./explanation-marks";
import { short } from "./fairness-words";
import { emptyChart, noteBelow } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface DecisionPlotOptions {
  /** Which output; default the first. */
  output?: string;
  /** Most columns drawn, the most important ones; the others are summed below. Default 15. */
  limit?: number;
  /** Most rows drawn, evenly taken; default 100. */
  mostRows?: number;
  /** Pixels of the plot; default 420. */
  width?: number;
  /** Position of a row to draw thicker, in what is given. */
  marked?: number;
}

/**
 * The way of each row from the base value, at the bottom, to its prediction, at the top: a column after the other is
 * added, the least important first.
 *
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example decisionPlot(report)
 */
export function decisionPlot(given: Explained, options: DecisionPlotOptions = {}): VegaLiteSpec {
  const { limit = 15, mostRows = 100, width = 420, marked } = options;
  const all = explainedRows(given, options.output);
  const places = evenPlaces(all.rows, mostRows);
  if (marked !== undefined && marked >= 0 && marked < all.rows && !places.includes(marked))
    places.push(marked);
  const explained = takeRows(all, places);
  const { shapValues, columns, baseValues, predictions } = explained;
  const order = columnOrder(explained);
  const rest = order.length > limit ? order.slice(Math.max(1, limit - 1)) : [];
  const shown = order.slice(0, order.length - rest.length);
  const description = `Ways of ${explained.rows} rows from the base value to the prediction`;
  if (explained.rows === 0 || shown.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no rows to draw") };
  const steps = [
    ...shown.map((column) => ({ label: columnText(explained, column), columns: [column] })),
    ...(rest.length === 0 ? [] : [{ label: otherColumns(rest.length), columns: rest }]),
  ].reverse();
  const start = freeName("base value", explained);
  const points = places.flatMap((place, row) => {
    let at = baseValues[row] ?? 0;
    const common = {
      row: place,
      name: explained.nameOf(row),
      prediction: predictions[row] ?? 0,
      text: short(predictions[row] ?? 0),
    };
    return [
      { ...common, step: 0, label: start, at },
      ...steps.map(({ label, columns: added }, i) => {
        for (const column of added) at += shapValues[row * columns.length + column] ?? 0;
        return { ...common, step: i + 1, label, at };
      }),
    ];
  });
  const names = [start, ...steps.map(({ label }) => label)].reverse();
  const x = {
    field: "at",
    type: "quantitative",
    title: titleOf(explained.unit),
    scale: {
      domain: roomyDomain(
        points.map(({ at }) => at),
        0.03,
      ),
      nice: false,
      zero: false,
    },
    axis: { tickCount: 6 },
  };
  const color = {
    field: "prediction",
    type: "quantitative",
    title: "prediction",
    scale: { domain: roomyDomain(predictions, 0), nice: false, zero: false },
    legend: { tickCount: 4, gradientLength: 100, gradientOpacity: 1 },
  };
  const line = (strokeWidth: number, opacity: number) => ({
    type: "line",
    strokeWidth,
    opacity,
    strokeJoin: "round",
    cursor: "pointer",
    aria: false,
  });
  const encoding = {
    x,
    color,
    detail: { field: "row", type: "nominal" },
    order: { field: "step", type: "quantitative" },
    tooltip: [
      { field: "name", type: "nominal", title: "of" },
      { field: "text", type: "nominal", title: "prediction" },
    ],
  };
  const chosen = points.filter(({ row }) => row === marked);
  const [first] = baseValues;
  return {
    $schema: vegaLiteSchema,
    description: `${description}: predictions from ${short(least(predictions))} to ${short(-least(predictions.map((value) => -value)))}, base value ${short(first ?? 0)}`,
    width,
    height: { step: 26 },
    ...noteBelow(drawnOf(places.length, all.rows), Math.floor(width / 6)),
    data: { name: "ways", values: points },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        title: null,
        sort: null,
        axis: { ...namesAxis(), grid: true },
        scale: { type: "point", domain: names, padding: 0.5 },
      },
    },
    layer: [
      { mark: line(1.25, explained.rows > 40 ? 0.55 : 0.8), encoding },
      ...(chosen.length === 0
        ? []
        : [{ data: { values: chosen }, mark: { ...line(4, 1), point: false }, encoding }]),
    ],
  };
}

function least(values: Float64Array): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity);
}

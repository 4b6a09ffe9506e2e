import {
  explainedRows,
  otherColumns,
  cellText,
  type Explained,
  type ExplainedRows,
} from "./explained";
import { effectText } from "./explanation-words";
import { effectChannel, effectOf, namesAxis, roomyDomain, type Effect } from "./explanation-marks";
import { short } from "./fairness-words";
import { emptyChart } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

export interface WaterfallOptions {
  /** Which output; default the first. */
  output?: string;
  /** Most columns drawn, those that weigh most first; the others are summed. Default 12. */
  limit?: number;
  /** Pixels of the plot; default 360. */
  width?: number;
}

/** Pixels of a number beside a bar. */
const numberRoom = 58;

/** What a column, or several in sum, adds to a row's prediction. */
export interface Contribution {
  /** Position of the column; −1 where several are summed. */
  column: number;
  label: string;
  shap: number;
}

/**
 * Of one row, from the base value to its prediction: a bar for each column from where those above it end, labelled by
 * the column and its value.
 *
 * @param row position of the row, in what is given
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example waterfall(report, 0)
 */
export function waterfall(
  given: Explained,
  row: number,
  options: WaterfallOptions = {},
): VegaLiteSpec {
  const { limit = 12, width = 360 } = options;
  const explained = explainedRows(given, options.output);
  const base = explained.baseValues[row];
  const prediction = explained.predictions[row];
  if (base === undefined || prediction === undefined)
    return { $schema: vegaLiteSchema, ...emptyChart("Waterfall", width, "no row to draw") };
  const parts = contributions(explained, row, limit);
  let at = base;
  const bars = parts.map(({ label, shap, column }) => {
    const from = at;
    at += shap;
    return barOf(label, column, from, at, shap);
  });
  // The sum is the prediction but for rounding, and for sampled values by their error.
  const baseLabel = `base value ${short(base)}`;
  const predictionLabel = `prediction ${short(prediction)}`;
  const ends = [
    { label: baseLabel, at: base },
    { label: predictionLabel, at: prediction },
  ];
  const names = [baseLabel, ...bars.map(({ label }) => label), predictionLabel];
  const domain = roomyDomain(
    bars.flatMap(({ from, to }) => [from, to]).concat(base, prediction),
    // Room for a number at either end.
    numberRoom / Math.max(numberRoom, width - 2 * numberRoom),
  );
  const links = [
    ...bars.map(({ from, label }, i) => ({ at: from, above: names[i] ?? "", below: label })),
    { at: prediction, above: names[bars.length] ?? baseLabel, below: predictionLabel },
  ];
  const x = {
    type: "quantitative",
    title: titleOf(explained.unit),
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 6 },
  };
  const y = {
    field: "label",
    type: "nominal",
    title: null,
    sort: null,
    axis: namesAxis(Math.max(180, width * 0.7)),
    scale: { domain: names, paddingInner: 0.3 },
  };
  const tooltip = [
    { field: "label", type: "nominal", title: "column" },
    { field: "text", type: "nominal", title: "SHAP value" },
    { field: "span", type: "nominal", title: "from, to" },
  ];
  return {
    $schema: vegaLiteSchema,
    description: `Why ${explained.nameOf(row)} has ${short(prediction)} ${titleOf(explained.unit)}: from ${short(base)}, ${bars
      .slice(0, 5)
      .map(({ label, text }) => `${titleOf(label)} ${text}`)
      .join(", ")}`,
    width,
    height: { step: 24 },
    data: { name: "contributions", values: bars },
    encoding: { y },
    layer: [
      {
        data: { values: links },
        mark: { type: "rule", stroke: "gray", strokeDash: [2, 2], aria: false },
        encoding: {
          x: { ...x, field: "at" },
          y: { ...y, field: "above", bandPosition: 0.5 },
          y2: { field: "below", bandPosition: 0.5 },
        },
      },
      {
        mark: { type: "bar", height: { band: 1 }, cursor: "pointer" },
        encoding: {
          x: { ...x, field: "from" },
          x2: { field: "to" },
          color: effectChannel(),
          tooltip,
        },
      },
      {
        data: { values: ends },
        mark: { type: "tick", thickness: 3, height: { band: 1 }, color: "gray", aria: false },
        encoding: { x: { ...x, field: "at" } },
      },
      textLayer(bars, x, "raises", "left"),
      textLayer(bars, x, "lowers", "right"),
    ].filter((layer) => layer !== null),
  };
}

/** The columns that weigh most in a row, and all others in sum. */
export function contributions(
  explained: ExplainedRows,
  row: number,
  limit: number,
): Contribution[] {
  const p = explained.columns.length;
  const all = explained.columns.map((_, column): Contribution => ({
    column,
    label: cellText(explained, row, column),
    shap: explained.shapValues[row * p + column] ?? 0,
  }));
  const sorted = all.sort((a, b) => Math.abs(b.shap) - Math.abs(a.shap) || a.column - b.column);
  const places = sorted.length > limit ? Math.max(1, limit - 1) : sorted.length;
  const rest = sorted.slice(places);
  return [
    ...sorted.slice(0, places),
    ...(rest.length === 0
      ? []
      : [
          {
            column: -1,
            label: otherColumns(rest.length),
            shap: rest.reduce((sum, { shap }) => sum + shap, 0),
          },
        ]),
  ];
}

interface Bar {
  label: string;
  column: number;
  from: number;
  to: number;
  effect: Effect;
  text: string;
  span: string;
}

function barOf(label: string, column: number, from: number, to: number, shap: number): Bar {
  return {
    label,
    column,
    from,
    to,
    effect: effectOf(shap),
    text: effectText(shap),
    span: `${short(from)} to ${short(to)}`,
  };
}

/** Numbers at the end a bar grows to. */
function textLayer(
  bars: readonly Bar[],
  x: object,
  effect: Effect,
  align: "left" | "right",
): object | null {
  const values = bars.filter((bar) => bar.effect === effect);
  return values.length === 0
    ? null
    : {
        data: { values },
        mark: { type: "text", align, dx: align === "left" ? 4 : -4, fontSize: 11, aria: false },
        encoding: { x: { ...x, field: "to" }, text: { field: "text", type: "nominal" } },
      };
}

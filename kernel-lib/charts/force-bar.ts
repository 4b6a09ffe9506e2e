import { explainedRows, type Explained } from "./explained";
import { effectText } from "./explanation-words";
import { effectChannel, effectOf, roomyDomain, type Effect } from "./explanation-marks";
import { short } from "./fairness-words";
import { emptyChart } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";
import { contributions } from "./waterfall";

export interface ForceBarOptions {
  /** Which output; default the first. */
  output?: string;
  /** Most columns drawn, those that weigh most; the others are summed. Default 20. */
  limit?: number;
  /** Pixels of the plot; default 640. */
  width?: number;
}

const barTop = 34;
const barHeight = 26;
const lineHeight = 15;
const lines = 4;
/** Pixels of a letter at 11 px, generously. */
const letter = 6.2;

interface Segment {
  from: number;
  to: number;
  effect: Effect;
  label: string;
  text: string;
}

/**
 * Of one row, the columns as forces on one line: those that raise the prediction push from the left, those that lower
 * it from the right, and they meet at the prediction.
 *
 * @param row position of the row, in what is given
 * @throws AssayerError "invalid-argument" for an output that is not there
 * @example forceBar(report, 0)
 */
export function forceBar(
  given: Explained,
  row: number,
  options: ForceBarOptions = {},
): VegaLiteSpec {
  const { limit = 20, width = 640 } = options;
  const explained = explainedRows(given, options.output);
  const base = explained.baseValues[row];
  const prediction = explained.predictions[row];
  if (base === undefined || prediction === undefined)
    return { $schema: vegaLiteSchema, ...emptyChart("Forces", width, "no row to draw") };
  const parts = contributions(explained, row, limit);
  const segments = [
    ...stacked(parts, "raises", prediction, -1),
    ...stacked(parts, "lowers", prediction, 1),
  ];
  const domain = roomyDomain(
    segments.flatMap(({ from, to }) => [from, to]).concat(base, prediction),
  );
  const [low, high] = domain;
  const pixel = (value: number) => ((value - low) / (high - low)) * width;
  const height = barTop + barHeight + lineHeight * (lines + 1);
  const x = {
    type: "quantitative",
    title: titleOf(explained.unit),
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 6, grid: false },
  };
  const place = (at: number) => low + (at / width) * (high - low);
  const labels = placedLabels(segments, pixel, width).map((label) => ({
    ...label,
    center: place(label.center),
  }));
  const heads = placedHeads(pixel(prediction), pixel(base), width, [
    `prediction ${short(prediction)}`,
    `base value ${short(base)}`,
  ]);
  const pixels = (field: string) => ({ field, type: "quantitative", scale: null, axis: null });
  return {
    $schema: vegaLiteSchema,
    description: `Forces on the ${titleOf(explained.unit)} of ${explained.nameOf(row)}, ${short(prediction)}: ${parts
      .slice(0, 5)
      .map(({ label, shap }) => `${titleOf(label)} ${effectText(shap)}`)
      .join(", ")}`,
    width,
    height,
    data: { name: "forces", values: segments },
    layer: [
      {
        mark: { type: "bar", stroke: "gray", strokeWidth: 0.75 },
        encoding: {
          x: { ...x, field: "from" },
          x2: { field: "to" },
          y: { value: barTop },
          y2: { value: barTop + barHeight },
          color: effectChannel(),
          tooltip: [
            { field: "label", type: "nominal", title: "column" },
            { field: "text", type: "nominal", title: "SHAP value" },
          ],
        },
      },
      {
        data: {
          values: [
            { at: prediction, top: barTop - 12, bottom: barTop + barHeight + 4 },
            { at: base, top: barTop - 12, bottom: barTop + barHeight + 4 },
          ],
        },
        mark: { type: "rule", stroke: "gray", strokeWidth: 1.5, aria: false },
        encoding: { x: { ...x, field: "at" }, y: pixels("top"), y2: { field: "bottom" } },
      },
      ...heads.map(({ text, at, align }) => ({
        data: { values: [{ text, at: place(at), top: barTop - 20 }] },
        mark: { type: "text", align, baseline: "middle", fontSize: 12, aria: false },
        encoding: {
          x: { ...x, field: "at" },
          y: pixels("top"),
          text: { field: "text", type: "nominal" },
        },
      })),
      ...(labels.length === 0
        ? []
        : [
            {
              data: { values: labels },
              mark: { type: "rule", stroke: "gray", strokeWidth: 0.75, aria: false },
              encoding: {
                x: { ...x, field: "middle" },
                y: pixels("from"),
                y2: { field: "to" },
              },
            },
            {
              data: { values: labels },
              mark: { type: "text", baseline: "top", dy: 2, fontSize: 11, aria: false },
              encoding: {
                x: { ...x, field: "center" },
                y: pixels("to"),
                text: { field: "label", type: "nominal" },
              },
            },
          ]),
    ],
  };
}

/** Segments of one direction, the strongest next to the prediction. */
function stacked(
  parts: readonly { label: string; shap: number }[],
  effect: Effect,
  prediction: number,
  side: 1 | -1,
): Segment[] {
  let at = prediction;
  return parts
    .filter(({ shap }) => shap !== 0 && effectOf(shap) === effect)
    .sort((a, b) => Math.abs(b.shap) - Math.abs(a.shap))
    .map(({ label, shap }) => {
      const from = at;
      at += side * Math.abs(shap);
      return {
        from: Math.min(from, at),
        to: Math.max(from, at),
        effect,
        label,
        text: effectText(shap),
      };
    });
}

interface PlacedLabel {
  label: string;
  middle: number;
  center: number;
  from: number;
  to: number;
}

/** Labels below the bar, the strongest first, each on the first line where it has room; what has none is not named. */
function placedLabels(
  segments: readonly Segment[],
  pixel: (value: number) => number,
  width: number,
): PlacedLabel[] {
  const taken: [from: number, to: number][][] = Array.from({ length: lines }, () => []);
  const sorted = [...segments].sort((a, b) => b.to - b.from - (a.to - a.from));
  return sorted.flatMap(({ label, from, to }): PlacedLabel[] => {
    const half = (label.length * letter) / 2;
    const middle = (from + to) / 2;
    if (pixel(to) - pixel(from) < 4 || 2 * half > width) return [];
    const center = Math.min(width - half, Math.max(half, pixel(middle)));
    const line = taken.findIndex((spans) =>
      spans.every(([left, right]) => center + half < left || center - half > right),
    );
    if (line < 0) return [];
    taken[line]?.push([center - half, center + half]);
    const top = barTop + barHeight;
    return [{ label, middle, center, from: top, to: top + 6 + line * lineHeight }];
  });
}

/** The two numbers above the bar, beside each other where they would meet. */
function placedHeads(
  prediction: number,
  base: number,
  width: number,
  [predictionText, baseText]: readonly [string, string],
): { text: string; at: number; align: string }[] {
  const place = (at: number, text: string, side: "left" | "right" | "center") => {
    const room = text.length * letter * 1.1;
    const align =
      side === "left" && at + room > width
        ? "right"
        : side === "right" && at < room
          ? "left"
          : side;
    return { text, at, align };
  };
  const isRight = prediction >= base;
  return [
    place(prediction, predictionText, isRight ? "left" : "right"),
    place(base, baseText, isRight ? "right" : "left"),
  ];
}

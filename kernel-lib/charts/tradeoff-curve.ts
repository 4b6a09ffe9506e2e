import { short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

/** One rule or model: how good it is, and how far groups are apart. */
export interface TradeoffCurvePoint {
  objective: number;
  difference: number;
  /** What it is, for the reader: a tolerance, a model's name. */
  label?: string;
}

export interface TradeoffCurveOptions {
  /** What `objective` is; default `accuracy`. */
  objective?: string;
  /** What is equal between groups; default `difference between groups`. */
  difference?: string;
  /** Position of the point that was chosen. */
  chosen?: number;
  /** Largest difference that passes: drawn as a line. */
  maxDifference?: number;
  /** Pixels of the plot; default 420. */
  width?: number;
  /** Pixels of the plot; default 260. */
  height?: number;
}

/**
 * What fairness costs: how good each rule is against how far groups are apart, with the chosen one marked. Only a
 * point that none beats in both is on the line.
 *
 * @example tradeoffCurve([{ objective: 0.84, difference: 0.2 }, { objective: 0.82, difference: 0.02 }], { chosen: 1 })
 */
export function tradeoffCurve(
  points: readonly TradeoffCurvePoint[],
  options: TradeoffCurveOptions = {},
): VegaLiteSpec {
  const { width = 420, height = 260, chosen, maxDifference } = options;
  const objective = titleOf(options.objective ?? "accuracy");
  const difference = titleOf(options.difference ?? "difference between groups");
  const description = `${objective} against ${difference}`;
  const known = points.flatMap((point, position) =>
    Number.isFinite(point.objective) && Number.isFinite(point.difference)
      ? [{ ...point, position }]
      : [],
  );
  if (known.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no points to draw") };
  const values = known.map((point) => ({
    position: point.position,
    difference: point.difference,
    objective: point.objective,
    label: formatValue(point.label ?? `point ${point.position + 1}`),
    text: `${objective} ${short(point.objective)}, ${difference} ${short(point.difference)}`,
    series: point.position === chosen ? "chosen" : "possible",
  }));
  const best = values
    .filter(
      (own) =>
        !values.some(
          (other) =>
            other.difference <= own.difference &&
            other.objective >= own.objective &&
            (other.difference < own.difference || other.objective > own.objective),
        ),
    )
    .sort((a, b) => a.difference - b.difference);
  const picked = values.find(({ series }) => series === "chosen");
  const domain = ["possible", "chosen"];
  const x = {
    field: "difference",
    type: "quantitative",
    title: `${difference} (0 is equal)`,
    scale: { zero: true, nice: true },
    axis: { tickCount: 6, format: "~g" },
  };
  const y = {
    field: "objective",
    type: "quantitative",
    title: objective,
    scale: { zero: false, nice: true },
    axis: { tickCount: 5, format: "~g" },
  };
  const series = (datum: string) => ({
    color: { datum, type: "nominal", scale: { domain }, legend: null },
    shape: { datum, type: "nominal", scale: { domain }, legend: null },
  });
  const tooltip = [
    { field: "label", type: "nominal", title: "point" },
    { field: "text", type: "nominal", title: "has" },
  ];
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${values.length} points, from ${short(least(values, "difference"))} to ${short(
      -least(
        values.map((each) => ({ ...each, difference: -each.difference })),
        "difference",
      ),
    )} apart`,
    width,
    height,
    data: { name: "points", values },
    layer: [
      ...(maxDifference === undefined
        ? []
        : [
            {
              data: {
                values: [{ difference: maxDifference, text: `at most ${short(maxDifference)}` }],
              },
              mark: { type: "rule", strokeDash: [4, 3], stroke: "gray", aria: false },
              encoding: { x },
            },
            {
              data: {
                values: [{ difference: maxDifference, text: `at most ${short(maxDifference)}` }],
              },
              mark: { type: "text", align: "left", dx: 4, dy: 8, fontSize: 11, aria: false },
              encoding: { x, y: { value: 0 }, text: { field: "text", type: "nominal" } },
            },
          ]),
      {
        data: { values: best },
        mark: { type: "line", interpolate: "step-after", strokeWidth: 1.75, aria: false },
        encoding: { x, y, color: series("possible").color },
      },
      {
        mark: { type: "point", filled: true, size: 45, opacity: 1, cursor: "pointer" },
        encoding: { x, y, ...series("possible"), tooltip },
      },
      ...(picked === undefined
        ? []
        : [
            {
              data: { values: [picked] },
              mark: { type: "point", filled: true, size: 150, opacity: 1 },
              encoding: { x, y, ...series("chosen"), tooltip },
            },
            {
              data: { values: [{ ...picked, label: `chosen: ${picked.label}` }] },
              mark: { type: "text", dy: 16, fontSize: 11, style: "halo", aria: false },
              encoding: { x, y, text: { field: "label", type: "nominal" } },
            },
            {
              data: { values: [{ ...picked, label: `chosen: ${picked.label}` }] },
              mark: { type: "text", dy: 16, fontSize: 11, aria: false },
              encoding: { x, y, text: { field: "label", type: "nominal" } },
            },
          ]),
    ],
  };
}

function least(values: readonly { difference: number }[], key: "difference"): number {
  return values.reduce((low, each) => Math.min(low, each[key]), Infinity);
}

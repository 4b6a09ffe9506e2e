import { decimate } from "./decimate";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

/** The values of one metric of one run, in the order they were logged. */
export interface MetricCurve {
  run: string;
  key: string;
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
}

export interface MetricCurvesOptions {
  /** Pixels of a plot, axes aside; default 420. */
  width?: number;
  /** Whether the axes are named; default true. Without, the page around the plot names them. */
  axisTitles?: boolean;
  /** Pixels of one metric's plot; default 180. */
  height?: number;
  /** Scale of the value axis; default "linear". Values ≤ 0 are left out of a "log" axis. */
  scale?: "linear" | "log";
  /** Most points drawn of a curve, its extremes among them; default 600. */
  maxPoints?: number;
}

interface Point {
  run: string;
  key: string;
  step: number;
  value: number | null;
}

/**
 * Metric curves over steps: one plot for each metric, one line for each run.
 *
 * Values that are not finite break the line. The specification names no colour, so that it takes
 * the theme of whoever renders it.
 *
 * @param series one entry for each run and metric; runs are told apart by `run`
 * @example metricCurves([{ run: "tree-6", key: "auc", steps: [1, 2], values: [0.7, 0.8] }])
 */
export function metricCurves(
  series: readonly MetricCurve[],
  options: MetricCurvesOptions = {},
): VegaLiteSpec {
  const {
    width = 420,
    height = 180,
    scale = "linear",
    maxPoints = 600,
    axisTitles = true,
  } = options;
  const points = series.flatMap((curve) => pointsOf(curve, scale, maxPoints));
  const keys = new Set(series.map(({ key }) => key));
  const runs = new Set(series.map(({ run }) => run));
  const fewPoints = series.every(({ values }) => values.length <= 25);
  const [onlyKey] = keys;
  const plot = (valueTitle: string | null) => ({
    width,
    height,
    encoding: {
      x: {
        field: "step",
        type: "quantitative",
        title: axisTitles ? "step" : null,
        axis: { tickMinStep: 1, grid: false, labelFlush: true },
        scale: { zero: false, nice: false },
      },
      ...(runs.size > 1
        ? { color: { field: "run", type: "nominal", title: "run", sort: null } }
        : {}),
    },
    layer: [
      {
        mark: { type: "line", interpolate: "linear" },
        encoding: { y: valueChannel(valueTitle, scale) },
      },
      {
        params: [
          {
            name: "nearest",
            select: {
              type: "point",
              on: "pointermove",
              clear: "pointerout",
              nearest: true,
              encodings: ["x"],
            },
          },
        ],
        mark: { type: "point", filled: true, size: fewPoints ? 28 : 40, tooltip: true },
        encoding: {
          y: valueChannel(valueTitle, scale),
          opacity: {
            condition: { param: "nearest", empty: false, value: 1 },
            value: fewPoints ? 0.9 : 0,
          },
          tooltip: [
            ...(runs.size > 1 ? [{ field: "run", type: "nominal" }] : []),
            { field: "step", type: "quantitative" },
            { field: "value", type: "quantitative", title: onlyKey, format: ".5~g" },
          ],
        },
      },
    ],
  });
  const data = { name: "curves", values: points };
  if (keys.size <= 1)
    return {
      $schema: vegaLiteSchema,
      data,
      ...plot(axisTitles ? (onlyKey ?? "value") : null),
    };
  return {
    $schema: vegaLiteSchema,
    data,
    facet: {
      row: {
        field: "key",
        type: "nominal",
        title: null,
        header: { labelOrient: "top", labelAnchor: "start", labelFontWeight: 600 },
      },
    },
    resolve: { scale: { y: "independent" } },
    spec: plot(null),
  };
}

function valueChannel(title: string | null, scale: "linear" | "log"): object {
  return {
    field: "value",
    type: "quantitative",
    title,
    axis: { tickCount: 5, format: "~g" },
    scale: { type: scale, zero: false },
  };
}

function pointsOf(curve: MetricCurve, scale: "linear" | "log", maxPoints: number): Point[] {
  return decimate(curve.values, maxPoints).map((i) => {
    const value = curve.values[i] ?? NaN;
    const drawable = Number.isFinite(value) && (scale === "linear" || value > 0);
    return {
      run: curve.run,
      key: curve.key,
      step: curve.steps[i] ?? i,
      value: drawable ? value : null,
    };
  });
}

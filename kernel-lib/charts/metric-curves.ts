import { curvePoints } from "./curve-points";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

/** The values of one metric of one run, in the order they were logged. */
export interface MetricCurve {
  run: string;
  key: string;
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
  /** Milliseconds since the epoch; required for an x axis of times. */
  timestamps?: ArrayLike<number>;
  /** Curves of one group, such as all runs of a depth, are drawn as their mean and a band. */
  group?: string;
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
  /**
   * Weight of what came before, 0 to 1, in a moving average without bias towards the start;
   * default 0, none. The values themselves stay as a faint line.
   */
  smoothing?: number;
  /** The x axis: steps, the time since the run's first value, or the time of day; default "step". */
  x?: "step" | "elapsed" | "time";
  /** Scale of the x axis; default "linear". Places ≤ 0, step 0 among them, are left out of a "log" axis. */
  xScale?: "linear" | "log";
  /** What the band of a group spans: lowest to highest, or a standard deviation to either side; default "range". */
  band?: "range" | "deviation";
  /** What the groups are of, such as `"depth"`; default "group". */
  groupTitle?: string;
}

/** Vega knows so many kinds of dashes. */
const mostDashes = 5;

/**
 * Metric curves: one plot for each metric, one line for each run, or for each group of runs.
 *
 * Values that are not finite break the line. The specification names no colour, so that it takes
 * the theme of whoever renders it.
 *
 * @param series one entry for each run and metric; runs are told apart by `run`
 * @throws AssayerError "invalid-argument" for a smoothing outside 0 to 1, or an x axis of times
 *   where timestamps are missing
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
    smoothing = 0,
    x = "step",
    band = "range",
    groupTitle = "group",
  } = options;
  // A time of day has no logarithm.
  const xScale = x === "time" ? "linear" : (options.xScale ?? "linear");
  const settings = { scale, maxPoints, smoothing, x, xScale, band };
  const { rows, xTitle } = curvePoints(series, settings);
  const keys = new Set(series.map(({ key }) => key));
  const isGrouped = series.some(({ group }) => group !== undefined);
  const line = isGrouped ? "group" : "run";
  const lines = new Set(series.map(({ run, group = "none" }) => (isGrouped ? group : run)));
  const fewPoints = series.every(({ values }) => values.length <= 25);
  const [onlyTitle] = [...keys].map(titleOf);
  const legend = { symbolType: "stroke", symbolOpacity: 1, symbolStrokeWidth: 2 };
  const lineChannel = {
    field: line,
    type: "nominal",
    title: isGrouped ? titleOf(groupTitle) : "run",
  };
  const valueChannel = (field: string, title: string | null) => ({
    field,
    type: "quantitative",
    title,
    axis: { tickCount: 5, format: "~g" },
    scale: scale === "log" ? { type: scale } : { zero: false },
  });
  const plot = (valueTitle: string | null) => ({
    width,
    height,
    encoding: {
      x: {
        field: x,
        type: x === "time" ? "temporal" : "quantitative",
        title: axisTitles ? xTitle : null,
        axis: {
          grid: false,
          labelFlush: true,
          ...(x === "step" ? { tickMinStep: 1 } : {}),
          ...(xScale === "log" ? { format: "~s" } : {}),
        },
        scale: {
          nice: false,
          ...(xScale === "log" ? { type: xScale } : x === "time" ? {} : { zero: false }),
        },
      },
      ...(lines.size > 1 ? { color: { ...lineChannel, sort: null, legend } } : {}),
    },
    layer: [
      ...(isGrouped
        ? [
            {
              mark: { type: "area", opacity: 0.18, line: false, aria: false },
              encoding: { y: valueChannel("low", valueTitle), y2: { field: "high" } },
            },
          ]
        : []),
      ...(smoothing > 0 && !isGrouped
        ? [
            {
              mark: { type: "line", interpolate: "linear", opacity: 0.25, aria: false },
              encoding: { y: valueChannel("raw", valueTitle) },
            },
          ]
        : []),
      {
        mark: { type: "line", interpolate: "linear" },
        encoding: {
          y: valueChannel("value", valueTitle),
          ...(lines.size > 1 && lines.size <= mostDashes
            ? { strokeDash: { ...lineChannel, sort: null, legend } }
            : {}),
        },
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
          y: valueChannel("value", valueTitle),
          opacity: {
            condition: { param: "nearest", empty: false, value: 1 },
            value: fewPoints ? 0.9 : 0,
          },
          tooltip: [
            ...(lines.size > 1 ? [lineChannel] : []),
            x === "time"
              ? { field: x, type: "temporal", format: "%Y-%m-%d %H:%M:%S" }
              : { field: x, type: "quantitative", title: xTitle, format: "~g" },
            { field: "value", type: "quantitative", title: onlyTitle, format: ".5~g" },
            ...(smoothing > 0 && !isGrouped
              ? [{ field: "raw", type: "quantitative", title: "unsmoothed", format: ".5~g" }]
              : []),
            ...(isGrouped
              ? [
                  { field: "low", type: "quantitative", format: ".5~g" },
                  { field: "high", type: "quantitative", format: ".5~g" },
                  { field: "runs", type: "quantitative" },
                ]
              : []),
          ],
        },
      },
    ],
  });
  const description = `${[...keys].join(", ")} over ${xTitle}, ${lines.size} ${line}${lines.size === 1 ? "" : "s"}${
    smoothing > 0 ? `, smoothed by ${smoothing}` : ""
  }`;
  const data = { name: "curves", values: rows };
  if (keys.size <= 1)
    return {
      $schema: vegaLiteSchema,
      description,
      data,
      ...plot(axisTitles ? (onlyTitle ?? "value") : null),
    };
  return {
    $schema: vegaLiteSchema,
    description,
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

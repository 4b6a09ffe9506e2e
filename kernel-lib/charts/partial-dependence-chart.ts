import type { CellValue } from "../explain/explanation";
import { valueText } from "./explanation-words";
import { roomyDomain } from "./explanation-marks";
import { short } from "./fairness-words";
import { formatValue } from "./format-value";
import { emptyChart } from "./group-marks";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";
import { titleOf } from "./title-of";

/** How predictions go with a column's value: a mean over rows, with the rows' own lines where they are known. */
export interface DependenceCurve {
  column: string;
  /** Values of the column, numbers in rising order. */
  grid: readonly CellValue[] | Float64Array;
  /** One for each value of the grid. */
  values: readonly number[] | Float64Array;
  /** 95 % interval of each value, where it is known. */
  lower?: readonly number[] | Float64Array | null;
  upper?: readonly number[] | Float64Array | null;
  /** The same of single rows (ICE): a list for each. */
  lines?: readonly (readonly number[] | Float64Array)[] | null;
}

export interface PartialDependenceChartOptions {
  /** What is predicted; the axis' title. Default `mean prediction`. */
  title?: string;
  /** Most lines of rows drawn, evenly taken; default 60. */
  mostLines?: number;
  /** Pixels of the plot; default 420. */
  width?: number;
  /** Pixels of the plot; default 260. */
  height?: number;
}

/**
 * How the prediction goes with a column: the mean as a thick line with its band, each row's as a thin one. Of texts,
 * dots with intervals. Accumulated local effects are drawn alike.
 *
 * @example partialDependenceChart({ column: "age", grid, ...outputs[0] }) // of `partialDependence`
 */
export function partialDependenceChart(
  curve: DependenceCurve,
  options: PartialDependenceChartOptions = {},
): VegaLiteSpec {
  const { mostLines = 60, width = 420, height = 260 } = options;
  const title = titleOf(options.title ?? "mean prediction");
  const column = titleOf(
    curve.column.trim() === "" ? `"${curve.column}"` : formatValue(curve.column),
  );
  const description = `${title} against ${column}`;
  const grid: CellValue[] = Array.from(curve.grid);
  const isNumeric = grid.every((value) => typeof value === "number" && Number.isFinite(value));
  const xOf = (value: CellValue | undefined) =>
    isNumeric ? (value ?? null) : valueText(value ?? null);
  const means = grid.flatMap((value, i) => {
    const mean = curve.values[i] ?? NaN;
    const [low, high] = [curve.lower?.[i] ?? NaN, curve.upper?.[i] ?? NaN];
    if (!Number.isFinite(mean)) return [];
    const isBanded = Number.isFinite(low) && Number.isFinite(high);
    return [
      {
        x: xOf(value),
        y: mean,
        low: isBanded ? low : mean,
        high: isBanded ? high : mean,
        value: valueText(value),
        text: isBanded ? `${short(mean)} (${short(low)} to ${short(high)})` : short(mean),
      },
    ];
  });
  if (means.length === 0)
    return { $schema: vegaLiteSchema, ...emptyChart(description, width, "no values to draw") };
  const lines = evenly(curve.lines ?? [], mostLines).flatMap((line, row) =>
    grid.flatMap((value, i) => {
      const y = line[i] ?? NaN;
      return Number.isFinite(y) ? [{ row, x: xOf(value), y }] : [];
    }),
  );
  const x = {
    field: "x",
    title: column,
    ...(isNumeric
      ? {
          type: "quantitative",
          scale: {
            domain: roomyDomain(
              grid.filter((each) => typeof each === "number"),
              0,
            ),
            nice: false,
            zero: false,
          },
          axis: { tickCount: 6, grid: false },
        }
      : {
          type: "nominal",
          sort: null,
          scale: { type: "point", domain: means.map((each) => each.x), padding: 0.5 },
          axis: { labelAngle: grid.length > 5 ? -40 : 0, labelLimit: 120, grid: false },
        }),
  };
  const y = {
    field: "y",
    type: "quantitative",
    title,
    scale: {
      domain: roomyDomain([
        ...means.flatMap(({ low, high }) => [low, high]),
        ...lines.map((each) => each.y),
      ]),
      nice: false,
      zero: false,
    },
    axis: { tickCount: 5 },
  };
  const color = { datum: "mean", type: "nominal", scale: { domain: ["mean"] }, legend: null };
  const tooltip = [
    { field: "value", type: "nominal", title: column },
    { field: "text", type: "nominal", title },
  ];
  const isBanded = means.some(({ low, high }) => high > low);
  return {
    $schema: vegaLiteSchema,
    description: `${description}: ${ends(means)
      .map(({ value, text }) => `${text} at ${titleOf(value)}`)
      .join(", ")}`,
    width,
    height,
    data: { name: "means", values: means },
    layer: [
      ...(lines.length === 0
        ? []
        : [
            {
              data: { values: lines },
              mark: { type: "line", stroke: "gray", strokeWidth: 1, opacity: 0.35, aria: false },
              encoding: { x, y, detail: { field: "row", type: "nominal" } },
            },
          ]),
      ...(isBanded && isNumeric
        ? [
            {
              mark: { type: "area", opacity: 0.2, aria: false },
              encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
            },
          ]
        : []),
      ...(isBanded && !isNumeric
        ? [
            {
              mark: { type: "rule", strokeWidth: 2, aria: false },
              encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
            },
          ]
        : []),
      ...(isNumeric
        ? [{ mark: { type: "line", strokeWidth: 2.5, aria: false }, encoding: { x, y, color } }]
        : []),
      {
        mark: { type: "point", filled: true, size: isNumeric ? 30 : 80, opacity: 1 },
        encoding: { x, y, color, tooltip },
      },
    ],
  };
}

function ends<T>(values: readonly T[]): T[] {
  return values.length < 2 ? [...values] : [...values.slice(0, 1), ...values.slice(-1)];
}

function evenly<T>(values: readonly T[], limit: number): T[] {
  if (values.length <= limit) return [...values];
  return Array.from({ length: limit }, (_, i) => {
    const place = Math.floor(((i + 0.5) * values.length) / limit);
    return values[place] as T;
  });
}

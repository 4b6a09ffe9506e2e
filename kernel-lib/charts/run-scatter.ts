import { AssayerError } from "../errors";
import { colorChannel, numberScale } from "./color-channel";
import {
  columnsValues,
  type ColumnValues,
  type ComparedRun,
  type ChartColumn,
} from "./chart-column";
import { vegaLiteSchema, type VegaLiteSpec } from "./spec";

export interface RunScatterOptions {
  /** Column of the horizontal axis. */
  x: ChartColumn;
  /** Column of the vertical axis. */
  y: ChartColumn;
  /** Column of the points' colour. */
  colorBy?: ChartColumn;
  /** Column of numbers for the points' size. */
  sizeBy?: ChartColumn;
  /** Pixels of the plot; default 480. */
  width?: number;
  /** Pixels of the plot; default 300. */
  height?: number;
}

/** More texts than this are not told apart by shape. */
const mostShapes = 6;

/** With more texts than this, the labels of the horizontal axis are slanted. */
const mostLevelLabels = 6;

const spread = {
  field: "spread",
  type: "quantitative",
  scale: { domain: [0, 1], nice: false, zero: false },
};

/**
 * A point for each run: any param, metric or tag against any other, numbers or texts.
 * Runs that lack one of the two are left out; the description says how many.
 *
 * @throws AssayerError "invalid-argument" for a name that is no column, or a log scale or sizes of texts
 * @example runScatter(await project.searchRuns(), { x: { column: "params.rate", scale: "log" }, y: "metrics.auc" })
 */
export function runScatter(runs: readonly ComparedRun[], options: RunScatterOptions): VegaLiteSpec {
  const { colorBy, sizeBy, width = 480, height = 300 } = options;
  const channels = { x: options.x, y: options.y, color: colorBy, size: sizeBy };
  const used = Object.entries(channels).flatMap(([channel, column]) =>
    column === undefined ? [] : [{ channel, column }],
  );
  const columns = columnsValues(
    runs,
    used.map(({ column }) => column),
  );
  const of = new Map(used.map(({ channel }, i) => [channel, columns[i]]));
  const isSpread = [of.get("x"), of.get("y")].some((column) => column?.numbers === null);
  const rows = runs
    .map((run, r) => ({
      run: run.name,
      ...(isSpread ? { spread: ((r + 1) * 0.618034) % 1 } : {}),
      ...Object.fromEntries(
        used.flatMap(({ channel }, i) => {
          const column = columns[i];
          return [
            [channel, (column?.numbers ?? column?.texts)?.[r] ?? null],
            [`${channel}Text`, column?.texts[r] ?? "missing"],
          ];
        }),
      ),
    }))
    .filter((row: Record<string, unknown>) => row["x"] !== null && row["y"] !== null);
  const [x, y, color, size] = ["x", "y", "color", "size"].map((channel) => of.get(channel));
  if (size?.numbers === null)
    throw new AssayerError(
      "invalid-argument",
      `runScatter requires numbers to size by; got texts in ${size.column}`,
    );
  const leftOut = runs.length - rows.length;
  return {
    $schema: vegaLiteSchema,
    description: `${y?.title ?? ""} against ${x?.title ?? ""} of ${rows.length} runs${
      color ? `, coloured by ${color.title}` : ""
    }${size ? `, sized by ${size.title}` : ""}${leftOut > 0 ? `; ${leftOut} without a value left out` : ""}`,
    width,
    height,
    data: { name: "runs", values: rows },
    mark: {
      type: "point",
      filled: true,
      invalid: "show",
      opacity: rows.length > 200 ? 0.55 : 0.8,
      ...(size ? {} : { size: rows.length > 200 ? 36 : 60 }),
    },
    encoding: {
      ...(x ? { x: positionChannel("x", x, width, rows.length) } : {}),
      ...(y ? { y: positionChannel("y", y, width, rows.length) } : {}),
      // Runs of one text are spread over its band, so that they do not hide each other.
      ...(x && !x.numbers ? { xOffset: spread } : {}),
      ...(y && !y.numbers ? { yOffset: spread } : {}),
      ...(color ? { color: colorChannel("color", color) } : {}),
      ...(color && !color.numbers && color.categories.length <= mostShapes
        ? {
            shape: {
              field: "color",
              type: "nominal",
              title: color.title,
              scale: { domain: color.categories },
            },
          }
        : {}),
      ...(size
        ? {
            size: {
              field: "size",
              type: "quantitative",
              title: size.title,
              scale: { ...numberScale(size), range: [20, 240] },
              legend: { tickCount: 4, symbolOpacity: 1 },
            },
          }
        : {}),
      tooltip: [
        { field: "run", type: "nominal" },
        ...used.map(({ channel }, i) => ({
          field: `${channel}Text`,
          type: "nominal",
          title: columns[i]?.title,
        })),
      ],
    },
  };
}

function positionChannel(
  channel: "x" | "y",
  column: ColumnValues,
  width: number,
  rows: number,
): object {
  const { title, scale, numbers, categories } = column;
  const grid = channel === "y";
  if (numbers) {
    const distinct = rows === 0 ? 0 : new Set(numbers.filter((value) => value !== null)).size;
    const log = scale === "log" && distinct > 0;
    return {
      field: channel,
      type: "quantitative",
      title,
      // Vega's own format gives one value six decimals, and powers of ten an exponent.
      axis: { tickCount: 6, grid, ...(log || distinct === 1 ? { format: "~g" } : {}) },
      scale: {
        ...(log ? { type: "log", nice: false } : { zero: false }),
        ...(distinct === 0 ? { domain: [0, 1] } : { padding: 8 }),
      },
    };
  }
  const fits = channel === "x" && categories.length <= mostLevelLabels;
  return {
    field: channel,
    type: "nominal",
    title,
    axis: {
      grid,
      labelLimit: fits ? Math.floor(width / Math.max(1, categories.length)) - 8 : 120,
      ...(channel === "x" ? { labelAngle: fits ? 0 : -40 } : {}),
    },
    scale: { type: "band", domain: categories, paddingInner: 0.4, paddingOuter: 0.2 },
  };
}

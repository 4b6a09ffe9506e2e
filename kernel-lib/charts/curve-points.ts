import { AssayerError } from "../errors";
import { exponentialMovingAverage } from "../stats/exponential-moving-average";
import { decimate } from "./decimate";
import { groupCurves } from "./group-curves";
import type { MetricCurve, MetricCurvesOptions } from "./metric-curves";

type Settings = Required<
  Pick<MetricCurvesOptions, "scale" | "maxPoints" | "smoothing" | "x" | "xScale" | "band">
>;

/** A curve with its places on the chosen x axis, and its values as they are to be drawn. */
interface PlacedCurve {
  curve: MetricCurve;
  x: number[];
  values: ArrayLike<number>;
}

/** Rows to draw, and what their x means. */
export interface CurvePoints {
  rows: Record<string, unknown>[];
  xTitle: string;
}

const seconds = { title: "seconds", milliseconds: 1000 };
const longerUnits = [
  { title: "hours", milliseconds: 3_600_000 },
  { title: "minutes", milliseconds: 60_000 },
];

/** The rows of a chart of metric curves: a point of a curve each, or of a group where curves have one. */
export function curvePoints(series: readonly MetricCurve[], settings: Settings): CurvePoints {
  const { x, smoothing } = settings;
  const starts = x === "step" ? new Map<string, number>() : startsOf(series, x);
  const longest = Math.max(
    0,
    ...series.map(({ run, timestamps = [] }) =>
      timestamps.length === 0 ? 0 : maximum(timestamps) - (starts.get(run) ?? NaN),
    ),
  );
  const unit = longerUnits.find(({ milliseconds }) => longest >= 2 * milliseconds) ?? seconds;
  const placeOf = (curve: MetricCurve, i: number): number => {
    if (x === "step") return curve.steps[i] ?? i;
    const time = curve.timestamps?.[i] ?? NaN;
    return x === "time" ? time : (time - (starts.get(curve.run) ?? NaN)) / unit.milliseconds;
  };
  const placed = series.map((curve) => ({
    curve,
    x: Array.from({ length: curve.values.length }, (_, i) => placeOf(curve, i)),
    values: smoothing > 0 ? exponentialMovingAverage(curve.values, smoothing) : curve.values,
  }));
  const rows = series.some(({ group }) => group !== undefined)
    ? groupRows(placed, settings)
    : placed.flatMap((each) => runRows(each, settings));
  return { rows, xTitle: x === "elapsed" ? unit.title : x };
}

/** The first time of each run, over all its curves. */
function startsOf(series: readonly MetricCurve[], x: string): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { run, key, values, timestamps } of series) {
    if (timestamps?.length !== values.length)
      throw new AssayerError(
        "invalid-argument",
        `metricCurves requires a timestamp for each value for an x of ${x}; got ${timestamps?.length ?? 0} for ${values.length} values of ${key}`,
      );
    for (let i = 0; i < timestamps.length; i++)
      starts.set(run, Math.min(starts.get(run) ?? Infinity, timestamps[i] ?? Infinity));
  }
  return starts;
}

function maximum(values: ArrayLike<number>): number {
  let highest = -Infinity;
  for (let i = 0; i < values.length; i++) highest = Math.max(highest, values[i] ?? -Infinity);
  return highest;
}

function runRows({ curve, x, values }: PlacedCurve, settings: Settings): Record<string, unknown>[] {
  const drawable = (value: number | undefined) =>
    value !== undefined && isDrawable(value, settings.scale) ? value : null;
  return decimate(curve.values, settings.maxPoints)
    .filter((i) => isDrawable(x[i] ?? NaN, settings.xScale))
    .map((i) => ({
      run: curve.run,
      key: curve.key,
      [settings.x]: x[i],
      value: drawable(values[i]),
      ...(settings.smoothing > 0 ? { raw: drawable(curve.values[i]) } : {}),
    }));
}

function groupRows(placed: readonly PlacedCurve[], settings: Settings): Record<string, unknown>[] {
  const groups = new Map<string, { key: string; group: string; lines: PlacedCurve[] }>();
  for (const each of placed) {
    const { key, group = "none" } = each.curve;
    const name = JSON.stringify([key, group]);
    const found = groups.get(name) ?? { key, group, lines: [] };
    groups.set(name, found);
    found.lines.push(each);
  }
  const { band, maxPoints, scale, x, xScale } = settings;
  return [...groups.values()].flatMap(({ key, group, lines }) =>
    groupCurves(
      lines.map((line) => drawableLine(line, settings)),
      { band, maxPoints, log: xScale === "log" },
    ).map((point) => ({
      group,
      key,
      [x]: point.x,
      value: point.mean,
      // On a log axis a deviation that reaches below 0 ends at the line.
      low: isDrawable(point.low, scale) ? point.low : point.mean,
      high: point.high,
      runs: point.runs,
    })),
  );
}

/** The points that have a place on both axes, by rising x. */
function drawableLine({ x, values }: PlacedCurve, { scale, xScale }: Settings) {
  const kept = Array.from(x.keys())
    .filter((i) => isDrawable(x[i] ?? NaN, xScale) && isDrawable(values[i] ?? NaN, scale))
    .sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  return { x: kept.map((i) => x[i] ?? NaN), values: kept.map((i) => values[i] ?? NaN) };
}

function isDrawable(value: number, scale: "linear" | "log"): boolean {
  return Number.isFinite(value) && (scale === "linear" || value > 0);
}

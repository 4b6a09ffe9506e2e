import { AssayerError } from "../../errors";
import { quantileOfSorted } from "../../stats/quantile";
import type { Candidate, CounterfactualColumn } from "./counterfactual-column";

/** Steps between quantiles, and between limits, of a column whose thresholds are not known. */
const steps = 32;

/**
 * Values that a column may be given, the cheapest first; none for a column that cannot be changed.
 *
 * @param values of the data's rows
 * @param spread what a difference is measured in
 */
export function candidatesOf(
  column: CounterfactualColumn,
  own: number,
  values: Float64Array,
  spread: number,
): Candidate[] {
  if (column.fixed) return [];
  const known = values.filter((value) => Number.isFinite(value)).sort();
  if (column.kind === "category")
    return [...new Set(column.allowed ?? known)]
      .filter((value) => value !== own)
      .map((value) => ({ value, cost: 1 }));
  // From a missing value there is no way up or down.
  const direction = Number.isNaN(own) ? undefined : column.direction;
  const lower = Math.max(
    column.lower ?? known[0] ?? -Infinity,
    direction === "up" ? own : -Infinity,
  );
  const upper = Math.min(
    column.upper ?? known[known.length - 1] ?? Infinity,
    direction === "down" ? own : Infinity,
  );
  const whole = column.whole ?? (known.length > 0 && known.every(Number.isInteger));
  const found = column.grid
    ? beyondThresholds(column.grid, own, { lower, upper, whole, slack: spread / 200 })
    : known.length === 0
      ? []
      : [
          ...Array.from({ length: steps + 1 }, (_, i) => quantileOfSorted(known, i / steps)),
          ...Array.from({ length: steps + 1 }, (_, i) => lower + ((upper - lower) * i) / steps),
        ];
  return [...new Set([...found, column.lower, column.upper])]
    .map((value) => (value !== undefined && whole ? roundAway(value, own) : value))
    .filter(
      (value): value is number =>
        value !== undefined && value !== own && value >= lower && value <= upper,
    )
    .filter((value, i, all) => all.indexOf(value) === i)
    .map((value) => ({ value, cost: Number.isNaN(own) ? 1 : Math.abs(value - own) / spread }))
    .sort((a, b) => a.cost - b.cost);
}

/** A whole number that is no nearer to `own`: what was beyond a threshold stays beyond it. */
function roundAway(value: number, own: number): number {
  return value > own ? Math.ceil(value) : Math.floor(value);
}

interface Limits {
  lower: number;
  upper: number;
  whole: boolean;
  /** How far beyond a threshold a rounder number may lie. */
  slack: number;
}

/**
 * Of each threshold the values on both of its sides that are the nearest, since some conditions keep the threshold
 * itself and others do not: the threshold, and the roundest number just beyond it, which no float32 lies before.
 */
function beyondThresholds(grid: ArrayLike<number>, own: number, limits: Limits): number[] {
  const { lower, upper, whole, slack } = limits;
  const thresholds = [...new Set(Array.from(grid))].filter(Number.isFinite).sort((a, b) => a - b);
  return thresholds.flatMap((threshold, i) => {
    const sides = Number.isNaN(own) || own === threshold ? [1, -1] : [threshold > own ? 1 : -1];
    return [
      threshold,
      ...sides.map((side) => {
        if (whole) return side > 0 ? Math.floor(threshold) + 1 : Math.ceil(threshold) - 1;
        const next = thresholds[i + side] ?? side * Infinity;
        const limit = side > 0 ? Math.min(next, upper) : Math.max(next, lower);
        const nearest = nextFloat32(threshold, side);
        const far = threshold + side * Math.min(slack, Math.abs(limit - threshold) / 2);
        return (far - nearest) * side > 0 ? roundest(nearest, far) : nearest;
      }),
    ];
  });
}

/** The number with the fewest decimals from `from` to `to`, on either side of it. */
export function roundest(from: number, to: number): number {
  const [low, high] = from < to ? [from, to] : [to, from];
  const digits = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-300)));
  for (let decimals = -digits; decimals < 17 - digits; decimals++) {
    const unit = 10 ** Math.abs(decimals);
    const scaled = (value: number) => (decimals >= 0 ? value * unit : value / unit);
    const back = (value: number) => (decimals >= 0 ? value / unit : value * unit);
    const value = from < to ? back(Math.ceil(scaled(low))) : back(Math.floor(scaled(high)));
    if (value >= low && value <= high) return value === 0 ? 0 : value;
  }
  return from;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 next to a number: the nearest one above it (side 1) or below. */
export function nextFloat32(value: number, side: number): number {
  float[0] = value;
  const rounded = float[0];
  if ((rounded - value) * side > 0) return rounded;
  if (rounded === 0) return side * 2 ** -149;
  bits[0] = (bits[0] as number) + (rounded > 0 === side > 0 ? 1 : -1);
  return float[0];
}

/**
 * What a column's differences are measured in: the median absolute deviation from the median; where most values are
 * the same, the mean one; 1 for a constant.
 *
 * @see Wachter, Mittelstadt and Russell 2018, "Counterfactual explanations without opening the black box"
 */
export function spreadOf(values: Float64Array): number {
  const known = values.filter((value) => Number.isFinite(value)).sort();
  if (known.length === 0) return 1;
  const median = quantileOfSorted(known, 0.5);
  const deviations = known.map((value) => Math.abs(value - median)).sort();
  const mean = deviations.reduce((sum, each) => sum + each, 0) / deviations.length;
  return quantileOfSorted(deviations, 0.5) || mean || 1;
}

/** @throws AssayerError "invalid-argument" for limits that exclude each other */
export function requireColumn(column: CounterfactualColumn): void {
  const { name, lower = -Infinity, upper = Infinity, direction, kind = "number" } = column;
  const fail = (wanted: string, got: string): never => {
    throw new AssayerError(
      "invalid-argument",
      `counterfactuals requires ${wanted} of ${name}; got ${got}`,
    );
  };
  if (!["number", "category"].includes(kind)) fail("a kind, number or category,", kind);
  if (!(lower <= upper)) fail("limits in rising order", `${lower} and ${upper}`);
  if (direction !== undefined && !["up", "down"].includes(direction))
    fail("a direction, up or down,", direction);
}

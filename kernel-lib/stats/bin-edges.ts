import { AssayerError } from "../errors";
import { ascending } from "./ascending";
import { moments } from "./moments";
import { quantileOfSorted } from "./quantile";

const rules = {
  auto: autoWidth,
  doane: (x: Float64Array) => doaneWidth(x, range(x)),
  fd: freedmanDiaconisWidth,
  rice: (x: Float64Array) => range(x) / (2 * Math.cbrt(x.length)),
  scott: (x: Float64Array) =>
    Math.cbrt((24 * Math.sqrt(Math.PI)) / x.length) * Math.sqrt(moments(x).squares / x.length),
  sqrt: (x: Float64Array) => range(x) / Math.sqrt(x.length),
  sturges: (x: Float64Array) => sturgesWidth(range(x), x.length),
};

/** Rules for the number of bins, by numpy's names. */
export type BinRule = keyof typeof rules;

/**
 * Edges of bins of one width, from the minimum to the maximum, as `numpy.histogram_bin_edges` sets them for floats.
 * A sample without a range gets bins over half a unit on both sides.
 *
 * @param values n ≥ 1 values; those that are not finite are left out
 * @param bins their number, or the rule that finds it
 * @returns one more than there are bins, ascending
 * @throws AssayerError "empty-sample" if no value is finite
 * @throws AssayerError "invalid-argument" for a number of bins that is not whole and positive, or an unknown rule
 * @see https://numpy.org/doc/stable/reference/generated/numpy.histogram_bin_edges.html
 * @example binEdges([0, 1, 4], 2) // [0, 2, 4]
 */
export function binEdges(values: ArrayLike<number>, bins: number | BinRule): Float64Array {
  if (typeof bins === "number" && !(Number.isInteger(bins) && bins > 0))
    throw new AssayerError(
      "invalid-argument",
      `binEdges requires a whole number of bins, 1 or more; got ${bins}`,
    );
  if (typeof bins === "string" && !Object.hasOwn(rules, bins))
    throw new AssayerError(
      "invalid-argument",
      `unknown rule for bins: ${bins as string}; expected one of ${Object.keys(rules).join(", ")}`,
    );
  const sorted = ascending("binEdges", "sample", values);
  const [low, high] = outerEdges(sorted);
  const count = typeof bins === "number" ? bins : binCount(high - low, rules[bins](sorted));
  return equalWidthEdges(low, high, count);
}

/**
 * The edges of Sturges' rule for a sample of which only its size and range are known.
 *
 * @param whole the values come from a column of whole numbers: numpy then makes no bin narrower than 1
 */
export function sturgesEdges(
  size: number,
  low: number,
  high: number,
  whole: boolean,
): Float64Array {
  const [first, last] = widened(low, high);
  const width = sturgesWidth(high - low, size);
  return equalWidthEdges(
    first,
    last,
    binCount(last - first, whole && width > 0 ? Math.max(1, width) : width),
  );
}

/**
 * The edges of Doane's rule, without sorting.
 *
 * @param values n ≥ 1 finite values, in any order
 */
export function doaneEdges(values: Float64Array): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [first, last] = widened(low, high);
  return equalWidthEdges(first, last, binCount(last - first, doaneWidth(values, high - low)));
}

/** As `numpy.linspace` rounds them. */
export function equalWidthEdges(low: number, high: number, bins: number): Float64Array {
  const edges = new Float64Array(bins + 1);
  const width = (high - low) / bins;
  for (let i = 0; i < bins; i++) edges[i] = i * width + low;
  edges[bins] = high;
  return edges;
}

function outerEdges(sorted: Float64Array): [number, number] {
  return widened(sorted[0] as number, sorted[sorted.length - 1] as number);
}

function widened(low: number, high: number): [number, number] {
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function binCount(range: number, width: number): number {
  return width > 0 ? Math.max(1, Math.ceil(range / width)) : 1;
}

function range(sorted: Float64Array): number {
  return (sorted[sorted.length - 1] as number) - (sorted[0] as number);
}

function sturgesWidth(range: number, size: number): number {
  return range / (Math.log2(size) + 1);
}

function freedmanDiaconisWidth(sorted: Float64Array): number {
  const spread = quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25);
  return 2 * spread * sorted.length ** (-1 / 3);
}

function autoWidth(sorted: Float64Array): number {
  const wide = Math.max(freedmanDiaconisWidth(sorted), rules.sqrt(sorted) / 2);
  return Math.min(wide, rules.sturges(sorted));
}

function doaneWidth(values: Float64Array, range: number): number {
  const n = values.length;
  if (n <= 2) return 0;
  const { squares, cubes } = moments(values);
  const deviation = Math.sqrt(squares / n);
  if (!(deviation > 0)) return 0;
  const skewness = cubes / n / deviation ** 3;
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  return range / (1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / error));
}

import { AssayerError } from "../../errors";
import { rowsOf, type FeatureValues } from "../multivariate/feature-values";

/** Most bins of values; one more is for what is missing, or is a category that was not kept. */
const maxBins = 255;
/** A bin of a number holds as many rows, as in LightGBM. */
const minRows = 3;
/** Bounds are found from so many rows, evenly spaced, as LightGBM does with a random sample. */
const sampledRows = 200_000;

/** Features cut into at most 256 bins each: what trees learn from and predict by. */
export interface BinnedFeatures {
  rows: number;
  /** For each feature the bin of each row. */
  columns: readonly Uint8Array[];
  /** Number of bins of each feature; the last one is for what is missing or unknown. */
  sizes: readonly number[];
  categorical: readonly boolean[];
}

type Binning =
  | { kind: "number"; name: string; bounds: Float64Array }
  | { kind: "category"; name: string; bins: ReadonlyMap<string | null, number> };

/** How the features of a table are cut into bins, so that other rows can be cut the same way. */
export class FeatureBins {
  private constructor(private readonly binnings: readonly Binning[]) {}

  /**
   * Bins of numbers hold about equally many rows, but a value that fills one has it alone; the most frequent
   * categories have a bin each, and what is missing is one of them.
   */
  static of(columns: readonly FeatureValues[]): FeatureBins {
    return new FeatureBins(
      columns.map((column) =>
        column.kind === "number"
          ? { kind: "number", name: column.name, bounds: boundsOf(column.values) }
          : { kind: "category", name: column.name, bins: categoryBins(column) },
      ),
    );
  }

  /** @throws AssayerError "invalid-argument" for other features than the bins were made of */
  apply(columns: readonly FeatureValues[]): BinnedFeatures {
    const { binnings } = this;
    const [first] = columns;
    const fits =
      first !== undefined &&
      columns.length === binnings.length &&
      columns.every(
        (column, i) =>
          column.kind === binnings[i]?.kind &&
          column.name === binnings[i].name &&
          rowsOf(column) === rowsOf(first),
      );
    if (!fits)
      throw new AssayerError(
        "invalid-argument",
        `FeatureBins.apply requires the features ${binnings.map(({ name }) => name).join(", ")}, of one length; got ${columns.map(({ name }) => name).join(", ")}`,
      );
    return {
      rows: rowsOf(first),
      columns: columns.map((column, i) => binned(column, binnings[i])),
      sizes: binnings.map((each) =>
        each.kind === "number" ? each.bounds.length + 2 : each.bins.size + 1,
      ),
      categorical: binnings.map(({ kind }) => kind === "category"),
    };
  }
}

function binned(column: FeatureValues, binning: Binning | undefined): Uint8Array {
  if (column.kind === "number" && binning?.kind === "number") {
    const { bounds } = binning;
    return Uint8Array.from(column.values, (value) =>
      Number.isFinite(value) ? firstAtLeast(bounds, value) : bounds.length + 1,
    );
  }
  if (column.kind === "category" && binning?.kind === "category") {
    const { bins } = binning;
    const ofCode = column.categories.map((category) => bins.get(category) ?? bins.size);
    const missing = bins.get(null) ?? bins.size;
    return Uint8Array.from(column.codes, (code) => (code < 0 ? missing : (ofCode[code] ?? 0)));
  }
  return new Uint8Array();
}

/** Position of the first bound that is not less than the value. */
function firstAtLeast(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Upper bounds of all bins but the last: half way between the values on either side. */
function boundsOf(values: Float64Array): Float64Array {
  const step = Math.max(1, values.length / sampledRows);
  const sample = new Float64Array(Math.ceil(values.length / step));
  let present = 0;
  for (let i = 0; i < sample.length; i++) {
    const value = values[Math.floor(i * step)] ?? NaN;
    if (Number.isFinite(value)) sample[present++] = value;
  }
  const sorted = sample.subarray(0, present).sort();
  const distinct: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) {
      distinct.push(sorted[i] ?? 0);
      counts.push(1);
    } else counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
  const full = fullBin(counts, present);
  const bounds: number[] = [];
  let rows = 0;
  for (let i = 0; i + 1 < distinct.length && bounds.length < maxBins - 1; i++) {
    rows += counts[i] ?? 0;
    const alone = full.alone !== null && (counts[i] ?? 0) >= full.alone;
    const beforeAlone = full.alone !== null && (counts[i + 1] ?? 0) >= full.alone;
    if (!alone && rows < full.rows && !(beforeAlone && rows >= full.rows / 2)) continue;
    bounds.push((distinct[i] ?? 0) / 2 + (distinct[i + 1] ?? 0) / 2);
    rows = 0;
  }
  return Float64Array.from(bounds);
}

/** Rows that fill a bin, and rows with which a value gets a bin of its own. */
function fullBin(counts: readonly number[], rows: number): { rows: number; alone: number | null } {
  if (counts.length <= maxBins) return { rows: minRows, alone: null };
  const bins = Math.max(1, Math.min(maxBins, Math.floor(rows / minRows)));
  const alone = rows / bins;
  const heavy = counts.filter((count) => count >= alone);
  const rest = rows - heavy.reduce((sum, count) => sum + count, 0);
  return { rows: rest / Math.max(1, bins - heavy.length), alone };
}

function categoryBins(
  column: Extract<FeatureValues, { kind: "category" }>,
): Map<string | null, number> {
  const counts = new Float64Array(column.categories.length + 1);
  for (const code of column.codes) counts[code + 1] = (counts[code + 1] ?? 0) + 1;
  const present = [...counts.keys()].filter((at) => (counts[at] ?? 0) > 0);
  present.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  return new Map(
    present
      .slice(0, maxBins)
      .map((at, bin) => [at === 0 ? null : (column.categories[at - 1] ?? null), bin]),
  );
}

import { AssayerError } from "../../errors";
import { symmetricEigen } from "../../stats/symmetric-eigen";
import { rowsOf, type FeatureValues } from "./feature-values";

/** How a feature becomes a number about 0 with deviation 1, as the reference rows have it. */
interface Scaling {
  name: string;
  kind: FeatureValues["kind"];
  /** What a missing value counts as: the mean, or the most frequent category's share. */
  missing: number;
  /** Share of the rows of each category; null for numbers. */
  shares: ReadonlyMap<string, number> | null;
  mean: number;
  deviation: number;
}

/**
 * What reference rows look like, by their principal components. Rows that are put together otherwise cannot be
 * reconstructed from these, though each feature alone may look as ever.
 */
export interface Reconstruction {
  /** How many components were kept. */
  components: number;
  /** Features that were left out, since they have no value. */
  leftOut: string[];
  /** For each row the distance to what the components make of it. */
  errors(columns: readonly FeatureValues[]): Float64Array;
}

/**
 * Principal components of the reference rows: missing numbers become the mean, missing categories the most frequent
 * one, categories the share of their rows, and all is scaled to mean 0 and variance 1. As NannyML 0.13.1.
 *
 * @param columns features of one length, 1 row or more; infinities count as missing
 * @param options.share variance that the kept components explain together, over 0 and below 1, default 0.65
 * @throws AssayerError "invalid-argument" for another share, "empty-sample" when no feature varies
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/multivariate_drift.html
 */
export function fitReconstruction(
  columns: readonly FeatureValues[],
  options: { share?: number } = {},
): Reconstruction {
  const { share = 0.65 } = options;
  if (!(share > 0 && share < 1))
    throw new AssayerError(
      "invalid-argument",
      `fitReconstruction requires a share between 0 and 1; got ${share}`,
    );
  const scalings = columns.map(scalingOf);
  const used = scalings.flatMap((scaling, i) => {
    const column = columns[i];
    return scaling && column ? [{ scaling, column }] : [];
  });
  const scaled = used.map(({ column, scaling }) => scaledValues(column, scaling));
  const { values, vectors } = symmetricEigen(covariance(scaled), scaled.length);
  const explained = values.map((value) => Math.max(value, 0));
  const total = explained.reduce((sum, value) => sum + value, 0);
  if (!(total > 0))
    throw new AssayerError(
      "empty-sample",
      `fitReconstruction requires a feature that varies; got none of ${columns.length}`,
    );
  let sum = 0;
  const components = 1 + explained.findIndex((value) => (sum += value / total) > share);
  // The error is what lies along the other components; as a difference it would lose digits.
  const others = vectors.subarray(components * scaled.length);
  return {
    components,
    leftOut: columns.filter((_, i) => scalings[i] === null).map(({ name }) => name),
    errors: (given) => distances(scaledLike(given, used), others),
  };
}

/** Null for a feature without a value. */
function scalingOf(column: FeatureValues): Scaling | null {
  const { name, kind } = column;
  if (kind === "number") {
    const mean = meanOf(column.values.filter(Number.isFinite));
    if (Number.isNaN(mean)) return null;
    return { name, kind, shares: null, ...spread(column, { missing: mean, shares: null }) };
  }
  const counts = new Float64Array(column.categories.length);
  for (const code of column.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  let most = -1;
  for (const [code, count] of counts.entries()) {
    const [best = 0, ours = "", theirs = ""] = [
      counts[most],
      column.categories[code],
      column.categories[most],
    ];
    if (count > 0 && (count > best || (count === best && ours < theirs))) most = code;
  }
  if (most < 0) return null;
  const missing = column.codes.reduce((sum, code) => sum + Number(code < 0), 0);
  counts[most] = (counts[most] ?? 0) + missing;
  const shareOf = (code: number) => (counts[code] ?? 0) / column.codes.length;
  const shares = new Map(column.categories.map((category, code) => [category, shareOf(code)]));
  return { name, kind, shares, ...spread(column, { missing: shareOf(most), shares }) };
}

function spread(
  column: FeatureValues,
  encoding: Pick<Scaling, "missing" | "shares">,
): Pick<Scaling, "missing" | "mean" | "deviation"> {
  const values = encoded(column, encoding);
  const mean = meanOf(values);
  const variance = meanOf(values.map((value) => (value - mean) ** 2));
  // Rounding alone is no variance: scikit-learn's StandardScaler has the same limit.
  const rows = values.length;
  const noise = rows * Number.EPSILON * variance + (rows * mean * Number.EPSILON) ** 2;
  const deviation = variance <= noise ? 1 : Math.sqrt(variance);
  return { missing: encoding.missing, mean, deviation };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function encoded(
  column: FeatureValues,
  { missing, shares }: Pick<Scaling, "missing" | "shares">,
): Float64Array {
  if (column.kind === "number")
    return column.values.map((value) => (Number.isFinite(value) ? value : missing));
  // A category that the reference does not have has no share of it.
  const ofCode = column.categories.map((category) => shares?.get(category) ?? 0);
  return Float64Array.from(column.codes, (code) => (code < 0 ? missing : (ofCode[code] ?? 0)));
}

function scaledValues(column: FeatureValues, scaling: Scaling): Float64Array {
  return encoded(column, scaling).map((value) => (value - scaling.mean) / scaling.deviation);
}

function scaledLike(
  given: readonly FeatureValues[],
  used: readonly { scaling: Scaling }[],
): Float64Array[] {
  const byName = new Map(given.map((column) => [column.name, column]));
  return used.map(({ scaling }) => {
    const column = byName.get(scaling.name);
    if (column?.kind !== scaling.kind || (given[0] && rowsOf(column) !== rowsOf(given[0])))
      throw new AssayerError(
        "invalid-argument",
        `errors requires the features of the reference, of one length; got another ${scaling.name}`,
      );
    return scaledValues(column, scaling);
  });
}

/** Of columns with mean 0, not divided by the number of rows. */
function covariance(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const products = new Float64Array(size * size);
  for (const [i, a] of columns.entries())
    for (const [j, b] of columns.entries()) {
      if (j > i) break;
      let sum = 0;
      for (let row = 0; row < a.length; row++) sum += (a[row] ?? 0) * (b[row] ?? 0);
      products[i * size + j] = sum;
      products[j * size + i] = sum;
    }
  return products;
}

/** Length of each row's part along the vectors. */
function distances(columns: readonly Float64Array[], vectors: Float64Array): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const squares = new Float64Array(rows);
  const along = new Float64Array(rows);
  for (let at = 0; at < vectors.length; at += columns.length) {
    along.fill(0);
    for (const [i, column] of columns.entries()) {
      const weight = vectors[at + i] ?? 0;
      for (let row = 0; row < rows; row++)
        along[row] = (along[row] ?? 0) + weight * (column[row] ?? 0);
    }
    for (let row = 0; row < rows; row++)
      squares[row] = (squares[row] ?? 0) + (along[row] ?? 0) ** 2;
  }
  return squares.map(Math.sqrt);
}

import { AssayerError } from "../../errors";
import { seededRandom } from "../../stats/seeded-random";
import { predictInBlocks, type AskedModel } from "../any-model/predict-in-blocks";
import type { PredictRows } from "../explanation";
import { widthOf, type RowMatrix } from "../row-matrix";
import { categoryColumn, normalColumn, quartileColumn } from "./lime-samples";
import { ridge, weightedSums, type WeightedSums } from "./weighted-ridge";

export interface LimeOptions {
  predict: PredictRows;
  /** Rows of the data that samples are drawn like. */
  data: RowMatrix;
  /** Names of the columns, in order; default their places. */
  columns?: readonly string[];
  /** Places of the columns whose numbers are codes of categories. */
  categorical?: readonly number[];
  /** What categories are called: by column, by code. */
  labels?: Readonly<Record<string, readonly string[]>>;
  /** Whether number columns are cut at their quartiles; default true. */
  discretize?: boolean;
  /** Default 5000. */
  samples?: number;
  /** Columns that get a weight, at most; default 10. */
  numFeatures?: number;
  /** Default `auto`: forward selection up to 6 features, above those of the highest weights. */
  featureSelection?: "auto" | "none" | "forward-selection" | "highest-weights";
  /** How fast a sample counts less with its distance; default 0.75 × √columns. */
  kernelWidth?: number;
  /** Default 0. */
  seed?: number;
  signal?: AbortSignal;
}

export interface LimeWeight {
  column: string;
  /** What holds of the row: `31 < age <= 40`, `sector = Sales`. */
  condition: string;
  /** What the condition adds to the prediction nearby; without quartiles, what a standard deviation adds. */
  weight: number;
  /** Of the samples' chance, with the selected columns as they are. */
  standardError: number;
}

export interface LimeExplanation {
  /** Largest first. */
  weights: LimeWeight[];
  intercept: number;
  /** What the simple model says of the row, and what the model itself says. */
  localPrediction: number;
  prediction: number;
  /** Weighted R² of the simple model; low where it does not tell what the model does. */
  score: number;
}

/**
 * LIME for tables: rows by chance like the data's, weighted by how near they are to the row, and a ridge regression
 * of the model's answers on whether each column is as in the row.
 *
 * Weights do not add up to the prediction, and depend on the kernel's width and the quartiles; SHAP values do not.
 *
 * @param row p values
 * @returns one for each output of the model
 * @throws AssayerError "invalid-argument" for rows and columns that do not fit, and values that are not finite
 * @see Ribeiro, Singh and Guestrin 2016; the Python package lime 0.2.0.1, `LimeTabularExplainer`
 */
export async function limeTable(
  row: Float64Array,
  options: LimeOptions,
): Promise<LimeExplanation[]> {
  const { predict, data, categorical = [], labels = {}, discretize = true, signal } = options;
  const { samples = 5000, numFeatures = 10, featureSelection = "auto", seed = 0 } = options;
  const fail = (wanted: string, got: string | number): never => {
    throw new AssayerError("invalid-argument", `limeTable requires ${wanted}; got ${got}`);
  };
  const width = widthOf("limeTable", "row of data", data);
  const names = options.columns ?? Array.from({ length: width }, (_, f) => String(f));
  const kernelWidth = options.kernelWidth ?? 0.75 * Math.sqrt(width);
  if (row.length !== width) fail(`a row of ${width} values, as the data's`, row.length);
  if (names.length !== width) fail(`a name for each of ${width} columns`, names.length);
  if (!(samples >= 10)) fail("10 samples or more", samples);
  if (!(numFeatures >= 1)) fail("numFeatures of 1 or more", numFeatures);
  if (!(kernelWidth > 0)) fail("a kernelWidth above 0", kernelWidth);
  for (const values of [row, data.rows]) {
    const odd = values.find((value) => !Number.isFinite(value));
    if (odd !== undefined) fail("values that are finite", odd);
  }
  const unknown = categorical.find((f) => !(Number.isInteger(f) && f >= 0 && f < width));
  if (unknown !== undefined)
    throw new AssayerError(
      "invalid-argument",
      `unknown column: ${unknown}; expected one of 0 to ${width - 1}`,
    );
  const columns = names.map((name, f) => {
    const own = row[f] as number;
    const values = Float64Array.from(
      { length: data.count },
      (_, r) => data.rows[r * width + f] as number,
    );
    if (categorical.includes(f))
      return categoryColumn(name, own, values, (code) => labels[name]?.[code] ?? String(code));
    return discretize ? quartileColumn(name, own, values) : normalColumn(name, values);
  });
  const random = seededRandom(seed);
  const features = new Float64Array(samples * width);
  const first = columns.map(({ feature }, f) => feature(row[f] as number));
  const model: AskedModel = {
    caller: "limeTable",
    predict,
    width,
    outputs: 0,
    evaluations: 0,
    signal,
  };
  const answers = await predictInBlocks(model, samples, (i, target, offset) => {
    columns.forEach(({ draw, feature }, f) => {
      const value = i === 0 ? (row[f] as number) : draw(random);
      target[offset + f] = value;
      features[i * width + f] = feature(value);
    });
  });
  const weights = Float64Array.from({ length: samples }, (_, i) => {
    let squares = 0;
    for (let f = 0; f < width; f++)
      squares += ((features[i * width + f] as number) - (first[f] as number)) ** 2;
    return Math.sqrt(Math.exp(-squares / kernelWidth ** 2));
  });
  return Array.from({ length: model.outputs }, (_, k) => {
    const own = answers.filter((_, i) => i % model.outputs === k);
    const sums = weightedSums(features, own, weights);
    const used = selected(sums, first, numFeatures, featureSelection);
    const fit = ridge(sums, used, 1);
    const errors = standardErrors(features, own, weights, sums, used, fit);
    const local = used.reduce(
      (sum, f, i) => sum + (first[f] as number) * (fit.coefficients[i] as number),
      fit.intercept,
    );
    return {
      weights: used
        .map((f, i) => ({
          column: names[f] ?? "",
          condition: columns[f]?.condition ?? "",
          weight: fit.coefficients[i] as number,
          standardError: errors[i] as number,
        }))
        .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
      intercept: fit.intercept,
      localPrediction: local,
      prediction: own[0] as number,
      score: fit.score,
    };
  });
}

function selected(
  sums: WeightedSums,
  first: readonly number[],
  count: number,
  method: NonNullable<LimeOptions["featureSelection"]>,
): number[] {
  const all = first.map((_, f) => f);
  if (method === "none") return all;
  if (method === "highest-weights" || (method === "auto" && count > 6)) {
    const { coefficients } = ridge(sums, all, 0.01);
    const size = (f: number) => Math.abs((coefficients[f] as number) * (first[f] as number));
    return all.sort((a, b) => size(b) - size(a)).slice(0, count);
  }
  const used: number[] = [];
  while (used.length < Math.min(count, all.length)) {
    const open = all.filter((f) => !used.includes(f));
    const scores = open.map((f) => ridge(sums, [...used, f], 0).score);
    used.push(open[scores.indexOf(Math.max(...scores))] as number);
  }
  return used;
}

/** Of weights whose samples are drawn by chance: the spread of what each sample adds to them (HC0). */
function standardErrors(
  features: Float64Array,
  answers: Float64Array,
  weights: Float64Array,
  { p, means }: WeightedSums,
  used: readonly number[],
  { coefficients, intercept, inverse }: ReturnType<typeof ridge>,
): Float64Array {
  const m = used.length;
  const variance = new Float64Array(m);
  for (let i = 0; i < weights.length; i++) {
    let residual = (answers[i] as number) - intercept;
    used.forEach(
      (f, j) => (residual -= (coefficients[j] as number) * (features[i * p + f] as number)),
    );
    const part = (weights[i] as number) * residual;
    for (let j = 0; j < m; j++) {
      let effect = 0;
      used.forEach((f, l) => {
        effect +=
          (inverse[j * m + l] as number) * ((features[i * p + f] as number) - (means[f] as number));
      });
      variance[j] = (variance[j] as number) + (part * effect) ** 2;
    }
  }
  return variance.map(Math.sqrt);
}

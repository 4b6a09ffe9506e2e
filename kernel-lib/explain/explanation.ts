/**
 * What is explained: the model's raw output (margins, log-odds, numbers), the probability it gives, or the log loss of
 * a row whose answer is known.
 */
export type ExplainedOutput = "raw" | "probability" | "log-loss";

export type ExplanationMethod =
  | "tree-path-dependent"
  | "tree-interventional"
  | "linear"
  | "linear-correlated"
  | "exact"
  | "kernel"
  | "permutation"
  | "sampling";

/** A value of a column, as the model is given it. */
export type CellValue = number | string | null;

/**
 * Why a model says what it says: for each row and output, what each column adds to the base value. Base value and
 * SHAP values sum to the prediction.
 */
export interface Explanation {
  method: ExplanationMethod;
  output: ExplainedOutput;
  /** What a SHAP value is measured in, such as `log-odds of late`; where it is not said, the output tells. */
  unit?: string;
  /** p columns of the data. */
  columns: string[];
  /** k outputs that are explained. */
  outputs: string[];
  /** n. */
  rows: number;
  /** k expected outputs; of the log loss n × k, row-major, since that depends on a row's answer. */
  baseValue: Float64Array;
  /** n × k × p, row-major. */
  shapValues: Float64Array;
  /** n × k, of what is explained. */
  predictions: Float64Array;
  /** By column, the n values. */
  values: Record<string, readonly CellValue[] | Float64Array>;
  /** n × k × p, of values that were sampled; null for exact ones. */
  standardError: Float64Array | null;
  /** n × k × p × p, row-major, symmetric; a row of it sums to the column's SHAP value. Null unless asked for. */
  interactions: Float64Array | null;
  /** The rows that missing columns were drawn from; null where the trees' own covers took their place. */
  background: { rows: number; digest: string } | null;
  /** False where sampling ended before its tolerance was reached; absent where nothing was sampled. */
  converged?: boolean;
}

/**
 * Answers of a model to n rows of p values, row-major, as n × k row-major. What the explainers of any model need of
 * it: they call it with many rows at a time.
 */
export type PredictRows = (rows: Float64Array, count: number) => Promise<Float64Array>;

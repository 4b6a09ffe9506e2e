import type { CellValue, ExplainedOutput, ExplanationMethod } from "./explanation";

/**
 * How a model comes to its answers on some data: global importance, and a sample of rows with their SHAP values, so
 * that each can be looked at again from the file alone.
 */
export interface ExplanationReport {
  kind: "explanation";
  format: 1;
  name: string;
  createdAt: string;
  data: { rows: number; description: string; origin: { kind: string } & Record<string, unknown> };
  /** The registered version that is explained, if it is one. */
  model: { name: string; number: number } | null;
  method: ExplanationMethod;
  output: ExplainedOutput;
  /** What a SHAP value is measured in: `log-odds of >50K`, `probability of late`, `dollars an hour`. */
  unit: string;
  columns: string[];
  outputs: string[];
  /** One for each output. */
  baseValue: number[];
  background: { rows: number; digest: string } | null;
  /** Largest |base value + SHAP values − prediction| of all rows. */
  additivityError: number;
  /** By output, then by column in the order of `columns`: mean |SHAP value| over all rows with a 95 % interval. */
  importance: ColumnImportance[][];
  /** Rows that can be looked at one by one: all, or an even sample of at most some hundred. */
  sample: ExplainedRow[];
  /** Rows that an explainer needs as its background when the model is explained again; at most some hundred. */
  backgroundRows: CellValue[][];
  verdict: "stable" | "watch" | "alarm" | "undecided";
  summary: string;
  warnings: string[];
}

export interface ColumnImportance {
  column: string;
  /** Mean |SHAP value| over rows. */
  value: number;
  lower: number;
  upper: number;
}

export interface ExplainedRow {
  /** The row's place in the data, and its request id where it has one. */
  row: number;
  requestId: string | null;
  /** In the order of `columns`. */
  values: CellValue[];
  /** By output. */
  predictions: number[];
  /** By output, in the order of `columns`. */
  shapValues: number[][];
  /** By output, where a row has a base value of its own, as its log loss does. */
  baseValues?: number[];
}

import type { Expectation } from "./expectation";

export type Severity = "error" | "warning" | "info";

export interface ExpectationResult {
  expectation: Expectation;
  /** Null where it is about the whole table. */
  column: string | null;
  severity: Severity;
  passed: boolean;
  /** What was required, in plain words: `delay is between -60 and 600`. */
  required: string;
  /** What came, in plain words, without row data beyond the counts and extremes. */
  observed: string;
  /** Rows that fail; null where that cannot be said of rows. */
  failing: number | null;
  /** SQL condition that is true for a failing row; null where there is none. Used to show those rows. */
  failingRows: string | null;
}

export interface ColumnQuality {
  column: string;
  type: "number" | "boolean" | "text" | "time" | "other";
  missing: number;
  infinite: number;
  distinct: number;
  /** The most frequent value is in all rows, or in at least 95 of 100. */
  constant: boolean;
  almostConstant: boolean;
  /** The column holds the same in every row as this one. */
  duplicateOf: string | null;
  mean: number | null;
  standardDeviation: number | null;
  min: number | string | null;
  q25: number | null;
  median: number | null;
  q75: number | null;
  max: number | string | null;
  /** The most frequent values. */
  top: { value: string; count: number }[];
}

/** What a table holds. */
export interface DataSummary {
  rows: number;
  duplicateRows: number;
  emptyRows: number;
  columns: ColumnQuality[];
  /** Pearson's correlation of the numeric columns, row-major, NaN as null; empty when not asked for. */
  correlation: { columns: string[]; values: (number | null)[] };
}

/** What was expected of a table, and what came. Plain JSON. */
export interface QualityReport {
  kind: "quality";
  format: 1;
  name: string;
  createdAt: string;
  data: { rows: number; description: string; origin: { kind: string } & Record<string, unknown> };
  /** No expectation of severity `error` failed. */
  passed: boolean;
  /** One plain sentence. */
  summary: string;
  results: ExpectationResult[];
  table: DataSummary;
  warnings: string[];
}

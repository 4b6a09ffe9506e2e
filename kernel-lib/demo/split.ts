import { mean, standardDeviation } from "simple-statistics";

/** Rows of data: what a model sees of each, and its label, 0 or 1. */
export interface Split {
  requestId: string[];
  rows: number[][];
  labels: number[];
}

/** Mean and standard deviation of each column; a constant one has a deviation of 1, to divide by. */
export function standardizationOf(rows: readonly (readonly number[])[]): {
  mean: number[];
  standardDeviation: number[];
} {
  const columns = (rows[0] ?? []).map((_, c) => rows.map((row) => row[c] ?? 0));
  return {
    mean: columns.map((column) => mean(column)),
    standardDeviation: columns.map((column) => standardDeviation(column) || 1),
  };
}

/** Rows of a model's input by column. */
export function tableOf(
  columns: readonly string[],
  rows: readonly (readonly number[])[],
): Record<string, number[]> {
  return Object.fromEntries(columns.map((name, c) => [name, rows.map((row) => row[c] ?? 0)]));
}

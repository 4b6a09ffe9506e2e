import type { CellValue } from "../explain/explanation";
import { pearson } from "../stats/pearson";
import type { ExplainedRows } from "./explained";

/**
 * The column that goes best with what is left of a column's SHAP values once its own value is known: with interactions
 * the one of the largest mean size; else, as shap's `approximate_interactions` does, rows are sorted by the column's
 * value and cut into short stretches of nearly one value, in which |correlation| of the SHAP values with each other
 * column, or with whether that one is missing, is summed.
 *
 * @returns position of the column; null where none goes with it
 */
export function strongestInteraction(explained: ExplainedRows, column: number): number | null {
  const { rows, columns, interactions, shapValues } = explained;
  const p = columns.length;
  const strengths = columns.map((_, other) => {
    if (other === column) return -1;
    if (interactions === null) return 0;
    let sum = 0;
    for (let row = 0; row < rows; row++)
      sum += Math.abs(interactions[(row * p + column) * p + other] ?? 0);
    return sum;
  });
  if (interactions === null) {
    const own = codes(explained, column);
    const order = Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) => nanLast(own[a]) - nanLast(own[b]) || a - b,
    );
    const shap = order.map((row) => shapValues[row * p + column] ?? 0);
    const stretch = Math.max(Math.min(Math.floor(rows / 10), 50), 1);
    for (let other = 0; other < p; other++) {
      if (other === column) continue;
      const values = codes(explained, other);
      const present = order.map((row) => zeroed(values[row]));
      const missing = order.map((row) => (Number.isNaN(values[row]) ? 1 : 0));
      strengths[other] = Math.max(
        stretched(shap, present, stretch),
        stretched(shap, missing, stretch),
      );
    }
  }
  let best: number | null = null;
  strengths.forEach((strength, other) => {
    if (strength > 1e-12 && (best === null || strength > (strengths[best] ?? 0))) best = other;
  });
  return best;
}

function stretched(shap: readonly number[], values: readonly number[], length: number): number {
  let sum = 0;
  for (let from = 0; from < shap.length; from += length) {
    const part = shap.slice(from, from + length);
    const other = values.slice(from, from + length);
    if (isConstant(part) || isConstant(other)) continue;
    const correlation = pearson(part, other);
    if (Number.isFinite(correlation)) sum += Math.abs(correlation);
  }
  return sum;
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** Numbers as they are, texts by their order, NaN where missing. */
function codes(explained: ExplainedRows, column: number): Float64Array {
  const values = Array.from({ length: explained.rows }, (_, row) => explained.valueOf(row, column));
  const texts = [...new Set(values.filter((value) => typeof value === "string"))].sort();
  const codeOf = new Map<CellValue, number>(texts.map((text, i) => [text, i]));
  return Float64Array.from(values, (value) =>
    typeof value === "number" ? value : (codeOf.get(value) ?? NaN),
  );
}

function nanLast(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? Number.MAX_VALUE : value;
}

function zeroed(value: number | undefined): number {
  return value === undefined || !Number.isFinite(value) ? 0 : value;
}

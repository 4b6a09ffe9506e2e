import { AssayerError } from "../../errors";
import { studentQuantile } from "../../stats/student-quantile";
import type { Explanation } from "../explanation";
import type { ColumnImportance } from "../explanation-report";

/**
 * Global importance: the mean |SHAP value| of each column over the rows, with a 95 % interval of Student's for the
 * mean of the data that the rows are a sample of. Of one row, which tells nothing of others, the bounds are the value.
 *
 * @returns by output, then by column in the explanation's order
 * @throws AssayerError "invalid-argument" for no rows, or arrays that do not fit rows, outputs and columns
 * @example explanationImportance(explanation)[0]?.[0] // { column: "age", value: 0.41, lower: 0.38, upper: 0.44 }
 */
export function explanationImportance(explanation: Explanation): ColumnImportance[][] {
  requireExplanation("explanationImportance", explanation);
  return explanation.outputs.map((_, output) =>
    explanation.columns.map((column, place) => {
      const { value, lower, upper } = meanInterval(sizesOf(explanation, output, place));
      return { column, value, lower: Math.max(0, lower), upper };
    }),
  );
}

/** |SHAP value| of each row. */
export function sizesOf(
  { shapValues, rows, outputs, columns }: Explanation,
  output: number,
  column: number,
): Float64Array {
  const step = outputs.length * columns.length;
  const start = output * columns.length + column;
  const sizes = new Float64Array(rows);
  for (let row = 0; row < rows; row++) sizes[row] = Math.abs(shapValues[start + row * step] ?? NaN);
  return sizes;
}

/** A mean with its 95 % interval. */
export function meanInterval(values: Float64Array): {
  value: number;
  lower: number;
  upper: number;
} {
  const n = values.length;
  let sum = 0;
  for (const each of values) sum += each;
  const value = sum / n;
  let squares = 0;
  for (const each of values) squares += (each - value) ** 2;
  const half =
    n < 2 || squares === 0 ? 0 : studentQuantile(0.975, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value, lower: value - half, upper: value + half };
}

export function requireExplanation(
  caller: string,
  { rows, outputs, columns, shapValues }: Explanation,
): void {
  const wanted = rows * outputs.length * columns.length;
  if (!(rows >= 1) || shapValues.length !== wanted)
    throw new AssayerError(
      "invalid-argument",
      `${caller} requires 1 row or more, and a SHAP value for each row, output and column; got ${rows} rows, ${outputs.length} outputs, ${columns.length} columns and ${shapValues.length} values`,
    );
}

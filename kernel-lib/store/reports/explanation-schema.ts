import { z } from "zod";
import type { ExplanationReport } from "../../explain/explanation-report";

const text = z.string();
const finite = z.number();
const count = z.int().nonnegative();

/** No report that is made here has more; a file that says so is no report. */
const most = { columns: 100_000, outputs: 10_000, rows: 10_000 } as const;

const texts = (limit: number) => z.array(text).min(1).max(limit);
const cells = z.array(z.union([finite, text]).nullable()).max(most.columns);
const numbers = (limit: number) => z.array(finite).max(limit);

const explained = z.looseObject({
  row: count,
  requestId: text.nullable(),
  values: cells,
  predictions: numbers(most.outputs),
  shapValues: z.array(numbers(most.columns)).max(most.outputs),
  baseValues: numbers(most.outputs).optional(),
});

const importance = z.looseObject({
  column: text,
  value: finite.nonnegative(),
  lower: finite.nonnegative(),
  upper: finite,
});

/** What is said by an explanation report beside what all reports say. */
export const explanationParts = {
  kind: z.literal("explanation"),
  data: z.looseObject({
    rows: count,
    description: text,
    origin: z.looseObject({ kind: text }),
  }),
  model: z.looseObject({ name: text, number: count }).nullable(),
  method: z.enum([
    "tree-path-dependent",
    "tree-interventional",
    "linear",
    "linear-correlated",
    "exact",
    "kernel",
    "permutation",
    "sampling",
  ]),
  output: z.enum(["raw", "probability", "log-loss"]),
  unit: text,
  columns: texts(most.columns),
  outputs: texts(most.outputs),
  baseValue: numbers(most.outputs),
  background: z.looseObject({ rows: count, digest: text }).nullable(),
  additivityError: finite.nonnegative(),
  importance: z.array(z.array(importance).max(most.columns)).max(most.outputs),
  sample: z.array(explained).max(most.rows),
  backgroundRows: z.array(cells).max(most.rows),
  verdict: z.enum(["stable", "watch", "alarm", "undecided"]),
};

/** How far base value and SHAP values may miss a prediction before that is an error, of the largest of them. */
export const additivityTolerance = 1e-6;

/**
 * What contradicts itself in an explanation report: base value and SHAP values sum to the prediction, or the report
 * says by how much they do not, and is an alarm.
 *
 * @returns null where nothing does
 */
export function faultOfExplanation(report: ExplanationReport): string | null {
  const { columns, outputs, baseValue, importance, sample, backgroundRows } = report;
  const [width, depth] = [columns.length, outputs.length];
  if (new Set(columns).size !== width) return "columns of different names";
  if (baseValue.length !== depth) return `a base value for each of ${depth} outputs`;
  if (
    importance.length !== depth ||
    importance.some(
      (list) =>
        list.length !== width ||
        list.some(
          ({ column, value, lower, upper }, c) =>
            column !== columns[c] || lower > value || upper < value,
        ),
    )
  )
    return `the importance of each of ${width} columns, in their order and within its interval`;
  if (backgroundRows.some((row) => row.length !== width))
    return `background rows of ${width} values`;
  for (const [i, row] of sample.entries()) {
    const fault = faultOfRow(report, row);
    if (fault !== null) return `${fault} in row ${i} of the sample`;
  }
  return null;
}

function faultOfRow(
  { columns, outputs, baseValue, output, additivityError, verdict }: ExplanationReport,
  { values, predictions, shapValues, baseValues }: ExplanationReport["sample"][number],
): string | null {
  const [width, depth] = [columns.length, outputs.length];
  if (values.length !== width) return `${width} values`;
  if (predictions.length !== depth) return `${depth} predictions`;
  if (shapValues.length !== depth || shapValues.some((list) => list.length !== width))
    return `${depth} × ${width} SHAP values`;
  if (baseValues !== undefined ? baseValues.length !== depth : output === "log-loss")
    return `base values of its own, one for each of ${depth} outputs`;
  for (const [o, list] of shapValues.entries()) {
    const base = (baseValues ?? baseValue)[o] ?? NaN;
    const prediction = predictions[o] ?? NaN;
    const sum = list.reduce((total, value) => total + value, base);
    const size = list.reduce((total, value) => total + Math.abs(value), Math.abs(base));
    const error = Math.abs(sum - prediction);
    const isOff = error > additivityTolerance * Math.max(1, Math.abs(prediction), size);
    if (isOff && (verdict !== "alarm" || error > additivityError * (1 + 1e-9)))
      return "base value and SHAP values that sum to the prediction";
  }
  return null;
}

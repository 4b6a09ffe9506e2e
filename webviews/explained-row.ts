import { valueText } from "assayer/charts";
import type { CellValue, ExplainedRow, ExplanationReport } from "assayer";
import { formatNumber } from "./format";

/** A row with the reasons for its prediction, by output. */
export interface Reasons {
  values: CellValue[];
  baseValues: number[];
  predictions: number[];
  shapValues: number[][];
}

/** What the report holds of a row. */
export function reasonsOf(report: ExplanationReport, row: ExplainedRow): Reasons {
  const { values, predictions, shapValues } = row;
  return { values, predictions, shapValues, baseValues: row.baseValues ?? report.baseValue };
}

/** The report with nothing but one row in its sample, as charts of a row take it. */
export function withRow(
  report: ExplanationReport,
  reasons: Reasons,
  name: string,
): ExplanationReport {
  const { values, predictions, shapValues, baseValues } = reasons;
  return {
    ...report,
    baseValue: baseValues,
    sample: [{ row: 0, requestId: name, values, predictions, shapValues, baseValues }],
  };
}

/** `row 17`, or the request's id. */
export function rowName({ requestId, row }: ExplainedRow): string {
  return requestId ?? `row ${row}`;
}

/** Three significant digits. */
export function shortText(value: number): string {
  return Number.isFinite(value) ? formatNumber(Number(value.toPrecision(3))) : "–";
}

/** Smaller ones are what rounding leaves of 0. */
const least = 1e-12;

/** A SHAP value with its sign. */
export function signedText(value: number): string {
  if (Math.abs(value) < least) return "0";
  return value > 0 ? `+${shortText(value)}` : shortText(value);
}

/** The reasons in a sentence: what the prediction is, and what raises and lowers it most. */
export function reasonsText(
  report: ExplanationReport,
  { values, baseValues, predictions, shapValues }: Reasons,
  output: number,
): string {
  const shap = shapValues[output] ?? [];
  const most = shap.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const strongest = (sign: 1 | -1) =>
    shap
      .map((value, column) => ({ value, column }))
      // What hardly matters beside the others is left to the table.
      .filter(({ value }) => value * sign > Math.max(least, most / 20))
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .slice(0, 2)
      .map(
        ({ value, column }) =>
          `${report.columns[column] ?? ""} = ${valueText(values[column] ?? null)} (${signedText(value)})`,
      );
  const [up, down] = [strongest(1), strongest(-1)];
  const parts = [
    `The average is ${shortText(baseValues[output] ?? NaN)} ${report.unit}; here it is ${shortText(predictions[output] ?? NaN)}.`,
    ...(up.length > 0 ? [`Raised most by ${up.join(" and ")}.`] : []),
    ...(down.length > 0 ? [`Lowered most by ${down.join(" and ")}.`] : []),
  ];
  return parts.join(" ");
}

/** Positions of the columns, the most important first. */
export function byImportance({ columns, importance }: ExplanationReport, output: number): number[] {
  const values = importance[output] ?? [];
  return columns
    .map((_, column) => column)
    .sort((a, b) => (values[b]?.value ?? 0) - (values[a]?.value ?? 0) || a - b);
}

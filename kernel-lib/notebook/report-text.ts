import type { PerformanceReport } from "../drift/performance-report";
import type { DriftReport } from "../drift/report";
import { explainedRows } from "../charts/explained";
import type { Explanation } from "../explain/explanation";
import type { ExplanationReport } from "../explain/explanation-report";
import type { FairnessReport } from "../fairness/report";
import type { QualityReport } from "../quality/quality-report";
import { explanationImportance } from "../explain/importance/explanation-importance";
import { textTable } from "./html-table";

type Report = DriftReport | QualityReport | PerformanceReport | FairnessReport | ExplanationReport;

/** A report as text for a terminal: its summary, then a line for each feature, expectation or metric. */
export function reportText(report: Report): string {
  const lines = [`${report.name}: ${report.summary}`, "", textTable(rowsOf(report))];
  const warnings = report.warnings.map((warning) => `warning: ${warning}`);
  return [...lines, ...(warnings.length > 0 ? ["", ...warnings] : [])].join("\n");
}

function rowsOf(report: Report): Record<string, unknown>[] {
  switch (report.kind) {
    case "drift":
      return report.features.map(({ feature, verdict, method, score, effect, impact, reason }) => ({
        feature,
        verdict,
        method,
        score,
        effect: effect ? `${effect.name} ${Number(effect.value.toPrecision(3))}` : null,
        impact,
        reason,
      }));
    case "quality":
      return report.results.map(({ passed, severity, required, observed, failing }) => ({
        result: passed ? "passed" : "failed",
        severity,
        required,
        observed,
        failing,
      }));
    case "performance":
      return report.metrics.flatMap(({ measure, chunks }) =>
        chunks.map(({ label, side, value, low, high, realised, alarm }) => ({
          metric: measure,
          chunk: label,
          side,
          estimated: value,
          low,
          high,
          realised,
          alarm: alarm ? "alarm" : "",
        })),
      );
    case "fairness":
      return report.results.map(({ constraint, features, verdict, sentence, rowsNeeded }) => ({
        result: verdict === "insufficient" ? "not enough evidence" : verdict,
        constraint: constraint.constraint,
        groups: features.join(" and "),
        sentence,
        "rows needed": rowsNeeded,
      }));
    case "explanation":
      return importanceRows(report);
  }
}

/** An explanation as text for a terminal: a line for each column of each output. */
export function explanationText(explanation: Explanation): string {
  const { outputs, rows } = explanation;
  const lines = [`SHAP values of ${rows} ${rows === 1 ? "row" : "rows"}`];
  if (rows === 0) return lines.join("\n");
  const importance = explanationImportance(explanation);
  const { unit } = explainedRows(explanation);
  return [...lines, "", textTable(importanceRows({ outputs, importance, unit }))].join("\n");
}

/** The columns that matter most first, of each output. */
function importanceRows({
  outputs,
  importance,
  unit,
}: Pick<ExplanationReport, "outputs" | "importance" | "unit">) {
  const digits = (value: number) => Number(value.toPrecision(3));
  return outputs.flatMap((output, o) =>
    [...(importance[o] ?? [])]
      .sort((a, b) => b.value - a.value)
      .map(({ column, value, lower, upper }) => ({
        ...(outputs.length > 1 && { output }),
        column,
        "mean |SHAP value|": digits(value),
        low: digits(lower),
        high: digits(upper),
        unit,
      })),
  );
}

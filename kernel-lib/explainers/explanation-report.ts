import { AssayerError } from "../errors";
import type { ExplanationReport } from "../explain/explanation-report";
import { additivityTolerance } from "../store/reports/explanation-schema";
import type { DataSource } from "../store/scan/data-source";
import { drawnRows } from "./even-sample";
import { explainAll, type ExplainedAll } from "./explain-all";
import { explanationSummary } from "./explanation-summary";
import { cellsOf, pickRows } from "./model-rows";
import type { Explainer } from "./open-explainer";
import { withDataExplainer, type DataExplainer, type DataExplainerOptions } from "./open-on-data";

export interface ExplanationReportOptions extends DataExplainerOptions {
  /** Default `explanation`. */
  name?: string;
  /** Column with the known answers, of the output log-loss. Default `y_true`. */
  labels?: string;
  /** What a SHAP value is measured in; default as the model tells. */
  unit?: string;
  /** At most so many rows are explained, drawn by chance. Default all; 1,000 with methods that ask the model. */
  rows?: number;
  /** When the report is made. Default now. */
  now?: Date;
}

/** Rows that are explained by methods that ask the model for each. */
const mostAsked = 1000;

/**
 * How a model comes to its answers on some data: the mean |SHAP value| of each column over all rows with its interval,
 * and a sample of rows, evenly spaced by what is predicted of them, with their SHAP values. The report holds values of
 * those rows and of the background.
 *
 * @param source the model's columns, by name, and any others
 * @returns plain JSON
 * @throws AssayerError "invalid-argument" for columns that are missing or of another kind; what `openExplainer` and
 *   reading the source throw; "aborted" once the signal says so
 * @example await explanationReport("adult.csv", { model: { project, name: "income" } })
 */
export async function explanationReport(
  source: DataSource,
  options: ExplanationReportOptions,
): Promise<ExplanationReport> {
  const { labels = "y_true", output } = options;
  const others = output === "log-loss" ? [labels] : [];
  return withDataExplainer("explanationReport", source, options, others, async (opened) => {
    const { explainer, read, background, random } = opened;
    const chosen = chosenRows(explainer, read.rows.count, options.rows, random);
    const rows = chosen ? pickRows(read.rows, chosen) : read.rows;
    const explained = await explainAll(explainer, rows, chosen, read, options);
    const warnings = [
      ...background.warnings,
      ...(chosen
        ? [
            `${rows.count} of ${read.rows.count} rows are explained, drawn by chance${options.rows === undefined ? `: the method ${explainer.method} asks the model for each` : ""}`,
          ]
        : []),
    ];
    return assemble(opened, explained, warnings, options);
  });
}

/** Places of the rows to explain; null for all. */
function chosenRows(
  { method }: Explainer,
  rows: number,
  wanted: number | undefined,
  random: () => number,
): number[] | null {
  const isExact = method.startsWith("tree-") || method.startsWith("linear");
  const limit = wanted ?? (isExact ? Infinity : mostAsked);
  if (wanted !== undefined && !(Number.isSafeInteger(wanted) && wanted >= 1))
    throw new AssayerError(
      "invalid-argument",
      `explanationReport requires rows of 1 or more; got ${wanted}`,
    );
  return rows > limit ? drawnRows(rows, limit, random) : null;
}

function assemble(
  { explainer, read: { data }, background: { rows: background }, version }: DataExplainer,
  explained: ExplainedAll,
  warnings: readonly string[],
  options: ExplanationReportOptions,
): ExplanationReport {
  const { importance, baseValue, sample, additivityError, relativeError, converged } = explained;
  const { outputs } = explainer.model;
  const { unit = explainer.unit, name = "explanation" } = options;
  const isOff = relativeError > additivityTolerance;
  return {
    kind: "explanation",
    format: 1,
    name,
    createdAt: (options.now ?? new Date()).toISOString(),
    data,
    model: version,
    method: explainer.method,
    output: explainer.output,
    unit,
    columns: explainer.model.columns.map((column) => column.name),
    outputs: [...outputs],
    baseValue,
    background: explainer.background,
    additivityError,
    importance,
    sample,
    backgroundRows: Array.from({ length: background.count }, (_, row) => cellsOf(background, row)),
    verdict: isOff ? "alarm" : converged ? "stable" : "undecided",
    summary: explanationSummary({ importance, outputs, unit, data }),
    warnings: [
      ...warnings,
      ...(isOff
        ? [`base value and SHAP values miss a prediction by ${additivityError.toPrecision(3)}`]
        : []),
      ...(converged ? [] : ["sampling ended before its tolerance was reached"]),
    ],
  };
}

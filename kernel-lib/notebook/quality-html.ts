import { correlationHeatmap } from "../charts/correlation-heatmap";
import { missingBars } from "../charts/missing-bars";
import type {
  ColumnQuality,
  ExpectationResult,
  QualityReport,
  Severity,
} from "../quality/quality-report";
import {
  badge,
  card,
  chart,
  dataTable,
  facts,
  moment,
  number,
  rows,
  text,
  warningList,
  type Html,
} from "./report-parts";

const severities: readonly Severity[] = ["error", "warning", "info"];
/** More columns than this have no room in a heat map. */
const mostCorrelated = 40;

export async function qualityHtml(report: QualityReport): Promise<Html> {
  const { table, results, data } = report;
  const failed = results.filter(({ passed }) => !passed);
  const passed = results.filter((result) => result.passed);
  const correlated = table.correlation.columns.length;
  return [
    `<header><p class="quiet">Data quality report</p><h1>${text(report.name)}</h1>`,
    `<p class="lead">${report.passed ? badge("stable", "passed") : badge("alarm", "failed")} ${text(report.summary)}</p>`,
    facts([
      ["data", `${data.description}, ${rows(data.rows)}`],
      ["made", moment(report.createdAt)],
    ]),
    "</header>",
    `<div class="cards">`,
    card("Expectations", `${passed.length} of ${results.length}`, "passed"),
    card(
      "Rows",
      number(table.rows),
      `${number(table.duplicateRows)} duplicate, ${number(table.emptyRows)} empty`,
    ),
    card(
      "Columns",
      number(table.columns.length),
      `${table.columns.filter(({ missing }) => missing > 0).length} with missing values`,
    ),
    "</div>",
    ...severities.map((severity) =>
      resultsHtml(
        `Failed: ${severity}`,
        failed.filter((result) => result.severity === severity),
      ),
    ),
    resultsHtml("Passed", passed),
    "<h2>Columns</h2>",
    columnsTable(table.columns, table.rows),
    table.columns.some(({ missing }) => missing > 0)
      ? `<h2>Missing values</h2>${await chart(missingBars(table))}`
      : "",
    correlated > 1 && correlated <= mostCorrelated
      ? `<h2>Correlation</h2>${await chart(correlationHeatmap(table.correlation))}`
      : "",
    warningList(report.warnings),
  ].join("");
}

function resultsHtml(title: string, results: readonly ExpectationResult[]): Html {
  if (results.length === 0) return "";
  return `<h2>${text(title)}</h2>${dataTable(
    ["required", "observed", "failing rows", "note"],
    results.map(({ required, observed, failing, expectation }) => [
      text(required),
      text(observed),
      failing === null ? "–" : number(failing),
      text(expectation.note ?? ""),
    ]),
    (column) => column === 2,
  )}`;
}

function columnsTable(columns: readonly ColumnQuality[], total: number): Html {
  return dataTable(
    ["column", "type", "missing", "distinct", "mean", "lowest", "median", "highest", "remarks"],
    columns.map((column) => [
      text(column.column),
      text(column.type),
      `${number(column.missing)}${total > 0 && column.missing > 0 ? ` (${number((100 * column.missing) / total)}%)` : ""}`,
      number(column.distinct),
      number(column.mean),
      end(column.min),
      number(column.median),
      end(column.max),
      text(remarks(column).join(", ")),
    ]),
    (column) => column > 1 && column < 8,
  );
}

function end(value: number | string | null): Html {
  return typeof value === "string" ? text(moment(value).slice(0, 60)) : number(value);
}

function remarks({ constant, almostConstant, duplicateOf, infinite }: ColumnQuality): string[] {
  return [
    ...(constant ? ["constant"] : almostConstant ? ["almost constant"] : []),
    ...(duplicateOf === null ? [] : [`same as ${duplicateOf}`]),
    ...(infinite > 0 ? [`${number(infinite)} infinite`] : []),
  ];
}

import "./quality.css";
import { correlationHeatmap, missingBars } from "assayer/charts";
import type { ColumnQuality, ExpectationResult, QualityReport } from "assayer";
import { BehindRows } from "./behind-rows";
import { Chart } from "./chart";
import { el, page } from "./el";
import { plural } from "./format";
import { keepState, listen } from "./host";
import { arrange, Kept } from "./kept";
import { emptyState, link, section, table } from "./parts";
import type { ReportView } from "./protocol";
import {
  numberCard,
  numberText,
  percentText,
  reportHeader,
  sideText,
  verdictBadge,
  warningList,
} from "./report-parts";

/** More columns than this make a heat map whose cells cannot be pointed at. */
const mostCorrelated = 60;
/** Rows of the table of columns: a table can have thousands. */
const mostColumns = 1000;
const kept = new Kept();

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This report cannot be shown", message.message)]);
  if (message.kind !== "show-quality") return;
  keepState({ report: message.view.reference });
  show(message.view);
});

function show(view: ReportView<"quality">): void {
  const { report } = view;
  const { results, table: data } = report;
  arrange(page(), [
    kept.part("header", view, () => header(view)),
    kept.part("cards", [results, data], () => cards(report)),
    ...groups(results).map(({ title, list }) =>
      kept.part(title, list, () => expectations(report, title, list)),
    ),
    results.length === 0 &&
      kept.part("no expectations", 0, () =>
        emptyState(
          "checklist",
          "Nothing was expected of this data",
          "Check Data Quality… can suggest expectations from reference data.",
        ),
      ),
    kept.part("columns", data.columns, () => columns(report)),
    kept.part("charts", data, () => charts(report)),
    kept.part("warnings", report.warnings, () => warningList(report.warnings) ?? el("div")),
  ]);
}

/** An error that failed is an alarm, a warning one to watch. */
function verdictOf({ passed, results }: QualityReport): HTMLElement {
  if (!passed) return verdictBadge("alarm", "failed");
  const warned = results.some((each) => !each.passed && each.severity === "warning");
  return warned ? verdictBadge("watch", "passed with warnings") : verdictBadge("stable", "passed");
}

function header(view: ReportView<"quality">): HTMLElement {
  const { report } = view;
  return reportHeader(
    view,
    {
      kind: "Data quality report",
      verdict: verdictOf(report),
      summary: report.summary,
      createdAt: report.createdAt,
    },
    [{ key: "data", value: sideText(report.data) }],
  );
}

function cards({ results, table: data }: QualityReport): HTMLElement {
  const missing = data.columns.filter((each) => each.missing > 0).length;
  const odd = data.columns.filter(
    (each) => each.constant || each.almostConstant || each.duplicateOf !== null,
  ).length;
  const passed = results.filter((each) => each.passed).length;
  return el(
    "div",
    { class: "number-cards" },
    numberCard("Expectations met", `${passed} of ${results.length}`, ""),
    numberCard(
      "Rows",
      data.rows.toLocaleString(),
      `${data.duplicateRows.toLocaleString()} duplicate, ${data.emptyRows.toLocaleString()} empty`,
    ),
    numberCard("Columns", data.columns.length.toLocaleString(), `${missing} with missing values`),
    numberCard("Uninformative", odd.toLocaleString(), "constant or double"),
  );
}

/** The failed ones by severity, then the others. */
function groups(
  results: readonly ExpectationResult[],
): { title: string; list: ExpectationResult[] }[] {
  const failed = (severity: ExpectationResult["severity"]) =>
    results.filter((each) => !each.passed && each.severity === severity);
  return [
    { title: "Failed", list: failed("error") },
    { title: "Warnings", list: failed("warning") },
    { title: "For information", list: failed("info") },
    { title: "Passed", list: results.filter(({ passed }) => passed) },
  ].filter(({ list }) => list.length > 0);
}

const failedBadges = {
  error: () => verdictBadge("alarm", "failed"),
  warning: () => verdictBadge("watch", "warning"),
  info: () => verdictBadge("undecided", "info"),
};

function expectations(
  report: QualityReport,
  title: string,
  list: readonly ExpectationResult[],
): HTMLElement {
  const behind = new BehindRows();
  const canRead = ["file", "sql", "project-sql", "logged-table"].includes(report.data.origin.kind);
  const part = section(
    title,
    list.length,
    table(
      title,
      [
        { title: "" },
        { title: "Expected" },
        { title: "Came" },
        { title: "Failing rows", numeric: true },
        { title: "Why" },
      ],
      list.map((result) => [
        result.passed ? verdictBadge("stable", "passed") : failedBadges[result.severity](),
        el("strong", {}, result.required),
        result.observed,
        failing(report, result, canRead, behind),
        result.expectation.note ?? "",
      ]),
    ),
    behind.element,
  );
  part.classList.add("wrap");
  return part;
}

function failing(
  report: QualityReport,
  result: ExpectationResult,
  canRead: boolean,
  behind: BehindRows,
): HTMLElement | string {
  const { failing: count, failingRows, required } = result;
  if (count === null) return "–";
  if (count === 0 || failingRows === null || !canRead) return count.toLocaleString();
  const position = report.results.indexOf(result);
  return link(
    `Show ${count.toLocaleString()}`,
    () => {
      void behind.show(`that fail "${required}"`, { failing: position });
    },
    `Show rows that fail: ${required}`,
  );
}

function columns({ table: data }: QualityReport): HTMLElement {
  const shown = data.columns.slice(0, mostColumns);
  const left = data.columns.length - shown.length;
  return section(
    "Columns",
    data.columns.length,
    el(
      "div",
      { class: "columns-table", tabindex: 0 },
      table(
        "Columns",
        [
          { title: "Column" },
          { title: "Type" },
          ...["Missing", "Distinct", "Mean", "Lowest", "Median", "Highest"].map((title) => ({
            title,
            numeric: true,
          })),
          { title: "Remarks" },
        ],
        shown.map((column) => [
          el("strong", {}, column.column),
          el("span", { class: "quiet" }, column.type),
          column.missing === 0
            ? "0"
            : `${column.missing.toLocaleString()} (${percentText(column.missing / data.rows)})`,
          numberText(column.distinct),
          numberText(column.mean),
          end(column.min),
          numberText(column.median),
          end(column.max),
          remarks(column),
        ]),
      ),
    ),
    el("p", { class: "quiet", hidden: left === 0 }, `${plural(left, "column")} more.`),
  );
}

function end(value: ColumnQuality["min"]): string {
  return typeof value === "string" ? momentOf(value).slice(0, 40) : numberText(value);
}

/** A time without what it need not tell; other texts as they are. */
function momentOf(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d{3}Z$/u, "$1 $2");
}

function remarks({ constant, almostConstant, duplicateOf, infinite, top }: ColumnQuality): string {
  return [
    ...(constant
      ? ["constant"]
      : almostConstant
        ? [`almost always ${top[0]?.value.slice(0, 30) ?? "the same"}`]
        : []),
    ...(duplicateOf === null ? [] : [`same as ${duplicateOf}`]),
    ...(infinite > 0 ? [`${infinite.toLocaleString()} infinite`] : []),
  ].join(", ");
}

function charts({ table: data }: QualityReport): HTMLElement {
  const { correlation } = data;
  const missing = new Chart(
    "Share of missing values of each column; the table above has the numbers",
  );
  const heat = new Chart("Correlation of the numeric columns");
  missing.show((width) => missingBars(data, { width }));
  heat.show(
    (width) =>
      correlationHeatmap(correlation, {
        width: Math.min(width - 140, 80 * correlation.columns.length, 520),
      }),
    "own",
  );
  const hasMissing = data.columns.some((column) => column.missing > 0);
  const count = correlation.columns.length;
  return el(
    "div",
    { class: "quality-charts" },
    hasMissing && el("div", { class: "card" }, el("h3", {}, "Missing values"), missing.element),
    count > 1 &&
      el(
        "div",
        { class: "card" },
        el("h3", {}, "Correlation"),
        count <= mostCorrelated
          ? heat.element
          : el(
              "p",
              { class: "quiet" },
              `${count} columns have no room here; the report has their correlations.`,
            ),
      ),
  );
}

import type { ExplanationReport } from "../explain/explanation-report";
import {
  badge,
  dataTable,
  facts,
  moment,
  number,
  rows,
  text,
  warningList,
  type Html,
} from "./report-parts";

export function explanationHtml(report: ExplanationReport): Promise<Html> {
  const { data, model, method, background, outputs } = report;
  const page = [
    `<header><p class="quiet">Explanation report</p><h1>${text(report.name)}</h1>`,
    `<p class="lead">${badge(report.verdict)} ${text(report.summary)}</p>`,
    facts([
      ...(model ? [["model", `${model.name}@${model.number}`] as const] : []),
      ["data", `${data.description}, ${rows(data.rows)}`],
      ["values", `${report.unit}, by ${method}`],
      ["background", background ? rows(background.rows) : "the covers of the trees"],
      ["made", moment(report.createdAt)],
    ]),
    "</header>",
    ...outputs.map((output, o) => importanceHtml(report, output, o)),
    warningList(report.warnings),
  ];
  return Promise.resolve(page.join(""));
}

function importanceHtml(report: ExplanationReport, output: string, o: number): Html {
  const ranked = [...(report.importance[o] ?? [])].sort((a, b) => b.value - a.value);
  return [
    `<h2>${text(report.outputs.length > 1 ? `What decides ${output}` : "What decides")}</h2>`,
    dataTable(
      ["column", `mean |SHAP value|, ${report.unit}`, "low", "high"],
      ranked.map(({ column, value, lower, upper }) => [
        text(column),
        number(value),
        number(lower),
        number(upper),
      ]),
    ),
  ].join("");
}

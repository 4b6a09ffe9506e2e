import { beeswarm } from "../charts/beeswarm";
import { columnOrder, explainedRows, type Explained } from "../charts/explained";
import { dependenceScatter } from "../charts/dependence-scatter";
import { explanationHeatmap } from "../charts/explanation-heatmap";
import { methodText } from "../charts/explanation-words";
import { short } from "../charts/fairness-words";
import { importanceBars } from "../charts/importance-bars";
import type { VegaLiteSpec } from "../charts/spec";
import { waterfall } from "../charts/waterfall";
import type { Explanation } from "../explain/explanation";
import { explanationImportance } from "../explain/importance/explanation-importance";
import type { ColumnImportance, ExplanationReport } from "../explain/explanation-report";
import {
  badge,
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

/** Outputs with charts; the others have their numbers, so that a page of many opens at once. */
const mostOutputs = 6;
/** Columns whose dependence is drawn. */
const mostDependences = 4;
/** Rows drawn as points: a page that is mailed must stay small. */
const mostRows = 200;

export async function explanationHtml(report: ExplanationReport): Promise<Html> {
  const { data, model, background, outputs } = report;
  const parts: Html[] = [];
  for (const [o, output] of outputs.entries())
    parts.push(
      heading(report, output),
      ...(o < mostOutputs ? await outputCharts(report, output) : []),
      importanceTable(report.importance[o] ?? [], report.unit),
      ...(o < mostOutputs ? await exampleRows(report, output) : []),
    );
  return [
    `<header><p class="quiet">Explanation report</p><h1>${text(report.name)}</h1>`,
    `<p class="lead">${badge(report.verdict)} ${text(report.summary)}</p>`,
    facts([
      ...(model ? [["model", `${model.name} v${model.number}`] as const] : []),
      ["data", `${data.description}, ${rows(data.rows)}`],
      ["explained", report.unit],
      ["method", methodText(report.method)],
      ["background", background ? rows(background.rows) : "the covers of the trees"],
      ["base value", report.baseValue.map(short).join(", ")],
      ["adds up within", short(report.additivityError)],
      ["made", moment(report.createdAt)],
    ]),
    "</header>",
    ...parts,
    warningList(report.warnings),
  ].join("");
}

/** An explanation as a part of a notebook: many rows as a whole, a single one by itself. */
export async function explanationPart(explanation: Explanation): Promise<Html> {
  const parts: Html[] = [];
  for (const [o, output] of explanation.outputs.slice(0, mostOutputs).entries()) {
    parts.push(heading(explanation, output));
    if (explanation.rows === 1) {
      parts.push(await charts([waterfall(explanation, 0, { output })]));
      continue;
    }
    parts.push(...(await outputCharts(explanation, output)));
    if (explanation.rows > 0)
      parts.push(
        importanceTable(
          explanationImportance(explanation)[o] ?? [],
          explainedRows(explanation, output).unit,
        ),
      );
  }
  const { method, background } = explanation;
  return [
    `<p class="quiet">${text(rows(explanation.rows))}, ${text(methodText(method))}${background ? `, ${rows(background.rows)} as background` : ""}</p>`,
    ...parts,
  ].join("");
}

function heading({ outputs }: Pick<Explained, "outputs">, output: string): Html {
  return `<h2>${text(outputs.length > 1 ? `What decides ${output}` : "What decides")}</h2>`;
}

async function outputCharts(given: Explained, output: string): Promise<Html[]> {
  const explained = explainedRows(given, output);
  const most = columnOrder(explained)
    .slice(0, mostDependences)
    .map((column) => explained.columns[column] ?? "");
  return [
    await charts([
      importanceBars(given, { output, width: 240 }),
      beeswarm(given, { output, width: 330, mostRows }),
    ]),
    ...(explained.rows === 0
      ? []
      : [
          await charts(
            most.map((column) =>
              dependenceScatter(given, column, { output, width: 270, height: 230, mostRows }),
            ),
          ),
          await charts([explanationHeatmap(given, { output, width: 640, mostRows: 120 })]),
        ]),
  ];
}

/** Why the lowest, the middle and the highest prediction of the sample are what they are. */
async function exampleRows(report: ExplanationReport, output: string): Promise<Html[]> {
  const explained = explainedRows(report, output);
  const order = [...explained.predictions.keys()].sort(
    (a, b) => (explained.predictions[a] ?? 0) - (explained.predictions[b] ?? 0),
  );
  const chosen = new Map(
    (["lowest", "middle", "highest"] as const).map((name, i) => [
      order[Math.round(((order.length - 1) * i) / 2)],
      name,
    ]),
  );
  const parts: Html[] = [];
  for (const [row, name] of chosen) {
    if (row === undefined) continue;
    const title = `The ${name} prediction of the sample: ${explained.nameOf(row)}`;
    parts.push(
      `<div><h3>${text(title)}</h3>${await chart(waterfall(report, row, { output, width: 260, limit: 10 }))}</div>`,
    );
  }
  return parts.length === 0
    ? []
    : [
        `<details><summary class="plain"><span class="rank"></span>Why single rows have their predictions</summary><div class="charts">${parts.join("")}</div></details>`,
      ];
}

async function charts(specs: readonly VegaLiteSpec[]): Promise<Html> {
  const drawn: Html[] = [];
  for (const spec of specs) drawn.push(await chart(spec));
  return `<div class="charts">${drawn.join("")}</div>`;
}

function importanceTable(importance: readonly ColumnImportance[], unit: string): Html {
  const ranked = [...importance].sort((a, b) => b.value - a.value);
  return `<details><summary class="plain"><span class="rank"></span>Numbers</summary>${dataTable(
    ["column", `mean |SHAP value|, ${unit}`, "low", "high"],
    ranked.map(({ column, value, lower, upper }) => [
      text(column),
      number(value),
      number(lower),
      number(upper),
    ]),
  )}</details>`;
}

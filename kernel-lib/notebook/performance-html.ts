import { driftTimelineChart } from "../charts/drift-timeline-chart";
import type { PerformanceReport } from "../drift/performance-report";
import type { DriftTimeline } from "../drift/timeline";
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

export async function performanceHtml(report: PerformanceReport): Promise<Html> {
  const { reference, current } = report;
  const metrics: Html[] = [];
  for (const metric of report.metrics) metrics.push(await metricHtml(metric));
  return [
    `<header><p class="quiet">Performance report</p><h1>${text(report.name)}</h1>`,
    `<p class="lead">${badge(report.verdict)} ${text(report.summary)}</p>`,
    facts([
      ["reference", `${reference.description}, ${rows(reference.rows)}`],
      ["current", `${current.description}, ${rows(current.rows)}`],
      ["problem", `${report.problem}, estimated by ${report.method.toUpperCase()}`],
      ["made", moment(report.createdAt)],
    ]),
    "</header>",
    ...metrics,
    warningList(report.warnings),
  ].join("");
}

async function metricHtml(metric: DriftTimeline): Promise<Html> {
  const { measure, chunks, hint } = metric;
  return [
    `<h2>${text(measure)}</h2>`,
    await chart(driftTimelineChart(metric, { width: 720, height: 200 })),
    hint === null ? "" : `<p class="quiet">${text(hint)}</p>`,
    '<details><summary><span class="rank"></span><span>Numbers</span></summary>',
    dataTable(
      ["chunk", "side", "estimated", "from", "to", "realised", ""],
      chunks.map(({ label, side, value, low, high, realised, alarm }) => [
        text(label),
        text(side),
        number(value),
        number(low),
        number(high),
        number(realised),
        alarm ? badge("alarm") : "",
      ]),
      (column) => column > 1 && column < 6,
    ),
    "</details>",
  ].join("");
}

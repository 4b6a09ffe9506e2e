import "./performance.css";
import { driftTimelineChart } from "assayer/charts";
import type { DriftTimeline } from "assayer";
import { Chart } from "./chart";
import { el, page } from "./el";
import { keepState, listen } from "./host";
import { arrange, Kept } from "./kept";
import { emptyState, section, table } from "./parts";
import type { ReportView } from "./protocol";
import { numberText, reportHeader, sideText, verdictBadge, warningList } from "./report-parts";

const kept = new Kept();

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This report cannot be shown", message.message)]);
  if (message.kind !== "show-performance") return;
  keepState({ report: message.view.reference });
  show(message.view);
});

function show(view: ReportView<"performance">): void {
  const { report } = view;
  arrange(page(), [
    kept.part("header", view, () =>
      reportHeader(
        view,
        {
          kind: "Performance report",
          verdict: verdictBadge(report.verdict),
          summary: report.summary,
          createdAt: report.createdAt,
        },
        [
          { key: "reference", value: sideText(report.reference) },
          { key: "current", value: sideText(report.current) },
          { key: "estimated by", value: `${report.method.toUpperCase()}, ${report.problem}` },
        ],
      ),
    ),
    report.metrics.length === 0 &&
      emptyState("graph-line", "No metric was estimated", "The warnings below say why."),
    ...report.metrics.map((metric, i) =>
      kept.part(`metric ${i}`, metric, () => metricPart(metric)),
    ),
    kept.part("warnings", report.warnings, () => warningList(report.warnings) ?? el("div")),
  ]);
}

function metricPart(metric: DriftTimeline): HTMLElement {
  const { measure, chunks, hint } = metric;
  const alarms = chunks.filter(({ alarm }) => alarm).length;
  const chart = new Chart(
    `${measure} over ${chunks.length} chunks, ${alarms} of them in alarm; the numbers follow as a table`,
  );
  chart.show((width) => driftTimelineChart(metric, { width, height: 220 }));
  return section(
    measure,
    null,
    el("div", { class: "card" }, chart.element, hint !== null && el("p", { class: "quiet" }, hint)),
    el(
      "details",
      { class: "numbers" },
      el("summary", {}, "Numbers"),
      table(
        measure,
        [
          { title: "Chunk" },
          { title: "Side" },
          { title: "Estimated", numeric: true },
          { title: "From", numeric: true },
          { title: "To", numeric: true },
          { title: "Realised", numeric: true },
          { title: "" },
        ],
        chunks.map(({ label, side, value, low, high, realised, alarm }) => [
          label,
          side,
          numberText(value),
          numberText(low),
          numberText(high),
          numberText(realised),
          alarm ? verdictBadge("alarm") : "",
        ]),
      ),
    ),
  );
}

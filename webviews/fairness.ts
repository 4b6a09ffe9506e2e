import "./fairness.css";
import {
  fairnessReportMeaning,
  fairnessReportText,
  groupCalibration,
  groupingText,
  groupRoc,
} from "assayer/charts";
import type { FairnessGrouping, FairnessReport } from "assayer";
import { Chart } from "./chart";
import { Select } from "./controls";
import { el, page } from "./el";
import { usualExplorer, type ExplorerChoices } from "./explorer-choices";
import { errorsPart } from "./fairness-errors";
import { groupsPart, type ComparedGroups } from "./fairness-groups";
import { requirements } from "./fairness-requirements";
import { formatNumber, formatTime } from "./format";
import { keepState, keptState, listen, order, request } from "./host";
import { arrange, Kept } from "./kept";
import { emptyState, link, section } from "./parts";
import type { FairnessView, ReportReference } from "./protocol";
import { reportHeader, sideText, verdictBadge, warningList } from "./report-parts";
import { ThresholdExplorer } from "./threshold-explorer";

interface Choices {
  /** Features of the grouping, as its title has them. */
  grouping: string;
  metric: string;
  compared: ReportReference | null;
}

const saved = keptState();
const choices: Choices = {
  grouping: "",
  metric: "",
  compared: null,
  ...(saved["view"] as object | undefined),
};
const explorerChoices: ExplorerChoices = {
  ...usualExplorer,
  ...(saved["explorer"] as object | undefined),
};
const kept = new Kept();
const explorer = new ThresholdExplorer(explorerChoices, save);
const problem = el("p", { class: "problem", role: "alert" });
let shown: FairnessView | undefined;
let compared: { reference: ReportReference; report: FairnessReport } | undefined;

const grouping = new Select("Groups by", (value) => {
  choices.grouping = value;
  draw();
});
const metric = new Select("Metric", (value) => {
  choices.metric = value;
  draw();
});
const other = new Select("Compare with", (value) => {
  const found = shown?.others.find(({ reference }) => keyOf(reference) === value);
  choices.compared = found?.reference ?? null;
  void compare();
});
const groups = section(
  "Groups",
  null,
  el("div", { class: "controls" }, grouping.element, metric.element, other.element),
  problem,
);
const groupsContent = el("div", { class: "groups" });
groups.append(groupsContent);

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This report cannot be shown", message.message)]);
  if (message.kind !== "show-fairness") return;
  shown = message.view;
  draw();
  if (choices.compared !== null && compared === undefined) void compare();
});

function save(): void {
  if (shown)
    keepState({ report: shown.reference, view: { ...choices }, explorer: { ...explorerChoices } });
}

/** Reads the report that is compared with, and shows it beside. */
async function compare(): Promise<void> {
  const wanted = choices.compared;
  problem.textContent = "";
  if (wanted === null) compared = undefined;
  else
    try {
      const report = await request("read-fairness", wanted);
      if (choices.compared !== wanted) return;
      compared = { reference: wanted, report };
    } catch (error) {
      if (choices.compared !== wanted) return;
      choices.compared = null;
      compared = undefined;
      problem.textContent = `Cannot compare: ${error instanceof Error ? error.message : String(error)}`;
    }
  draw();
}

function draw(): void {
  if (!shown) return;
  const { report, others } = shown;
  save();
  const found = report.groupings.find(
    ({ features }) => groupingText(features) === choices.grouping,
  );
  const chosen = found ?? report.groupings[0];
  const chosenMetric =
    report.metrics.find(({ name }) => name === choices.metric) ?? report.metrics[0];
  grouping.show(
    report.groupings.map(({ features }) => [groupingText(features), groupingText(features)]),
    choices.grouping,
  );
  metric.show(
    report.metrics.map(({ name, label }) => [name, label]),
    choices.metric,
  );
  other.show(
    [
      ["", others.length === 0 ? "no other report" : "nothing"],
      ...others.map(
        ({ reference, runName, createdAt }) =>
          [keyOf(reference), `${reference.name} of ${runName}, ${formatTime(createdAt)}`] as const,
      ),
    ],
    choices.compared === null ? "" : keyOf(choices.compared),
  );
  const beside = compared && { name: otherName(report, compared.report), report: compared.report };
  const besideKey = compared && [compared.reference, compared.report.createdAt];
  arrange(page(), [
    kept.part("header", [shown.reference, shown.runName, report.summary, report.createdAt], () =>
      header(report),
    ),
    kept.part("requirements", [report.results, besideKey], () =>
      requirements(report, beside ?? null),
    ),
    groups,
    kept.part("curves", chosen, () => curves(chosen)),
    explorer.element,
    kept.part("errors", [report.slices, report.errorTree], () => errorsPart(report)),
    kept.part("warnings", report.warnings, () => warningList(report.warnings) ?? el("div")),
  ]);
  arrange(groupsContent, [
    chosen && chosenMetric
      ? kept.part("groups", [chosen, report.metrics, chosenMetric.name, besideKey], () =>
          groupsPart(report, chosen, chosenMetric, nameOf(report), besideGroups(chosen, beside)),
        )
      : emptyState("organization", "No groups", "The report names no sensitive feature."),
  ]);
  const explored = report.problem === "binary" ? chosen : undefined;
  explorer.element.hidden = !explored || !chosenMetric;
  if (explored && chosenMetric) explorer.show(explored, chosenMetric.name);
}

function keyOf({ runId, name }: ReportReference): string {
  return `${runId}/${name}`;
}

/** A version where it is known, since that is what people compare. */
function nameOf({ model, name }: FairnessReport): string {
  return model === null ? name : `${model.name} v${model.number}`;
}

function otherName(own: FairnessReport, report: FairnessReport): string {
  return nameOf(report) === nameOf(own) ? report.name : nameOf(report);
}

function besideGroups(
  { features }: FairnessGrouping,
  beside: { name: string; report: FairnessReport } | undefined,
): ComparedGroups | null {
  if (!beside) return null;
  const same = beside.report.groupings.find(
    (each) => groupingText(each.features) === groupingText(features),
  );
  return { name: beside.name, groups: same?.groups ?? [], overall: beside.report.overall };
}

function header(report: FairnessReport): HTMLElement {
  if (!shown) return el("header");
  const { model } = report;
  const element = reportHeader(
    shown,
    {
      kind: "Fairness report",
      verdict: verdictBadge(report.verdict, fairnessReportText(report.verdict)),
      summary: report.summary,
      createdAt: report.createdAt,
    },
    [
      { key: "data", value: sideText(report.data) },
      ...(report.positiveLabel === null
        ? []
        : [{ key: "positive answer", value: report.positiveLabel }]),
      { key: "intervals", value: `${formatNumber(100 * report.confidence)}%` },
    ],
  );
  const titles = element.querySelector(".titles");
  titles
    ?.querySelector(".lead")
    ?.after(el("p", { class: "quiet" }, fairnessReportMeaning(report.verdict)));
  if (model)
    titles?.querySelector(".facts")?.prepend(
      el(
        "span",
        {},
        "model ",
        link(`${model.name} v${model.number}`, () => {
          order("open-model", { model: model.name, number: model.number });
        }),
      ),
    );
  return element;
}

function curves(chosen: FairnessGrouping | undefined): HTMLElement {
  const hasScores = chosen?.groups.some(({ scores }) => scores !== null) === true;
  if (!chosen || !hasScores) return el("div", { hidden: true });
  const by = groupingText(chosen.features);
  const roc = new Chart(`ROC curve of each group by ${by}`);
  const calibration = new Chart(`Calibration of each group by ${by}`);
  roc.show((width) => groupRoc(chosen.groups, { width, height: 300 }));
  calibration.show((width) => groupCalibration(chosen.groups, { width, height: 300 }));
  return section(
    "Scores",
    null,
    el(
      "div",
      { class: "two" },
      el(
        "div",
        { class: "card" },
        el("h3", {}, "ROC curves"),
        el(
          "p",
          { class: "quiet" },
          "How well scores tell positives from negatives, the farther up and left the better. The dots are where the logged answers are.",
        ),
        roc.element,
      ),
      el(
        "div",
        { class: "card" },
        el("h3", {}, "Calibration"),
        el(
          "p",
          { class: "quiet" },
          "Whether scores mean the same for each group: on the dashed line, what is predicted comes true.",
        ),
        calibration.element,
      ),
    ),
  );
}

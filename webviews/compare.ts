import "./compare.css";
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import {
  CompareImportance,
  CompareParallel,
  CompareScatter,
  usualCharts,
  type ChartChoices,
} from "./compare-charts";
import { CompareCurves, usualCurves, type CurveChoices } from "./compare-curves";
import { comparedCode, comparedValues, runsHeader, tableControls } from "./compare-tables";
import { el, page } from "./el";
import { plural } from "./format";
import { keepState, keptState, listen, order } from "./host";
import { arrange, Kept } from "./kept";
import { button, emptyState } from "./parts";
import type { CompareView } from "./protocol";
import { Tabs } from "./tabs";

const saved = keptState();
let tab = typeof saved["tab"] === "string" ? saved["tab"] : "values";
const tableChoices = { onlyDifferences: saved["onlyDifferences"] === true, search: "" };
const curveChoices: CurveChoices = { ...usualCurves, ...(saved["curves"] as object | undefined) };
const chartChoices: ChartChoices = { ...usualCharts, ...(saved["charts"] as object | undefined) };
let view: CompareView | undefined;

const kept = new Kept();
const values = el("div", { class: "sections" });
const code = el("div", { class: "sections" });
const parts = {
  curves: new CompareCurves(curveChoices, keep),
  parallel: new CompareParallel(chartChoices, keep),
  scatter: new CompareScatter(chartChoices, keep),
  importance: new CompareImportance(chartChoices, keep),
};
const tabs = [
  {
    id: "values",
    title: "Params and Metrics",
    content: el("div", {}, tableControls(tableChoices, drawValues), values),
  },
  { id: "curves", title: "Curves", content: el("div", {}, parts.curves.element) },
  { id: "parallel", title: "Parallel Coordinates", content: el("div", {}, parts.parallel.element) },
  { id: "scatter", title: "Scatter", content: el("div", {}, parts.scatter.element) },
  { id: "importance", title: "Param Importance", content: el("div", {}, parts.importance.element) },
  { id: "code", title: "Code and Environment", content: el("div", {}, code) },
];
const tabBar = new Tabs("Comparison", tabs, tab, (id) => {
  tab = id;
  keep();
  draw();
});

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "These runs cannot be compared", message.message)]);
  if (message.kind !== "show-comparison") return;
  view = message.view;
  keep();
  arrange(page(), [
    kept.part("header", view.runs, header),
    tabBar.element,
    ...tabs.map(({ content }) => content),
  ]);
  draw();
});

function keep(): void {
  if (!view) return;
  keepState({
    runIds: view.runs.map(({ runId }) => runId),
    tab,
    onlyDifferences: tableChoices.onlyDifferences,
    curves: curveChoices,
    charts: chartChoices,
  });
}

function header(): HTMLElement {
  const runs = view?.runs ?? [];
  const runIds = runs.map(({ runId }) => runId);
  return el(
    "header",
    { class: "page-header" },
    el(
      "div",
      { class: "titles" },
      el("h1", {}, `Compare ${plural(runs.length, "run")}`),
      view ? runsHeader(view) : null,
    ),
    el(
      "div",
      { class: "actions" },
      button(
        "Copy as Code",
        "code",
        () => {
          order("run-command", { command: "copyAsCode", runIds });
        },
        true,
      ),
    ),
  );
}

/** Draws the tab that is shown; the others are drawn when they are. */
function draw(): void {
  if (!view) return;
  if (tab === "values") drawValues();
  else if (tab === "code") arrange(code, comparedCodeParts(view));
  else parts[tab as keyof typeof parts].show(view);
}

function drawValues(): void {
  if (!view) return;
  const shown = view;
  keep();
  arrange(values, [
    kept.part("values", [view.runs, view.params, view.metrics, view.tags, tableChoices], () =>
      el("div", { class: "sections" }, ...comparedValues(shown, tableChoices)),
    ),
  ]);
}

function comparedCodeParts(shown: CompareView): HTMLElement[] {
  const { runs, source, datasets, environment, files } = shown;
  return [
    kept.part("code", [runs, source, datasets, environment, files], () =>
      el("div", { class: "sections" }, ...comparedCode(shown)),
    ),
  ];
}

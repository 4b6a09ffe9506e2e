import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import "./drift.css";
import type { DriftReport } from "assayer";
import { Select } from "./controls";
import { el, page } from "./el";
import { FeatureDetail } from "./feature-detail";
import { sortFeatures } from "./feature-order";
import { FeatureTable, type FeatureSort } from "./feature-table";
import { formatNumber, plural } from "./format";
import { keepState, keptState, listen } from "./host";
import { arrange, Kept } from "./kept";
import { emptyState, section } from "./parts";
import type { ReportVerdict, ReportView } from "./protocol";
import { numberCard, reportHeader, sideText, verdictBadge, warningList } from "./report-parts";

const verdicts: readonly ReportVerdict[] = ["alarm", "watch", "stable", "undecided"];
const kept = new Kept();
const detail = new FeatureDetail();
const found = el("span", { class: "quiet", role: "status" });
const state = {
  search: "",
  verdict: "",
  sort: "rank" as FeatureSort,
  feature: "",
  ...savedState(),
};
let shown: ReportView<"drift"> | undefined;

const features = new FeatureTable({
  select: (row) => {
    const feature = shown?.report.features[row];
    if (!shown || !feature) return;
    state.feature = feature.feature;
    save();
    detail.show(shown.report, feature);
  },
  sort: (column) => {
    state.sort = column;
    draw();
  },
});
const search = el("vscode-textfield", {
  placeholder: "Search features",
  label: "Search features",
  on: {
    input: () => {
      state.search = search.value;
      draw();
    },
    keydown: (event) => {
      if (event.key === "ArrowDown") features.element.focus();
    },
  },
});
const verdict = new Select("Verdict", (value) => {
  state.verdict = value;
  draw();
});
const list = section(
  "Features",
  null,
  el("div", { class: "controls" }, search, verdict.element, found, sideLegend()),
  features.element,
);

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This report cannot be shown", message.message)]);
  if (message.kind !== "show-drift") return;
  shown = message.view;
  draw();
});

/** What the user chose is found again. */
function savedState(): { search?: string; verdict?: string; sort?: FeatureSort; feature?: string } {
  return keptState()["view"] ?? {};
}

function save(): void {
  if (shown) keepState({ report: shown.reference, view: state });
}

function draw(): void {
  if (!shown) return;
  const { report } = shown;
  save();
  const rows = sortFeatures(report.features, state);
  const selected = report.features.findIndex(({ feature }) => feature === state.feature);
  const row = rows.includes(selected) ? selected : (rows[0] ?? -1);
  const feature = report.features[row];
  if (search.value !== state.search) search.value = state.search;
  verdict.show(
    [["", "all"], ...verdicts.map((each) => [each, `${each} (${countOf(report, each)})`] as const)],
    state.verdict,
  );
  found.textContent =
    rows.length === report.features.length
      ? plural(rows.length, "feature")
      : `${rows.length.toLocaleString()} of ${plural(report.features.length, "feature")}`;
  arrange(page(), [
    kept.part("header", [shown.reference, shown.runName, report.summary, report.createdAt], () =>
      header(report),
    ),
    kept.part("cards", [report.metricChange, report.multivariate, report.createdAt], () =>
      cards(report),
    ),
    list,
    rows.length === 0 &&
      kept.part("none", [report.features.length], () =>
        report.features.length === 0
          ? emptyState(
              "search",
              "No features were compared",
              "The two sides have no column in common.",
            )
          : emptyState("search", "No feature matches", "Search for less, or show all verdicts."),
      ),
    feature ? detail.element : null,
    kept.part("warnings", report.warnings, () => warningList(report.warnings) ?? el("div")),
  ]);
  features.show(report.features, rows, state.sort, row);
  if (feature) detail.show(report, feature);
}

function countOf({ features: all }: DriftReport, wanted: ReportVerdict): number {
  return all.filter((each) => each.verdict === wanted).length;
}

function header(report: DriftReport): HTMLElement {
  const gone = report.missingFeatures;
  const added = report.newFeatures;
  if (!shown) return el("header");
  return reportHeader(
    shown,
    {
      kind: "Drift report",
      verdict: verdictBadge(report.verdict),
      summary: report.summary,
      createdAt: report.createdAt,
    },
    [
      { key: "reference", value: sideText(report.reference) },
      { key: "current", value: sideText(report.current) },
      ...(gone.length > 0 ? [{ key: "columns gone", value: gone.join(", ") }] : []),
      ...(added.length > 0 ? [{ key: "columns new", value: added.join(", ") }] : []),
    ],
  );
}

const multivariateNames = {
  "domain-classifier": "Sides told apart (AUC)",
  "pca-reconstruction-error": "Reconstruction error",
};

function cards(report: DriftReport): HTMLElement {
  const { metricChange: change, multivariate, features: all } = report;
  return el(
    "div",
    { class: "number-cards" },
    ...verdicts.flatMap((each) => {
      const count = countOf(report, each);
      return count === 0
        ? []
        : [
            numberCard(
              meaning[each],
              count.toLocaleString(),
              `of ${plural(all.length, "feature")}`,
              each,
            ),
          ];
    }),
    change &&
      numberCard(
        change.method === "realised" ? change.metric : `Estimated ${change.metric}`,
        `${change.reference.toPrecision(3)} → ${change.current.toPrecision(3)}`,
        change.method === "realised"
          ? "by the labels"
          : `by ${change.method.toUpperCase()}, without labels`,
      ),
    ...multivariate.map(({ method, value, lower, upper, alarm }) =>
      numberCard(
        multivariateNames[method],
        formatNumber(Number(value.toPrecision(3))),
        lower === null || upper === null
          ? "all features together"
          : `expected ${formatNumber(lower)} to ${formatNumber(upper)}`,
        alarm ? "alarm" : "stable",
      ),
    ),
  );
}

const meaning: Record<ReportVerdict, string> = {
  alarm: "Drifted, it matters",
  watch: "Moved a little",
  stable: "As before",
  undecided: "Cannot be told",
};

/** Which colour is which side, once for all the small pictures. */
function sideLegend(): HTMLElement {
  const entry = (side: string) =>
    el("span", { class: "side-entry" }, el("span", { class: `side-mark ${side}` }), side);
  return el("span", { class: "side-legend" }, entry("reference"), entry("current"));
}

import "./explanation.css";
import { methodText } from "assayer/charts";
import type { ExplanationReport } from "assayer";
import { Select } from "./controls";
import { Decides } from "./decides";
import { el, page } from "./el";
import { comparisonPart } from "./explanation-comparison";
import { formatTime, plural } from "./format";
import { keepState, keptState, listen, order, request } from "./host";
import { arrange, Kept } from "./kept";
import { emptyState, link, section } from "./parts";
import type { ExplanationView, ReportReference, ReportVerdict } from "./protocol";
import { ReasonsPart, type Beside, type RowChoices } from "./reasons";
import { reportHeader, sideText, verdictBadge, warningList } from "./report-parts";

interface Choices {
  output: string;
  /** Place of the picked row in the report's sample. */
  row: number | null;
  compared: ReportReference | null;
  order: string;
  column: string;
}

const verdictWords: Record<ReportVerdict, string> = {
  stable: "explained",
  watch: "explained, with warnings",
  alarm: "does not add up",
  undecided: "not converged",
};

const saved = keptState();
const choices: Choices = {
  output: "",
  row: null,
  compared: null,
  order: "high",
  column: "",
  ...(saved["view"] as object | undefined),
};
const rowChoices: RowChoices = {
  values: null,
  held: null,
  ...(saved["rowChoices"] as object | undefined),
};
const kept = new Kept();
const problem = el("p", { class: "problem", role: "alert" });
let shown: ExplanationView | undefined;
let beside: Beside | null = null;

const output = new Select("Output", (value) => {
  choices.output = value;
  draw();
});
const other = new Select("Compare with", (value) => {
  const found = shown?.others.find(({ reference }) => keyOf(reference) === value);
  choices.compared = found?.reference ?? null;
  void compare();
});
const decides = new Decides(choices, save, (row) => {
  if (choices.row !== row) rowChoices.values = null;
  choices.row = row;
  draw();
  reasons.reveal();
});
const reasons = new ReasonsPart(rowChoices, save);
const controls = el("div", { class: "controls" }, output.element, other.element);
const why = el(
  "div",
  { class: "why" },
  section("What decides", null, controls, problem, decides.element),
  reasons.element,
);

listen((message) => {
  if (message.kind === "cannot-show")
    arrange(page(), [emptyState("error", "This report cannot be shown", message.message)]);
  if (message.kind !== "show-explanation") return;
  shown = message.view;
  draw();
  if (choices.compared !== null && beside === null) void compare();
});

function save(): void {
  if (shown)
    keepState({
      report: shown.reference,
      view: { ...choices },
      rowChoices: { ...rowChoices },
    });
}

/** Reads the report that is compared with, and shows it beside. */
async function compare(): Promise<void> {
  const wanted = choices.compared;
  problem.textContent = "";
  if (wanted === null) beside = null;
  else
    try {
      const report = await request("read-explanation", wanted);
      if (choices.compared !== wanted) return;
      beside = { reference: wanted, report, name: otherName(report) };
    } catch (error) {
      if (choices.compared !== wanted) return;
      choices.compared = null;
      beside = null;
      problem.textContent = `Cannot compare: ${error instanceof Error ? error.message : String(error)}`;
    }
  draw();
}

function draw(): void {
  if (!shown) return;
  const { report, others, reference, runName, readOnly } = shown;
  save();
  const place = Math.max(0, report.outputs.indexOf(choices.output));
  output.element.hidden = report.outputs.length < 2;
  output.show(
    report.outputs.map((name) => [name, name]),
    choices.output,
  );
  other.show(
    [
      ["", others.length === 0 ? "no other report on this model" : "nothing"],
      ...others.map(
        (each) =>
          [
            keyOf(each.reference),
            `v${each.version}: ${each.reference.name}, ${formatTime(each.createdAt)}`,
          ] as const,
      ),
    ],
    choices.compared === null ? "" : keyOf(choices.compared),
  );
  decides.show(report, place, choices.row);
  const compared = beside;
  arrange(page(), [
    kept.part("header", [reference, runName, report.summary, report.createdAt], () =>
      header(report),
    ),
    why,
    compared &&
      kept.part(
        "compared",
        [compared.reference, compared.report.createdAt, report.createdAt, place],
        () => comparisonPart({ name: nameOf(report), report }, compared, place),
      ),
    kept.part("warnings", report.warnings, () => warningList(report.warnings) ?? el("div")),
  ]);
  reasons.show(report, place, choices.row, readOnly, compared);
}

function keyOf({ runId, name }: ReportReference): string {
  return `${runId}/${name}`;
}

/** A version where it is known, since that is what people compare. */
function nameOf({ model, name }: ExplanationReport): string {
  return model === null ? name : `${model.name} v${model.number}`;
}

function otherName(report: ExplanationReport): string {
  return shown && nameOf(report) === nameOf(shown.report) ? report.name : nameOf(report);
}

/** One digit of a small number. */
function errorText(error: number): string {
  return error === 0 ? "0" : error.toExponential(0).replace("-", "−");
}

function header(report: ExplanationReport): HTMLElement {
  if (!shown) return el("header");
  const { model, background } = report;
  const element = reportHeader(
    shown,
    {
      kind: "Explanation report",
      verdict: verdictBadge(report.verdict, verdictWords[report.verdict]),
      summary: report.summary,
      createdAt: report.createdAt,
    },
    [
      { key: "data", value: sideText(report.data) },
      { key: "explained", value: report.unit },
      { key: "by", value: methodText(report.method) },
      ...(background === null
        ? []
        : [{ key: "background", value: plural(background.rows, "row") }]),
      { key: "adds up within", value: errorText(report.additivityError) },
    ],
  );
  if (model)
    element.querySelector(".facts")?.prepend(
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

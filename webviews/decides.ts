import { beeswarm, dependenceScatter, importanceBars, valueText } from "assayer/charts";
import type { ExplanationReport } from "assayer";
import { Chart } from "./chart";
import { Select } from "./controls";
import { el } from "./el";
import { byImportance, rowName, shortText, signedText } from "./explained-row";
import { table } from "./parts";
import { RowList } from "./row-list";

/** Pixels of letters beside a chart's plot. */
const letter = 6.4;
const legendWidth = 64;

/** What matters to the model in all: points and rows to pick one of, importance, and how a column goes with its value. */
export class Decides {
  readonly points = new Chart("SHAP values of all rows by column; the rows follow as a list");
  readonly element: HTMLElement;
  private readonly bars = new Chart("Importance of the columns; the numbers follow as a table");
  private readonly dependence = new Chart("SHAP value against the value of a column");
  private readonly list: RowList;
  private readonly order: Select;
  private readonly column: Select;
  private readonly numbers = el("div");
  private readonly hint = el("p", { class: "quiet" });
  private shown: { report: ExplanationReport; output: number } | undefined;
  private drawn = "";
  private marked: number | null = null;

  constructor(
    private readonly choices: { order: string; column: string },
    keep: () => void,
    pick: (row: number) => void,
  ) {
    const onPoint = (datum: Readonly<Record<string, unknown>>) => {
      if (typeof datum["row"] === "number") pick(datum["row"]);
    };
    this.points.onClick(onPoint);
    this.dependence.onClick(onPoint);
    this.list = new RowList("Rows", pick);
    this.order = new Select("Rows by", (value) => {
      choices.order = value;
      keep();
      this.showRows();
    });
    this.column = new Select("Column", (value) => {
      choices.column = value;
      keep();
      this.showDependence();
    });
    this.element = el(
      "div",
      { class: "decides" },
      el(
        "div",
        { class: "card" },
        this.hint,
        this.points.element,
        el("div", { class: "controls rows-head" }, this.order.element),
        this.list.element,
      ),
      el(
        "div",
        { class: "card" },
        el("h3", {}, "How much each column matters"),
        this.bars.element,
        el("details", { class: "numbers" }, el("summary", {}, "Numbers"), this.numbers),
      ),
      el(
        "div",
        { class: "card" },
        el("h3", {}, "How a column goes with its value"),
        el("div", { class: "controls" }, this.column.element),
        this.dependence.element,
      ),
    );
  }

  /** @param marked place of the picked row in the sample */
  show(report: ExplanationReport, output: number, marked: number | null): void {
    const key = JSON.stringify([report.name, report.createdAt, output]);
    const isOther = key !== this.drawn;
    this.drawn = key;
    this.shown = { report, output };
    const wasMarked = this.marked;
    this.marked = marked;
    if (isOther) {
      this.hint.textContent =
        report.sample.length === 0
          ? "The report holds no rows that could be looked at one by one."
          : "Each point is a row. Pick one to see why the model says what it says, and what would change it.";
      this.showBars();
      this.showRows();
    }
    if (isOther || wasMarked !== marked) {
      this.list.mark(marked);
      this.showPoints();
      this.showDependence();
    }
  }

  private showPoints(): void {
    const { shown, marked } = this;
    if (!shown) return;
    const { report } = shown;
    const output = report.outputs[shown.output] ?? "";
    const limit = 12;
    const longest = byImportance(report, shown.output)
      .slice(0, limit)
      .reduce((most, c) => Math.max(most, (report.columns[c] ?? "").length), 8);
    const names = Math.min(200, longest * letter) + 14;
    this.points.show((width) => ({
      ...beeswarm(report, {
        output,
        limit,
        width: Math.max(120, width - names - legendWidth),
        ...(marked === null ? {} : { marked }),
      }),
      width,
    }));
  }

  private showBars(): void {
    const { shown } = this;
    if (!shown) return;
    const { report, output } = shown;
    const name = report.outputs[output] ?? "";
    this.bars.show((width) => importanceBars(report, { output: name, width, limit: 15 }));
    this.numbers.replaceChildren(
      table(
        "Importance",
        [
          { title: "Column" },
          { title: "Mean |SHAP value|", numeric: true },
          { title: "From", numeric: true },
          { title: "To", numeric: true },
        ],
        byImportance(report, output).map((c) => {
          const found = report.importance[output]?.[c];
          return [
            report.columns[c] ?? "",
            shortText(found?.value ?? NaN),
            shortText(found?.lower ?? NaN),
            shortText(found?.upper ?? NaN),
          ];
        }),
      ),
    );
    const names = byImportance(report, output).map((c) => report.columns[c] ?? "");
    this.column.show(
      names.map((each) => [each, each === "" ? '""' : each] as const),
      this.choices.column,
    );
    this.order.show(
      [
        ["high", "prediction, highest first"],
        ["low", "prediction, lowest first"],
        ["data", "their order in the data"],
      ],
      this.choices.order,
    );
  }

  private showDependence(): void {
    const { shown, marked } = this;
    if (!shown) return;
    const { report } = shown;
    const column = this.column.value;
    if (report.sample.length === 0 || !report.columns.includes(column)) {
      this.dependence.element.replaceChildren();
      return;
    }
    this.dependence.show((width) =>
      dependenceScatter(report, column, {
        output: report.outputs[shown.output] ?? "",
        width,
        height: 240,
        ...(marked === null ? {} : { marked }),
      }),
    );
  }

  private showRows(): void {
    const { shown, choices } = this;
    if (!shown) return;
    const { report, output } = shown;
    const items = report.sample.map((row, place) => {
      const shap = row.shapValues[output] ?? [];
      const strongest = shap.reduce(
        (best, value, c) => (Math.abs(value) > Math.abs(shap[best] ?? 0) ? c : best),
        0,
      );
      return {
        row: place,
        prediction: row.predictions[output] ?? NaN,
        name: rowName(row),
        value: shortText(row.predictions[output] ?? NaN),
        note:
          shap.length === 0
            ? ""
            : `${report.columns[strongest] ?? ""} = ${valueText(row.values[strongest] ?? null)} ${signedText(shap[strongest] ?? 0)}`,
      };
    });
    if (choices.order !== "data")
      items.sort(
        (a, b) =>
          (choices.order === "low" ? 1 : -1) * (a.prediction - b.prediction) || a.row - b.row,
      );
    this.list.show(items, this.marked);
  }
}

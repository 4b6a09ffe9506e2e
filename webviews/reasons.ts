import { waterfall } from "assayer/charts";
import type { CellValue, ExplanationReport } from "assayer";
import { Chart } from "./chart";
import { Changes } from "./changes";
import { el } from "./el";
import {
  reasonsOf,
  reasonsText,
  rowName,
  shortText,
  signedText,
  withRow,
  type Reasons,
} from "./explained-row";
import { request } from "./host";
import { arrange } from "./kept";
import { button, emptyState } from "./parts";
import type { ReportReference } from "./protocol";
import { ValuesForm } from "./values-form";

/** Choices about the picked row that outlive the page. */
export interface RowChoices {
  /** Values that were tried; null for those of the data. */
  values: CellValue[] | null;
  held: string[] | null;
}

/** What the panel shows of another version beside. */
export interface Beside {
  reference: ReportReference;
  report: ExplanationReport;
  name: string;
}

/** Nobody can change these of themselves: held unless the reader says otherwise. */
const fixed =
  /^(sex|gender|female|male|race|ethnic(ity|_?group)?|age|age_?group|born|birth\w*|nationality|native[-_ ]?country|religion|disability)$/iu;

/** Why the model says what it says of one row: a waterfall, fields to try other values in, and what would change it. */
export class ReasonsPart {
  readonly element = el("section", { class: "part reasons", "aria-label": "Why this prediction" });
  private readonly title = el("h2", { tabindex: -1 }, "Why this prediction");
  private readonly name = el("strong", { class: "row-title" });
  private readonly numbers = el("div", { class: "prediction", role: "status" });
  private readonly told = el("p", {});
  private readonly problem = el("p", { class: "problem", role: "alert" });
  private readonly chart = new Chart("From the base value to the prediction; a table follows");
  private readonly why = el("div", { class: "card" }, this.told, this.chart.element);
  /** Why no values can be tried. */
  private readonly note = el("p", { class: "card", role: "note" });
  private readonly besideTitle = el("h3", {});
  private readonly besideTold = el("p", { class: "quiet" });
  private readonly besideChart = new Chart(
    "The same row in the other version; the sentence tells it",
  );
  private readonly besideCard = el(
    "div",
    { class: "card" },
    this.besideTitle,
    this.besideTold,
    this.besideChart.element,
  );
  private readonly form: ValuesForm;
  private readonly changes: Changes;
  private readonly reset: HTMLElement;
  private readonly formCard: HTMLElement;
  private readonly formTitle = el("h3");
  private readonly empty = emptyState(
    "lightbulb",
    "Pick a point or a row",
    "Then see why the model says what it says of it, and what would change it.",
  );
  private sequence = 0;
  private besideSequence = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private shown:
    | {
        report: ExplanationReport;
        output: number;
        row: number;
        original: Reasons;
        reasons: Reasons;
        readOnly: string | null;
        key: string;
      }
    | undefined;
  private beside: Beside | null = null;

  constructor(
    private readonly choices: RowChoices,
    private readonly keep: () => void,
  ) {
    this.form = new ValuesForm(
      (values) => {
        this.tryValues(values);
      },
      (held) => {
        choices.held = held;
        keep();
        this.look(false);
      },
    );
    this.changes = new Changes((values) => {
      this.tryValues(values, 0);
    });
    this.reset = button(
      "As in the Data",
      "discard",
      () => {
        if (this.shown) this.tryValues([...this.shown.original.values], 0);
      },
      true,
    );
    this.formCard = el(
      "div",
      { class: "card" },
      el("div", { class: "form-head" }, this.formTitle, this.reset),
      this.problem,
      this.form.element,
    );
    arrange(this.element, [this.title, this.empty]);
  }

  /** @param row place in the report's sample, null while none is picked */
  show(
    report: ExplanationReport,
    output: number,
    row: number | null,
    readOnly: string | null,
    beside: Beside | null,
  ): void {
    const found = row === null ? undefined : report.sample[row];
    if (row === null || !found) {
      this.shown = undefined;
      arrange(this.element, [this.title, this.empty]);
      return;
    }
    const key = JSON.stringify([report.name, report.createdAt, row]);
    const isOtherRow = this.shown?.key !== key;
    const isOtherOutput = this.shown?.output !== output;
    const isOtherMode = this.shown?.readOnly !== readOnly;
    const original = reasonsOf(report, found);
    const reasons = isOtherRow || !this.shown ? original : this.shown.reasons;
    this.shown = { report, output, row, original, reasons, readOnly, key };
    if (isOtherRow || isOtherOutput || isOtherMode)
      this.form.build(report, output, this.held(), readOnly !== null);
    this.name.textContent = rowName(found);
    arrange(this.element, [
      this.title,
      this.numbers,
      this.why,
      readOnly === null ? this.changes.element : this.note,
      this.formCard,
      this.besideCard,
    ]);
    this.note.textContent = readOnly;
    this.reset.hidden = readOnly !== null;
    this.formTitle.textContent = readOnly === null ? "Try other values" : "The row's values";
    const isOtherBeside =
      JSON.stringify(this.beside?.reference) !== JSON.stringify(beside?.reference);
    this.beside = beside;
    this.draw();
    if (!isOtherRow && !isOtherOutput && !isOtherBeside && !isOtherMode) return;
    if (isOtherRow && readOnly === null) void this.ask(this.choices.values ?? original.values);
    this.look(isOtherRow || isOtherOutput);
    void this.askBeside();
  }

  /** Brings the keyboard here, after a row was picked by the pointer. */
  reveal(): void {
    const { top, bottom } = this.element.getBoundingClientRect();
    if (top > window.innerHeight * 0.7 || bottom < 80)
      this.element.scrollIntoView({ block: "start" });
  }

  private held(): string[] {
    const { report } = this.shown ?? {};
    return this.choices.held ?? report?.columns.filter((name) => fixed.test(name)) ?? [];
  }

  private tryValues(values: CellValue[], delay = 120): void {
    const { shown, choices } = this;
    if (!shown) return;
    const isOriginal = values.every((value, c) => value === shown.original.values[c]);
    choices.values = isOriginal ? null : values;
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.ask(values).then((isAnswered) => {
        if (!isAnswered) return;
        this.look(false);
        void this.askBeside();
      });
    }, delay);
  }

  /** @returns whether this was answered, and is still what is shown */
  private async ask(values: readonly CellValue[]): Promise<boolean> {
    const { shown } = this;
    if (!shown) return false;
    const sequence = ++this.sequence;
    const isStale = () => sequence !== this.sequence || this.shown?.key !== shown.key;
    const slow = setTimeout(() => {
      this.element.setAttribute("aria-busy", "true");
    }, 300);
    try {
      const answer = await request("explain-values", { sequence, values: [...values], by: null });
      if (isStale() || answer.sequence !== sequence) return false;
      this.problem.textContent = "";
      this.shown = { ...this.shown, reasons: { ...answer, values: [...values] } } as typeof shown;
      this.draw();
      return true;
    } catch (error) {
      if (!isStale()) this.complain(error);
      return false;
    } finally {
      clearTimeout(slow);
      if (!isStale()) this.element.removeAttribute("aria-busy");
    }
  }

  /** A fault that names a column stands beside its field. */
  private complain(error: unknown): void {
    const { report } = this.shown ?? {};
    const message = error instanceof Error ? error.message : String(error);
    const column = report?.columns.find((name) => message.includes(` in ${name};`));
    if (report && column !== undefined) this.form.complain(column, report.columns, plain(message));
    else this.problem.textContent = `The model gives no answer: ${plain(message)}`;
  }

  private draw(): void {
    const { shown } = this;
    if (!shown) return;
    const { report, output, original, reasons, row } = shown;
    const name = rowName(
      report.sample[row] ?? { row, requestId: null, values: [], predictions: [], shapValues: [] },
    );
    const [was, now] = [original.predictions[output] ?? NaN, reasons.predictions[output] ?? NaN];
    const isTried = reasons.values.some((value, c) => value !== original.values[c]);
    this.numbers.replaceChildren(
      this.name,
      el("span", { class: "quiet" }, "prediction"),
      el("strong", { class: "number" }, shortText(now)),
      el("span", { class: "quiet" }, report.unit),
      isTried
        ? el(
            "span",
            { class: "tried" },
            `${signedText(now - was)} against ${shortText(was)} in the data`,
          )
        : "",
    );
    this.told.textContent = reasonsText(report, reasons, output);
    const outputName = report.outputs[output] ?? "";
    const given = withRow(report, reasons, name);
    this.chart.show((width) => ({
      ...waterfall(given, 0, { output: outputName, width: plotWidth(width), limit: 7 }),
      width,
    }));
    this.form.show(reasons, original.values, output);
  }

  /** The other version's reasons for the same values. */
  private async askBeside(): Promise<void> {
    const { beside, shown } = this;
    this.besideCard.hidden = beside === null;
    if (!beside || !shown) return;
    const sequence = ++this.besideSequence;
    const { values } = shown.reasons;
    const name = rowName(
      shown.report.sample[shown.row] ?? {
        row: 0,
        requestId: null,
        values: [],
        predictions: [],
        shapValues: [],
      },
    );
    this.besideTitle.textContent = `The same row in ${beside.name}`;
    try {
      const answer = await request("explain-values", {
        sequence,
        values,
        by: beside.reference,
      });
      if (sequence !== this.besideSequence) return;
      const { report } = beside;
      const place = report.outputs.indexOf(shown.report.outputs[shown.output] ?? "");
      const output = place < 0 ? 0 : place;
      const own = report.columns.map(
        (column) => values[shown.report.columns.indexOf(column)] ?? null,
      );
      const reasons = { ...answer, values: own };
      this.besideTold.textContent = reasonsText(report, reasons, output);
      this.besideChart.element.hidden = false;
      this.besideChart.show((width) => ({
        ...waterfall(withRow(report, reasons, name), 0, {
          output: report.outputs[output] ?? "",
          width: plotWidth(width),
          limit: 7,
        }),
        width,
      }));
    } catch (error) {
      if (sequence !== this.besideSequence) return;
      const message = error instanceof Error ? error.message : String(error);
      this.besideTold.textContent = `It gives no answer for these values: ${plain(message)}`;
      this.besideChart.element.hidden = true;
    }
  }

  private look(isOtherRow: boolean): void {
    const { shown } = this;
    if (!shown || shown.readOnly !== null) return;
    const { report, output, reasons } = shown;
    const asked = {
      values: reasons.values,
      output: report.outputs[output] ?? "",
      held: this.held(),
    };
    this.changes.show(report, asked, isOtherRow);
  }
}

/** What is left of a chart's width beside the labels of its rows. */
function plotWidth(width: number): number {
  return Math.max(140, width - 170);
}

/** A message without the name of the function that refused. */
function plain(message: string): string {
  return message.replace(
    /^(?:explain|predict|openExplainer|counterfactuals) requires /u,
    "it needs ",
  );
}

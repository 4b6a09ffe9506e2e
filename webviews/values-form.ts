import { valueText } from "assayer/charts";
import type { CellValue, ExplanationReport } from "assayer";
import { el } from "./el";
import { byImportance, signedText, type Reasons } from "./explained-row";

/** More texts than this are typed, not chosen from. */
const mostTexts = 200;
let lastId = 0;

interface Line {
  column: number;
  row: HTMLElement;
  input: HTMLInputElement | HTMLSelectElement;
  hold: HTMLInputElement;
  shap: HTMLElement;
  was: HTMLElement;
  problem: HTMLElement;
}

/** A row's values with what each adds: a table for those who see no chart, and fields to try other values in. */
export class ValuesForm {
  readonly element = el("div", { class: "values-form" });
  private lines: Line[] = [];
  private values: CellValue[] = [];
  private original: readonly CellValue[] = [];

  constructor(
    private readonly changed: (values: CellValue[]) => void,
    private readonly heldChanged: (held: string[]) => void,
  ) {}

  /** @param held columns that stay as they are */
  build(
    report: ExplanationReport,
    output: number,
    held: readonly string[],
    isReadOnly: boolean,
  ): void {
    this.lines = byImportance(report, output).map((column) =>
      this.line(report, column, held, isReadOnly),
    );
    this.element.replaceChildren(
      el(
        "table",
        { "aria-label": "Values of the row, and what each adds" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, "Column"),
            el("th", { scope: "col" }, "Value"),
            el("th", { scope: "col", class: "number" }, "SHAP value"),
            !isReadOnly &&
              el("th", { scope: "col", title: "Columns that no change may touch" }, "Hold"),
          ),
        ),
        el("tbody", {}, ...this.lines.map(({ row }) => row)),
      ),
    );
  }

  /** @param original the row as it is in the data */
  show(reasons: Reasons, original: readonly CellValue[], output: number): void {
    this.values = [...reasons.values];
    this.original = original;
    for (const line of this.lines) {
      const { column, input, shap } = line;
      const value = reasons.values[column] ?? null;
      const isTyped = document.activeElement === input && input instanceof HTMLInputElement;
      // What is being typed stays as it is typed.
      if (!isTyped || !isSame(parsed(input.value), value)) setValue(input, value);
      complain(line, "");
      shap.textContent = signedText(reasons.shapValues[output]?.[column] ?? NaN);
      tellWas(line, value, original[column] ?? null);
    }
  }

  /** Says beside the field that was changed last, or at the top, why the model gives no answer. */
  complain(column: string | null, columns: readonly string[], message: string): void {
    const line = this.lines.find((each) => columns[each.column] === column) ?? this.lines[0];
    if (line) complain(line, message);
  }

  private line(
    report: ExplanationReport,
    column: number,
    held: readonly string[],
    isReadOnly: boolean,
  ): Line {
    const name = report.columns[column] ?? "";
    const id = `value-${++lastId}`;
    const input = fieldOf(report, column, id, isReadOnly);
    const problem = el("p", { class: "problem", id: `${id}-problem`, role: "alert" });
    const was = el("span", { class: "quiet was" });
    const shap = el("td", { class: "number" });
    const hold = el("input", {
      type: "checkbox",
      checked: held.includes(name),
      "aria-label": `Hold ${name}`,
      on: {
        change: () => {
          this.heldChanged(
            this.lines.flatMap((line) =>
              line.hold.checked ? [report.columns[line.column] ?? ""] : [],
            ),
          );
        },
      },
    });
    const row = el(
      "tr",
      {},
      el("th", { scope: "row", title: name }, el("label", { for: id }, name === "" ? '""' : name)),
      el("td", {}, input, was, problem),
      shap,
      !isReadOnly && el("td", {}, hold),
    );
    const line: Line = { column, row, input, hold, shap, was, problem };
    input.addEventListener("input", () => {
      this.edit(line, isText(report, column));
    });
    return line;
  }

  private edit(line: Line, text: boolean): void {
    const { input, column } = line;
    const value = input.value === "" ? null : text ? input.value : parsed(input.value);
    if (typeof value === "number" && Number.isNaN(value)) {
      complain(line, "Not a number. Leave the field empty for a missing value.");
      return;
    }
    complain(line, "");
    this.values[column] = value;
    tellWas(line, value, this.original[column] ?? null);
    this.changed([...this.values]);
  }
}

function parsed(text: string): number | null {
  const trimmed = text.trim().replace("−", "-");
  return trimmed === "" ? null : Number(trimmed);
}

function isSame(a: CellValue, b: CellValue): boolean {
  return a === b || (typeof a === "number" && Number.isNaN(a) && b === null);
}

function setValue(input: Line["input"], value: CellValue): void {
  const text = value === null ? "" : String(value);
  if (input instanceof HTMLSelectElement && ![...input.options].some((o) => o.value === text))
    input.append(el("option", { value: text }, valueText(value)));
  input.value = text;
}

function tellWas({ was, row }: Line, value: CellValue, original: CellValue): void {
  const isChanged = !isSame(value, original);
  row.classList.toggle("changed", isChanged);
  was.textContent = isChanged ? `was ${valueText(original)}` : "";
}

function complain({ input, problem }: Line, message: string): void {
  problem.textContent = message;
  if (message === "") {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  } else {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", problem.id);
  }
}

function isText({ sample, backgroundRows }: ExplanationReport, column: number): boolean {
  return (
    sample.some(({ values }) => typeof values[column] === "string") ||
    backgroundRows.some((values) => typeof values[column] === "string")
  );
}

function fieldOf(
  report: ExplanationReport,
  column: number,
  id: string,
  isReadOnly: boolean,
): Line["input"] {
  const { sample, backgroundRows } = report;
  const all = [
    ...sample.map(({ values }) => values[column]),
    ...backgroundRows.map((r) => r[column]),
  ];
  if (isText(report, column)) {
    const texts = [...new Set(all.filter((value) => typeof value === "string"))].sort();
    if (texts.length <= mostTexts)
      return el(
        "select",
        { id, disabled: isReadOnly },
        ...texts.map((text) => el("option", { value: text }, valueText(text))),
      );
    return el("input", { type: "text", id, disabled: isReadOnly });
  }
  const numbers = all.filter((value) => typeof value === "number");
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return el("input", {
    type: "text",
    inputmode: "decimal",
    id,
    disabled: isReadOnly,
    placeholder: "missing",
    title: numbers.length === 0 ? undefined : `In the data from ${low} to ${high}`,
  });
}

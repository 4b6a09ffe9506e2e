import { valueText } from "assayer/charts";
import type { CellValue, ExplanationReport } from "assayer";
import { Select } from "./controls";
import { el, icon } from "./el";
import { shortText } from "./explained-row";
import { request } from "./host";
import { link } from "./parts";
import type { Aim, AskedChanges, FoundChanges } from "./protocol";

type Asked = Omit<AskedChanges, "sequence" | "aim">;

/** What the least change is that gives another answer; asked for anew whenever the values change. */
export class Changes {
  readonly element: HTMLElement;
  private readonly side: Select;
  private readonly limit: HTMLInputElement;
  private readonly problem = el("p", { class: "problem", role: "alert" });
  private readonly told = el("p", { role: "status" });
  private readonly list = el("ul", { class: "changes" });
  private readonly stop = link("Stop", () => {
    void request("stop-changes", null);
  });
  private sequence = 0;
  private asked: Asked | undefined;
  private report: ExplanationReport | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Null until the reader says what it should be. */
  private aim: Aim | null = null;
  private shown: Aim = { side: "at least", value: 0.5 };

  /** @param apply takes the values of a change into the form */
  constructor(private readonly apply: (values: CellValue[]) => void) {
    this.side = new Select("It should be", (value) => {
      this.setAim({ side: value === "at most" ? "at most" : "at least" });
    });
    this.limit = el("input", {
      type: "text",
      inputmode: "decimal",
      "aria-label": "What it should be",
      on: {
        input: () => {
          const text = this.limit.value.trim().replace("−", "-");
          const isNumber = text !== "" && Number.isFinite(Number(text));
          this.limit.setAttribute("aria-invalid", String(!isNumber));
          this.problem.textContent = isNumber ? "" : "Not a number.";
          if (isNumber) this.setAim({ value: Number(text) });
        },
      },
    });
    this.stop.hidden = true;
    this.element = el(
      "div",
      { class: "card what-if", role: "region", "aria-label": "What would change it" },
      el(
        "div",
        { class: "form-head" },
        el("h3", {}, "What would change it"),
        el("span", { class: "control" }, this.side.element, this.limit),
      ),
      this.problem,
      el("div", { class: "title-line" }, this.told, this.stop),
      this.list,
    );
  }

  /**
   * Looks for changes of values.
   *
   * @param isOtherRow begins anew with the other answer as the aim
   */
  show(report: ExplanationReport, asked: Asked, isOtherRow: boolean): void {
    this.report = report;
    this.asked = asked;
    if (isOtherRow) {
      this.aim = null;
      this.problem.textContent = "";
      this.limit.removeAttribute("aria-invalid");
    }
    this.later();
  }

  private setAim(part: Partial<Aim>): void {
    this.aim = { ...this.shown, ...this.aim, ...part };
    this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), 150);
  }

  private async look(): Promise<void> {
    const { asked, aim, report } = this;
    if (!asked || !report) return;
    const sequence = ++this.sequence;
    this.list.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => {
      this.told.textContent = "Looking for the least change…";
      this.stop.hidden = false;
    }, 400);
    try {
      const found = await request("find-changes", { ...asked, aim, sequence });
      if (sequence === this.sequence) this.tell(report, asked, found);
    } catch (error) {
      if (sequence !== this.sequence) return;
      this.list.replaceChildren();
      this.told.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(slow);
      if (sequence === this.sequence) {
        this.stop.hidden = true;
        this.list.removeAttribute("aria-busy");
      }
    }
  }

  private tell(report: ExplanationReport, { values, held }: Asked, found: FoundChanges): void {
    const { aim, changes, note, now, unit } = found;
    // The next values are held against the same answer.
    this.aim ??= aim;
    this.shown = aim;
    this.side.show(
      [
        ["at least", "at least"],
        ["at most", "at most"],
      ],
      aim.side,
    );
    if (document.activeElement !== this.limit) {
      this.limit.value = String(Number(aim.value.toPrecision(4)));
      this.limit.removeAttribute("aria-invalid");
      this.problem.textContent = "";
    }
    const holding = held.length === 0 ? "" : `, with ${held.join(", ")} held`;
    const before = Number.isFinite(now) ? `The ${unit} is ${shortText(now)}. ` : "";
    this.told.textContent =
      changes.length === 0
        ? `${before}${note}`
        : `${before}It would be ${aim.side} ${shortText(aim.value)}${holding}:`;
    this.list.replaceChildren(...changes.map((change) => this.line(report, values, change)));
  }

  private line(
    report: ExplanationReport,
    values: readonly CellValue[],
    change: FoundChanges["changes"][number],
  ): HTMLElement {
    const parts = report.columns.flatMap((column, c) => {
      const [from, to] = [values[c] ?? null, change.values[c] ?? null];
      return from === to ? [] : [{ column, from, to }];
    });
    return el(
      "li",
      {},
      icon("arrow-right"),
      el(
        "span",
        { class: "change" },
        ...parts.flatMap(({ column, from, to }, i) => [
          i > 0 ? ", " : "",
          el("strong", {}, column),
          ` ${valueText(from)} → ${valueText(to)}`,
        ]),
        el("span", { class: "quiet" }, ` gives ${shortText(change.prediction)}`),
      ),
      link(
        "Try",
        () => {
          this.apply(change.values);
        },
        "Take these values into the fields",
      ),
    );
  }
}

import { valueText } from "assayer/charts";
import type { CellValue, ExplanationReport } from "assayer";
import { Select } from "./controls";
import { el, icon } from "./el";
import { shortText } from "./explained-row";
import { request } from "./host";
import { link } from "./parts";
import type { AskedChanges, FoundChanges } from "./protocol";

type Aim = AskedChanges["aim"];

/** What the least change is that gives another prediction; asked for anew whenever the values change. */
export class Changes {
  readonly element: HTMLElement;
  private readonly side: Select;
  private readonly limit: HTMLInputElement;
  private readonly problem = el("p", { class: "problem", role: "alert" });
  private readonly told = el("div", { class: "told", role: "status" });
  private readonly list = el("ul", { class: "changes" });
  private readonly stop = link("Stop", () => {
    void request("stop-changes", null);
  });
  private sequence = 0;
  private asked: Omit<AskedChanges, "sequence" | "aim"> | undefined;
  private report: ExplanationReport | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private aim: Aim | undefined;

  /** @param apply takes the values of a change into the form */
  constructor(private readonly apply: (values: CellValue[]) => void) {
    this.side = new Select("Prediction should be", (value) => {
      this.setAim({ side: value === "at most" ? "at most" : "at least" });
    });
    this.limit = el("input", {
      type: "text",
      inputmode: "decimal",
      "aria-label": "Prediction to reach",
      on: {
        input: () => {
          const value = Number(this.limit.value.trim().replace("−", "-"));
          const isNumber = this.limit.value.trim() !== "" && Number.isFinite(value);
          this.limit.setAttribute("aria-invalid", String(!isNumber));
          this.problem.textContent = isNumber ? "" : "Not a number.";
          if (isNumber) this.setAim({ value });
        },
      },
    });
    this.stop.hidden = true;
    this.element = el(
      "div",
      { class: "card what-if", role: "region", "aria-label": "What would change it" },
      el("h3", {}, "What would change it"),
      el("div", { class: "controls" }, this.side.element, this.limit),
      this.problem,
      el("div", { class: "title-line" }, this.told, this.stop),
      this.list,
    );
  }

  /**
   * Looks for changes of values.
   *
   * @param wanted what to reach, unless the reader chose otherwise for this row
   */
  show(
    report: ExplanationReport,
    asked: Omit<AskedChanges, "sequence" | "aim">,
    wanted: Aim,
    isOtherRow: boolean,
  ): void {
    this.report = report;
    this.asked = asked;
    if (isOtherRow || !this.aim) {
      this.aim = wanted;
      this.problem.textContent = "";
      this.limit.removeAttribute("aria-invalid");
      this.limit.value = String(Number(wanted.value.toPrecision(4)));
    }
    this.side.show(
      [
        ["at least", "at least"],
        ["at most", "at most"],
      ],
      this.aim.side,
    );
    this.later();
  }

  private setAim(part: Partial<Aim>): void {
    if (!this.aim) return;
    this.aim = { ...this.aim, ...part };
    this.later();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), 150);
  }

  private async look(): Promise<void> {
    const { asked, aim, report } = this;
    if (!asked || !aim || !report) return;
    const sequence = ++this.sequence;
    this.list.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => {
      this.told.textContent = "Looking for the least change…";
      this.stop.hidden = false;
    }, 400);
    try {
      const found = await request("find-changes", { ...asked, aim, sequence });
      if (sequence === this.sequence) this.tell(report, asked, aim, found);
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

  private tell(
    report: ExplanationReport,
    { values, held }: Omit<AskedChanges, "sequence" | "aim">,
    aim: Aim,
    { changes, note }: FoundChanges,
  ): void {
    const holding = held.length === 0 ? "" : `, with ${held.join(", ")} held`;
    this.told.textContent =
      changes.length === 0
        ? note
        : `The prediction would be ${aim.side} ${shortText(aim.value)} ${report.unit}${holding}:`;
    this.list.replaceChildren(
      ...changes.map((change) => {
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
      }),
    );
  }
}

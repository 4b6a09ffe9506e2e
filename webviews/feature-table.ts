import type { FeatureDrift } from "assayer";
import { el, icon } from "./el";
import { formatNumber } from "./format";
import { sparklineElement, verdictBadge } from "./report-parts";
import { VirtualRows } from "./virtual-rows";

const rowHeight = 44;
/** More rows than this scroll. */
const mostRows = 8;

export type FeatureSort = "rank" | "verdict" | "feature" | "effect" | "impact";

const columns: readonly { id: FeatureSort | "distribution" | "reason"; title: string }[] = [
  { id: "rank", title: "#" },
  { id: "verdict", title: "Verdict" },
  { id: "feature", title: "Feature" },
  { id: "distribution", title: "Both sides" },
  { id: "effect", title: "Effect" },
  { id: "impact", title: "Impact" },
  { id: "reason", title: "What happened" },
];

const sortable: readonly string[] = ["rank", "verdict", "feature", "effect", "impact"];
const titles: Partial<Record<string, string>> = {
  effect: "How large the difference is, whatever the number of rows",
  impact: "Drift times the feature's importance in the model",
  rank: "The report's own order: what matters most first",
};

/**
 * Features in a grid of any length, of which only the rows in sight are in the page. The grid has the keyboard focus:
 * arrows move and select.
 */
export class FeatureTable {
  readonly element: HTMLElement;
  private readonly head = el("div", { class: "feature-row feature-head", role: "row" });
  private readonly virtual: VirtualRows;
  private rows: readonly number[] = [];
  private features: readonly FeatureDrift[] = [];
  private active = 0;
  private largest = { effect: 0, impact: 0 };

  constructor(
    private readonly events: {
      select(feature: number): void;
      sort(column: FeatureSort): void;
    },
  ) {
    this.element = el("div", {
      class: "feature-table",
      role: "grid",
      tabindex: 0,
      "aria-label": "Features, ranked",
      on: {
        keydown: (event) => {
          this.onKey(event);
        },
      },
    });
    this.virtual = new VirtualRows(
      this.element,
      rowHeight,
      {
        make: () => this.make(),
        paint: (element, position) => {
          this.paint(element, position);
        },
      },
      () => this.head.offsetHeight,
    );
    this.element.append(this.head, this.virtual.body);
  }

  /** Shows the features at these positions of the report, in this order. */
  show(
    features: readonly FeatureDrift[],
    rows: readonly number[],
    sort: FeatureSort,
    selected: number,
  ): void {
    this.features = features;
    this.rows = rows;
    this.largest = {
      effect: features.reduce(
        (most, { effect }) => Math.max(most, Math.abs(effect?.value ?? 0)),
        0,
      ),
      impact: features.reduce((most, { impact }) => Math.max(most, impact ?? 0), 0),
    };
    this.active = Math.max(0, rows.indexOf(selected));
    this.element.setAttribute("aria-rowcount", String(rows.length + 1));
    this.element.setAttribute("aria-activedescendant", `feature-${this.active}`);
    this.element.classList.toggle("without-impact", this.largest.impact === 0);
    this.element.style.height = `${(Math.min(rows.length, mostRows) + 0.02) * rowHeight + 34}px`;
    this.drawHead(sort);
    this.virtual.show(rows.length);
    this.virtual.reveal(this.active);
  }

  private drawHead(sort: FeatureSort): void {
    const focused = this.head.querySelector(":focus")?.getAttribute("data-sort");
    this.head.replaceChildren(
      ...columns.map(({ id, title }) =>
        el(
          "div",
          {
            role: "columnheader",
            class: `cell-${id}`,
            "aria-sort": sortable.includes(id)
              ? sort !== id
                ? "none"
                : id === "effect" || id === "impact"
                  ? "descending"
                  : "ascending"
              : undefined,
          },
          sortable.includes(id)
            ? el(
                "button",
                {
                  type: "button",
                  class: "link",
                  "data-sort": id,
                  title: titles[id] ?? `Sort by ${title.toLowerCase()}`,
                  on: {
                    click: () => {
                      this.events.sort(id as FeatureSort);
                    },
                  },
                },
                title,
                sort === id && icon("chevron-down"),
              )
            : title,
        ),
      ),
    );
    if (focused !== null && focused !== undefined)
      this.head.querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus();
  }

  private make(): HTMLElement {
    const element: HTMLElement = el(
      "div",
      {
        class: "feature-row",
        role: "row",
        on: {
          click: () => {
            this.activate(Number(element.dataset["position"]));
          },
        },
      },
      ...columns.map(({ id }) => el("div", { class: `cell-${id}`, role: "gridcell" })),
    );
    return element;
  }

  private paint(element: HTMLElement, position: number): void {
    const row = this.rows[position] ?? -1;
    const feature = this.features[row];
    if (!feature) return;
    const isActive = position === this.active;
    element.id = `feature-${position}`;
    element.dataset["position"] = String(position);
    element.dataset["feature"] = feature.feature;
    element.classList.toggle("active", isActive);
    element.setAttribute("aria-rowindex", String(position + 2));
    element.setAttribute("aria-selected", String(isActive));
    const { effect, impact } = feature;
    const contents: (Element | string)[] = [
      String(row + 1),
      verdictBadge(feature.verdict),
      el(
        "span",
        { class: "feature-name", title: feature.feature },
        el("strong", {}, feature.feature),
        el("span", { class: "quiet" }, feature.type),
      ),
      sparklineElement(feature.distribution, { width: 110, height: 28 }),
      effect === null
        ? "–"
        : measure(
            Math.abs(effect.value) / (this.largest.effect || 1),
            `${formatNumber(Number(effect.value.toPrecision(2)))} ${effect.magnitude}`,
            effect.name,
          ),
      impact === null
        ? "–"
        : measure(
            impact / (this.largest.impact || 1),
            formatNumber(Number(impact.toPrecision(2))),
            "drift × importance",
          ),
      el("span", { class: "feature-reason", title: feature.reason }, feature.reason),
    ];
    contents.forEach((content, i) => {
      element.children[i]?.replaceChildren(content);
    });
  }

  private activate(position: number): void {
    const row = this.rows[position];
    if (row === undefined) return;
    const before = this.active;
    this.active = position;
    this.virtual.reveal(position);
    this.virtual.repaint(before);
    this.virtual.repaint(position);
    this.element.setAttribute("aria-activedescendant", `feature-${position}`);
    this.events.select(row);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element || this.rows.length === 0) return;
    const steps: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + this.virtual.page(),
      PageUp: this.active - this.virtual.page(),
      Home: 0,
      End: this.rows.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    this.activate(Math.min(this.rows.length - 1, Math.max(0, next)));
    event.preventDefault();
  }
}

/** A number with a bar that compares it with the largest of the table. */
function measure(share: number, text: string, title: string): HTMLElement {
  const bar = el("span", { class: "measure-bar", "aria-hidden": "true" });
  bar.style.width = `${Math.round(100 * Math.min(1, share))}%`;
  return el("span", { class: "measure number", title }, el("span", {}, text), bar);
}

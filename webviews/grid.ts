import type { Column } from "./columns";
import { el, icon } from "./el";
import type { SortOrder } from "./row-order";

const rowHeight = 28;
/** Rows kept ready above and below what is seen. */
const spare = 12;

export interface GridEvents {
  open(row: number): void;
  sort(column: string): void;
}

/**
 * A grid of any number of rows, of which only the visible ones are in the page.
 *
 * The grid has the keyboard focus and tells the active row by `aria-activedescendant`.
 */
export class Grid {
  readonly element: HTMLElement;
  private readonly head = el("div", { class: "grid-head", role: "row", "aria-rowindex": 1 });
  private readonly body = el("div", { class: "grid-body", role: "presentation" });
  private readonly drawn = new Map<number, HTMLElement>();
  private columns: readonly Column[] = [];
  private rows: readonly number[] = [];
  private active = 0;

  constructor(
    label: string,
    private readonly events: GridEvents,
  ) {
    this.element = el(
      "div",
      {
        class: "grid",
        role: "grid",
        tabindex: 0,
        "aria-label": label,
        on: {
          scroll: () => {
            this.draw();
          },
          keydown: (event) => {
            this.onKey(event);
          },
        },
      },
      this.head,
      this.body,
    );
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.element);
  }

  /** Shows `rows` in this order with these columns. The active row stays where it is, as a position. */
  show(columns: readonly Column[], rows: readonly number[], sort: SortOrder): void {
    this.columns = columns;
    this.rows = rows;
    this.active = Math.min(this.active, Math.max(0, rows.length - 1));
    this.element.setAttribute("aria-rowcount", String(rows.length + 1));
    this.element.setAttribute("aria-colcount", String(columns.length));
    const template = columns.map(({ width }) => `minmax(${width}px, ${width}fr)`).join(" ");
    this.element.style.setProperty("--columns", template);
    this.element.style.setProperty(
      "--width",
      `${columns.reduce((sum, { width }) => sum + width, 0)}px`,
    );
    this.body.style.height = `${rows.length * rowHeight}px`;
    this.drawHead(sort);
    for (const element of this.drawn.values()) element.remove();
    this.drawn.clear();
    this.draw();
  }

  private drawHead(sort: SortOrder): void {
    const focused = this.head.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-column")
      : undefined;
    this.head.replaceChildren(
      ...this.columns.map(({ id, title, numeric, group }, i) => {
        const sorted = sort.column === id;
        const direction = sort.descending ? "descending" : "ascending";
        return el(
          "div",
          {
            class: numeric ? "grid-title numeric" : "grid-title",
            role: "columnheader",
            "aria-colindex": i + 1,
            "aria-sort": sorted ? direction : "none",
          },
          el(
            "button",
            {
              type: "button",
              "data-column": id,
              title: group === "run" ? `Sort by ${title}` : `Sort by ${id}`,
              on: {
                click: () => {
                  this.events.sort(id);
                },
              },
            },
            el("span", {}, title),
            sorted && icon(sort.descending ? "arrow-down" : "arrow-up"),
          ),
        );
      }),
    );
    if (focused !== undefined && focused !== null)
      this.head.querySelector<HTMLElement>(`[data-column="${CSS.escape(focused)}"]`)?.focus();
  }

  private draw(): void {
    const seen = this.element.clientHeight - this.head.offsetHeight;
    const top = this.element.scrollTop;
    const first = Math.max(0, Math.floor(top / rowHeight) - spare);
    const last = Math.min(this.rows.length, Math.ceil((top + seen) / rowHeight) + spare);
    for (const [position, element] of this.drawn)
      if (position < first || position >= last) {
        element.remove();
        this.drawn.delete(position);
      }
    for (let position = first; position < last; position++)
      if (!this.drawn.has(position)) {
        const element = this.row(position);
        this.drawn.set(position, element);
        this.body.append(element);
      }
    this.element.setAttribute("aria-activedescendant", `row-${this.active}`);
  }

  private row(position: number): HTMLElement {
    const row = this.rows[position] ?? 0;
    const element = el(
      "div",
      {
        class: position === this.active ? "grid-row active" : "grid-row",
        id: `row-${position}`,
        role: "row",
        "aria-rowindex": position + 2,
        "aria-selected": String(position === this.active),
        on: {
          click: () => {
            this.activate(position);
            this.events.open(row);
          },
        },
      },
      ...this.columns.map((column) =>
        el(
          "div",
          { class: column.numeric ? "grid-cell numeric" : "grid-cell", role: "gridcell" },
          column.cell(row),
        ),
      ),
    );
    element.style.top = `${position * rowHeight}px`;
    return element;
  }

  private activate(position: number): void {
    const before = this.drawn.get(this.active);
    before?.classList.remove("active");
    before?.setAttribute("aria-selected", "false");
    this.active = position;
    const top = position * rowHeight;
    const seen = this.element.clientHeight - this.head.offsetHeight;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > this.element.scrollTop + seen)
      this.element.scrollTop = top + rowHeight - seen;
    this.draw();
    const now = this.drawn.get(position);
    now?.classList.add("active");
    now?.setAttribute("aria-selected", "true");
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element || this.rows.length === 0) return;
    const pageRows = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2);
    const steps: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + pageRows,
      PageUp: this.active - pageRows,
      Home: 0,
      End: this.rows.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) this.activate(Math.min(this.rows.length - 1, Math.max(0, next)));
    else if (event.key === "Enter") this.events.open(this.rows[this.active] ?? 0);
    else return;
    event.preventDefault();
  }
}

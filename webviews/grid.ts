import type { Column } from "./columns";
import { el, icon } from "./el";
import type { SortOrder } from "./row-order";
import { VirtualRows } from "./virtual-rows";

const rowHeight = 28;
/** Pixels of the columns with the checkbox and the star. */
const markWidth = 34;

export interface GridEvents {
  open(row: number): void;
  sort(column: string): void;
  star(row: number): void;
  /** Other rows are selected. */
  select(): void;
}

/** What the grid knows of a row besides its cells. */
export interface GridRows {
  /** The same run has the same id after an update. */
  id(row: number): string;
  isStarred(row: number): boolean;
  /** What the extension's menu gets when the row is clicked with the right button. */
  menu(row: number): Record<string, unknown>;
}

/**
 * A grid of any number of rows, of which only the visible ones are in the page, with a checkbox and a star each.
 *
 * The grid has the keyboard focus and tells the active row by `aria-activedescendant`: arrows move, Enter opens,
 * the space bar selects, `s` stars.
 */
export class Grid {
  readonly element: HTMLElement;
  /** Ids of the selected rows. */
  readonly selected = new Set<string>();
  private readonly head = el("div", { class: "grid-head", role: "row", "aria-rowindex": 1 });
  private readonly virtual: VirtualRows;
  private columns: readonly Column[] = [];
  private rows: readonly number[] = [];
  private data: GridRows | undefined;
  private sort: SortOrder | undefined;
  private active = 0;
  /** Where a range of selected rows begins. */
  private anchor = 0;

  constructor(
    label: string,
    private readonly events: GridEvents,
  ) {
    this.element = el("div", {
      class: "grid",
      role: "grid",
      tabindex: 0,
      "aria-label": label,
      "aria-multiselectable": "true",
      on: {
        keydown: (event) => {
          this.onKey(event);
        },
        scroll: ({ currentTarget }) => {
          if (currentTarget instanceof HTMLElement) this.keepNames(currentTarget.scrollLeft);
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
    this.virtual.body.classList.add("grid-body");
    this.element.append(this.head, this.virtual.body);
  }

  /** Shows `rows` in this order with these columns. The active row stays where it is, as a position. */
  show(columns: readonly Column[], rows: readonly number[], sort: SortOrder, data: GridRows): void {
    const isSame =
      columns.length === this.columns.length &&
      columns.every(
        ({ id, numeric }, i) => this.columns[i]?.id === id && this.columns[i].numeric === numeric,
      );
    const isReordered =
      this.sort !== undefined &&
      (this.sort.column !== sort.column || this.sort.descending !== sort.descending);
    this.sort = sort;
    this.columns = columns;
    this.rows = rows;
    this.data = data;
    if (isReordered) {
      this.active = 0;
      this.element.scrollTop = 0;
    }
    this.active = Math.min(this.active, Math.max(0, rows.length - 1));
    this.element.setAttribute("aria-rowcount", String(rows.length + 1));
    this.element.setAttribute("aria-colcount", String(columns.length + 2));
    const template = columns.map(({ width }) => `minmax(${width}px, ${width}fr)`).join(" ");
    this.element.style.setProperty("--columns", `${markWidth}px ${markWidth - 6}px ${template}`);
    const width = columns.reduce((sum, column) => sum + column.width, 2 * markWidth);
    this.element.style.setProperty("--width", `${width}px`);
    this.drawHead(sort);
    this.virtual.show(rows.length, !isSame);
    this.element.setAttribute("aria-activedescendant", `row-${this.active}`);
  }

  private left = 0;

  /** Keeps the first columns in sight when the others are scrolled. */
  private keepNames(left: number): void {
    if (left === this.left) return;
    this.left = left;
    this.element.classList.toggle("scrolled", left > 0);
    this.element.style.setProperty("--left", `${left}px`);
  }

  private drawHead(sort: SortOrder): void {
    const focused = this.head.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-column")
      : undefined;
    this.head.replaceChildren(
      el("div", { role: "columnheader", class: "grid-mark" }, this.allBox()),
      el("div", { role: "columnheader", class: "grid-mark", "aria-label": "Starred" }),
      ...this.columns.map(({ id, title, numeric, group }, i) => {
        const sorted = sort.column === id;
        const direction = sort.descending ? "descending" : "ascending";
        return el(
          "div",
          {
            class: numeric ? "grid-title numeric" : "grid-title",
            role: "columnheader",
            "aria-colindex": i + 3,
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

  /** Selects all rows that are shown, or none. */
  private allBox(): HTMLElement {
    const all = this.rows.length > 0 && this.rows.every((row) => this.isSelected(row));
    const box = el("input", {
      type: "checkbox",
      "aria-label": "Select all rows",
      title: "Select all rows",
      on: {
        change: () => {
          if (box.checked) for (const row of this.rows) this.mark(row, true);
          else this.selected.clear();
          this.changed();
        },
      },
    });
    box.checked = all;
    box.indeterminate = !all && this.rows.some((row) => this.isSelected(row));
    return box;
  }

  private isSelected(row: number): boolean {
    return this.data !== undefined && this.selected.has(this.data.id(row));
  }

  private mark(row: number, selected: boolean): void {
    if (!this.data) return;
    if (selected) this.selected.add(this.data.id(row));
    else this.selected.delete(this.data.id(row));
  }

  private changed(): void {
    this.virtual.show(this.rows.length);
    this.head.firstElementChild?.replaceChildren(this.allBox());
    this.events.select();
  }

  /** Selects the row, and with `range` all between it and the one before. */
  private toggle(position: number, range: boolean): void {
    const row = this.rows[position];
    if (row === undefined) return;
    const selected = !this.isSelected(row);
    const [from, to] = range
      ? [Math.min(this.anchor, position), Math.max(this.anchor, position)]
      : [position, position];
    for (const each of this.rows.slice(from, to + 1)) this.mark(each, range || selected);
    this.anchor = position;
    this.changed();
  }

  private make(): HTMLElement {
    const element: HTMLElement = el(
      "div",
      {
        class: "grid-row",
        role: "row",
        on: {
          click: ({ target, shiftKey }) => {
            const position = Number(element.dataset["position"]);
            const row = this.rows[position] ?? 0;
            const mark = target instanceof Element ? target.closest("[data-mark]") : null;
            if (mark?.getAttribute("data-mark") === "select") this.toggle(position, shiftKey);
            else if (mark) this.events.star(row);
            this.activate(position);
            if (!mark) this.events.open(row);
          },
          contextmenu: () => {
            this.activate(Number(element.dataset["position"]));
          },
        },
      },
      el(
        "div",
        { class: "grid-mark", role: "gridcell", "data-mark": "select" },
        el("input", { type: "checkbox", tabindex: -1, "aria-label": "Select" }),
      ),
      el("div", { class: "grid-mark grid-star", role: "gridcell", "data-mark": "star" }),
      ...this.columns.map(({ numeric }) =>
        el("div", { class: numeric ? "grid-cell numeric" : "grid-cell", role: "gridcell" }),
      ),
    );
    return element;
  }

  private paint(element: HTMLElement, position: number): void {
    const row = this.rows[position];
    if (row === undefined || !this.data) return;
    const selected = this.isSelected(row);
    const starred = this.data.isStarred(row);
    element.id = `row-${position}`;
    element.dataset["position"] = String(position);
    element.classList.toggle("active", position === this.active);
    element.classList.toggle("selected", selected);
    element.setAttribute("aria-rowindex", String(position + 2));
    element.setAttribute("aria-selected", String(selected));
    element.dataset["vscodeContext"] = JSON.stringify(this.data.menu(row));
    const [box, star, ...cells] = element.children;
    const input = box?.firstElementChild;
    if (input instanceof HTMLInputElement) input.checked = selected;
    star?.classList.toggle("starred", starred);
    star?.setAttribute("aria-label", starred ? "starred" : "not starred");
    if (star?.childElementCount !== 1) star?.replaceChildren(icon("star-empty"));
    const starIcon = star?.firstElementChild;
    if (starIcon) starIcon.className = `codicon codicon-star-${starred ? "full" : "empty"}`;
    this.columns.forEach((column, i) => {
      const cell = cells[i];
      const content = column.cell(row);
      if (!cell) return;
      if (typeof content !== "string") cell.replaceChildren(content);
      else if (cell.textContent !== content) cell.textContent = content;
    });
  }

  private activate(position: number): void {
    const before = this.active;
    this.active = position;
    this.virtual.reveal(position);
    this.virtual.repaint(before);
    this.virtual.repaint(position);
    this.element.setAttribute("aria-activedescendant", `row-${position}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element || this.rows.length === 0) return;
    const pageRows = this.virtual.page();
    const steps: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + pageRows,
      PageUp: this.active - pageRows,
      Home: 0,
      End: this.rows.length - 1,
    };
    const next = steps[event.key];
    const row = this.rows[this.active] ?? 0;
    if (next !== undefined) this.activate(Math.min(this.rows.length - 1, Math.max(0, next)));
    else if (event.key === "Enter") this.events.open(row);
    else if (event.key === " ") this.toggle(this.active, event.shiftKey);
    else if (event.key === "s") this.events.star(row);
    else return;
    event.preventDefault();
  }
}

import { el } from "./el";

export interface RowItem {
  row: number;
  name: string;
  /** The prediction. */
  value: string;
  /** What matters most in it. */
  note: string;
}

/** Rows to choose one of, by the pointer or by the arrow keys. */
export class RowList {
  readonly element: HTMLElement;
  private items: readonly RowItem[] = [];
  private lines: HTMLElement[] = [];
  private active = -1;

  constructor(
    label: string,
    private readonly choose: (row: number) => void,
  ) {
    this.element = el("div", {
      class: "row-list",
      role: "listbox",
      tabindex: 0,
      "aria-label": label,
      on: {
        keydown: (event) => {
          this.press(event);
        },
        focus: () => {
          if (this.active < 0) this.activate(0);
        },
      },
    });
  }

  show(items: readonly RowItem[], chosen: number | null): void {
    this.items = items;
    this.lines = items.map(({ row, name, value, note }, place) =>
      el(
        "div",
        {
          class: "row-line",
          role: "option",
          id: `row-${row}`,
          "aria-selected": String(row === chosen),
          on: {
            click: () => {
              this.activate(place);
              this.choose(row);
            },
          },
        },
        el("span", { class: "row-name", title: name }, name),
        el("span", { class: "number" }, value),
        el("span", { class: "quiet row-note", title: note }, note),
      ),
    );
    this.element.replaceChildren(...this.lines);
    this.active = -1;
    this.mark(chosen);
  }

  /** Shows which row is chosen, and brings it into sight. */
  mark(chosen: number | null): void {
    const place = this.items.findIndex(({ row }) => row === chosen);
    this.lines.forEach((line, i) => {
      line.setAttribute("aria-selected", String(i === place));
    });
    if (place >= 0) this.activate(place);
  }

  private activate(place: number): void {
    const line = this.lines[place];
    if (!line) return;
    this.lines[this.active]?.classList.remove("active");
    this.active = place;
    line.classList.add("active");
    this.element.setAttribute("aria-activedescendant", line.id);
    const { offsetTop, offsetHeight } = line;
    const { scrollTop, clientHeight } = this.element;
    if (offsetTop < scrollTop) this.element.scrollTop = offsetTop;
    else if (offsetTop + offsetHeight > scrollTop + clientHeight)
      this.element.scrollTop = offsetTop + offsetHeight - clientHeight;
  }

  private press(event: KeyboardEvent): void {
    const last = this.lines.length - 1;
    const places: Partial<Record<string, number>> = {
      ArrowDown: Math.min(last, this.active + 1),
      ArrowUp: Math.max(0, this.active - 1),
      PageDown: Math.min(last, this.active + 8),
      PageUp: Math.max(0, this.active - 8),
      Home: 0,
      End: last,
      Enter: this.active,
      " ": this.active,
    };
    const place = places[event.key];
    if (place === undefined || place < 0) return;
    event.preventDefault();
    this.activate(place);
    const item = this.items[place];
    if (item) this.choose(item.row);
  }
}

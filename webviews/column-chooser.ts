import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import { el, icon } from "./el";
import { plural } from "./format";
import { VirtualRows } from "./virtual-rows";

const rowHeight = 24;

/** A column that can be chosen. */
export interface ChoosableColumn {
  id: string;
  title: string;
  group: "run" | "metrics" | "params" | "tags";
  /** How many runs have a value. */
  runs: number;
}

const groupTitles: Record<ChoosableColumn["group"], string> = {
  run: "Run",
  metrics: "Metrics",
  params: "Params",
  tags: "Tags",
};

type Line = { heading: string } | { column: ChoosableColumn };

/**
 * A list of every column to choose from, and a search box to find one among thousands. Only the lines in sight are in
 * the page. The list has the keyboard focus: arrows move, the space bar chooses.
 */
export class ColumnChooser {
  readonly element: HTMLElement;
  private readonly list = el("div", {
    class: "chooser-list",
    role: "listbox",
    tabindex: 0,
    "aria-label": "Columns",
    "aria-multiselectable": "true",
    on: {
      keydown: (event) => {
        this.onKey(event);
      },
    },
  });
  private readonly found = el("p", { class: "quiet chooser-found", role: "status" });
  private readonly virtual = new VirtualRows(this.list, rowHeight, {
    make: () => this.make(),
    paint: (element, position) => {
      this.paint(element, position);
    },
  });
  private readonly search = el("vscode-textfield", {
    placeholder: "Search columns",
    label: "Search columns",
    on: {
      input: () => {
        this.draw();
      },
      keydown: (event) => {
        if (event.key === "ArrowDown") this.list.focus();
      },
    },
  });
  private columns: readonly ChoosableColumn[] = [];
  private chosen = new Set<string>();
  private lines: readonly Line[] = [];
  private active = 0;

  /**
   * @param opened called when the list opens: columns may have come since
   * @param change called with the columns that are chosen then
   */
  constructor(
    private readonly opened: () => void,
    private readonly change: (chosen: string[]) => void,
  ) {
    this.list.append(this.virtual.body);
    this.element = el(
      "aside",
      {
        class: "chooser",
        id: "column-chooser",
        hidden: true,
        "aria-label": "Columns",
        on: {
          keydown: (event) => {
            if (event.key === "Escape") this.toggle(false);
          },
        },
      },
      this.search,
      this.found,
      this.list,
    );
  }

  toggle(open = this.element.hidden): void {
    this.element.hidden = !open;
    if (!open) return;
    this.opened();
    this.draw();
    void this.search.updateComplete.then(() => {
      this.search.focus();
    });
  }

  show(columns: readonly ChoosableColumn[], chosen: readonly string[]): void {
    const isSame = columns === this.columns;
    this.columns = columns;
    this.chosen = new Set(chosen);
    if (this.element.hidden) return;
    if (isSame) this.virtual.show(this.lines.length);
    else this.draw();
  }

  private draw(): void {
    const words = this.search.value.trim().toLowerCase().split(/\s+/u);
    const found = this.columns.filter(({ id }) => {
      const lower = id.toLowerCase();
      return words.every((word) => lower.includes(word));
    });
    this.lines = (Object.keys(groupTitles) as ChoosableColumn["group"][]).flatMap((group) => {
      const columns = found.filter((column) => column.group === group);
      if (columns.length === 0) return [];
      const heading = `${groupTitles[group]} (${columns.length.toLocaleString()})`;
      return [{ heading }, ...columns.map((column): Line => ({ column }))];
    });
    this.found.textContent =
      found.length === 0
        ? "No column has this in its name."
        : found.length < this.columns.length
          ? `${found.length.toLocaleString()} of ${plural(this.columns.length, "column")}`
          : plural(found.length, "column");
    this.list.scrollTop = 0;
    this.active = this.lines.findIndex((line) => "column" in line);
    this.virtual.show(this.lines.length);
    this.tellActive();
  }

  private make(): HTMLElement {
    const element: HTMLElement = el("div", {
      class: "chooser-line",
      on: {
        click: () => {
          this.toggleAt(Number(element.dataset["position"]));
        },
      },
    });
    element.append(
      icon("check"),
      el("span", { class: "chooser-title" }),
      el("span", { class: "quiet number" }),
    );
    return element;
  }

  private paint(element: HTMLElement, position: number): void {
    const line = this.lines[position];
    const [check, title, count] = element.children;
    if (!line || !check || !title || !count) return;
    element.id = `column-${position}`;
    element.dataset["position"] = String(position);
    element.classList.toggle("heading", "heading" in line);
    element.classList.toggle("active", position === this.active);
    if ("heading" in line) {
      element.setAttribute("role", "presentation");
      element.removeAttribute("aria-checked");
      element.title = "";
      title.textContent = line.heading;
      count.textContent = "";
      check.className = "";
      return;
    }
    const { id, title: text, runs, group } = line.column;
    const isChosen = this.chosen.has(id);
    element.setAttribute("role", "option");
    element.setAttribute("aria-checked", String(isChosen));
    element.dataset["column"] = id;
    element.title = group === "run" ? text : `${id}: ${plural(runs, "run")}`;
    title.textContent = text;
    count.textContent = group === "run" ? "" : runs.toLocaleString();
    check.className = isChosen ? "codicon codicon-check box checked" : "codicon codicon-blank box";
  }

  private toggleAt(position: number): void {
    const line = this.lines[position];
    if (!line || !("column" in line)) return;
    const { id } = line.column;
    if (!this.chosen.delete(id)) this.chosen.add(id);
    this.activate(position);
    this.change([...this.chosen]);
  }

  private activate(position: number): void {
    const before = this.active;
    this.active = position;
    this.virtual.reveal(position);
    this.virtual.repaint(before);
    this.virtual.repaint(position);
    this.tellActive();
  }

  private tellActive(): void {
    this.list.setAttribute("aria-activedescendant", `column-${this.active}`);
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.virtual.page(),
      PageUp: -this.virtual.page(),
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const last = this.lines.length - 1;
      let next = Math.min(last, Math.max(0, this.active + step));
      // Headings are passed over.
      while (this.lines[next] && "heading" in (this.lines[next] ?? {}))
        next += step < 0 && next > 0 ? -1 : 1;
      if (next <= last) this.activate(next);
    } else if (event.key === " " || event.key === "Enter") this.toggleAt(this.active);
    else return;
    event.preventDefault();
  }
}

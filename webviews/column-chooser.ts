import "@vscode-elements/elements/dist/vscode-checkbox/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import type { Column } from "./columns";
import { el } from "./el";

const groupTitles: Record<Column["group"], string> = {
  run: "Run",
  metrics: "Metrics",
  params: "Params",
  tags: "Tags",
};

/** A panel with a checkbox for every column, and a search box to find one among hundreds. */
export class ColumnChooser {
  readonly element: HTMLElement;
  private readonly list = el("div", { class: "chooser-list" });
  private readonly search = el("vscode-textfield", {
    placeholder: "Search columns",
    label: "Search columns",
    on: {
      input: () => {
        this.draw();
      },
    },
  });
  private columns: readonly Column[] = [];
  private chosen = new Set<string>();

  /** @param change called with the chosen columns, in the order of the table */
  constructor(private readonly change: (chosen: string[]) => void) {
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
      this.list,
    );
  }

  toggle(open = this.element.hidden): void {
    this.element.hidden = !open;
    if (!open) return;
    this.draw();
    void this.search.updateComplete.then(() => {
      this.search.focus();
    });
  }

  show(columns: readonly Column[], chosen: readonly string[]): void {
    const known = this.columns.map(({ id }) => id).join();
    this.columns = columns;
    this.chosen = new Set(chosen);
    if (!this.element.hidden && known !== columns.map(({ id }) => id).join()) this.draw();
  }

  private draw(): void {
    const wanted = this.search.value.trim().toLowerCase();
    const found = this.columns.filter(({ id }) => id.toLowerCase().includes(wanted));
    const groups = (Object.keys(groupTitles) as Column["group"][])
      .map((group) => ({ group, columns: found.filter((column) => column.group === group) }))
      .filter(({ columns }) => columns.length > 0);
    this.list.replaceChildren(
      ...groups.map(({ group, columns }) =>
        el(
          "div",
          { role: "group", "aria-label": groupTitles[group] },
          el("h2", {}, groupTitles[group]),
          ...columns.map((column) => this.checkbox(column)),
        ),
      ),
      ...(groups.length === 0
        ? [el("p", { class: "quiet" }, "No column has this in its name.")]
        : []),
    );
  }

  private checkbox({ id, title }: Column): HTMLElement {
    const box = el("vscode-checkbox", { label: title, checked: this.chosen.has(id) });
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(id);
      else this.chosen.delete(id);
      this.change(this.columns.map((column) => column.id).filter((name) => this.chosen.has(name)));
    });
    return box;
  }
}

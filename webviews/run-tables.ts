import { el, icon } from "./el";
import { plural } from "./format";
import { request } from "./host";
import { link, table } from "./parts";
import type { TableView } from "./protocol";

/** The logged tables of a run, each with its first rows on demand. */
export class RunTables {
  /** Previews that are open stay open while the run goes on. */
  private readonly previews = new Map<string, HTMLElement>();

  show(tables: readonly TableView[]): HTMLElement {
    return el(
      "div",
      {},
      ...tables.map((logged) => {
        const id = `${logged.kind}/${logged.name}`;
        const holder = el("div", {}, this.previews.get(id));
        const chevron = icon("chevron-right", "chevron");
        const toggle = link(logged.name, () => {
          void this.toggle(id, logged, holder, toggle);
        });
        toggle.prepend(chevron);
        toggle.setAttribute("aria-expanded", String(this.previews.has(id)));
        return el(
          "div",
          { class: "logged-table" },
          el(
            "div",
            { class: "logged-table-head" },
            toggle,
            el("span", { class: "quiet" }, logged.kind),
            el(
              "span",
              { class: "quiet number" },
              `${plural(logged.rows, "row")} × ${plural(logged.columns.length, "column")}`,
            ),
          ),
          holder,
        );
      }),
    );
  }

  private async toggle(
    id: string,
    { kind, name }: TableView,
    holder: HTMLElement,
    toggle: HTMLElement,
  ): Promise<void> {
    if (this.previews.delete(id)) {
      holder.replaceChildren();
      toggle.setAttribute("aria-expanded", "false");
      return;
    }
    const preview = el("div", { class: "preview", tabindex: 0 });
    try {
      const { columns, rows } = await request("preview-table", { kind, name });
      preview.append(
        table(
          `First rows of ${name}`,
          columns.map((title, i) => ({ title, numeric: isNumeric(rows, i) })),
          rows,
        ),
      );
    } catch (error) {
      preview.append(el("p", { role: "alert" }, error instanceof Error ? error.message : ""));
    }
    this.previews.set(id, preview);
    holder.replaceChildren(preview);
    toggle.setAttribute("aria-expanded", "true");
  }
}

function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  return rows.every((row) => row[column] === "" || Number.isFinite(Number(row[column])));
}

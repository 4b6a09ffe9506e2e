import "@vscode-elements/elements/dist/vscode-button/index.js";
import { el, icon } from "./el";

/** A titled part of a page. */
export function section(title: string, count: number | null, ...content: Node[]): HTMLElement {
  return el(
    "section",
    { class: "part", "aria-label": title },
    el(
      "h2",
      {},
      title,
      count === null ? null : el("span", { class: "count" }, count.toLocaleString()),
    ),
    ...content,
  );
}

/** Names and values, one pair a line. */
export function properties(pairs: readonly { key: string; value: Node | string }[]): HTMLElement {
  return el(
    "dl",
    { class: "properties" },
    ...pairs.flatMap(({ key, value }) => [el("dt", { title: key }, key), el("dd", {}, value)]),
  );
}

export interface TableColumn {
  title: string;
  numeric?: boolean;
}

/** A plain table for a few rows. */
export function table(
  label: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLElement {
  const classOf = (column: number) => (columns[column]?.numeric === true ? "number" : "");
  return el(
    "div",
    { class: "table-scroll" },
    el(
      "table",
      { "aria-label": label },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ...columns.map(({ title }, i) => el("th", { scope: "col", class: classOf(i) }, title)),
        ),
      ),
      el(
        "tbody",
        {},
        ...rows.map((cells) =>
          el("tr", {}, ...cells.map((cell, i) => el("td", { class: classOf(i) }, cell))),
        ),
      ),
    ),
  );
}

/** Something that looks like a link and does something. */
export function link(text: string, action: () => void, title?: string): HTMLElement {
  return el("button", { class: "link", type: "button", title, on: { click: action } }, text);
}

export function button(
  text: string,
  iconName: string,
  action: () => void,
  secondary = false,
): HTMLElement {
  return el("vscode-button", { icon: iconName, secondary, on: { click: action } }, text);
}

/** A small button that is an icon alone, told by its title. */
export function iconButton(
  iconName: string,
  title: string,
  action: () => void,
  isOn = false,
): HTMLElement {
  return el(
    "button",
    {
      class: isOn ? "icon-button on" : "icon-button",
      type: "button",
      title,
      "aria-label": title,
      on: { click: action },
    },
    icon(iconName),
  );
}

/** What to say where there is nothing to show yet. */
export function emptyState(iconName: string, title: string, hint: Node | string): HTMLElement {
  return el(
    "div",
    { class: "empty", role: "status" },
    icon(iconName),
    el("p", { class: "empty-title" }, title),
    el("p", { class: "quiet" }, hint),
  );
}

import "./runs-table.css";
import "@vscode-elements/elements/dist/vscode-button/index.js";
import { ColumnChooser } from "./column-chooser";
import { columnsOf, defaultColumns, type Column } from "./columns";
import { el, page } from "./el";
import { parseFilter } from "./filter";
import { plural } from "./format";
import { Grid } from "./grid";
import { keepState, keptState, listen, order } from "./host";
import { emptyState } from "./parts";
import type { RunsView } from "./protocol";
import { sortRows, type SortOrder } from "./row-order";

let view: RunsView | undefined;
let columns: Column[] = [];
let chosen: string[] | null = null;
let sort: SortOrder = { column: "started", descending: true };

const grid = new Grid("Runs", {
  open: (row) => {
    const runId = view?.runIds[row];
    if (runId !== undefined) order("open-run", { runId });
  },
  sort: (column) => {
    const numeric = columns.find(({ id }) => id === column)?.numeric === true;
    sort =
      sort.column === column
        ? { column, descending: !sort.descending }
        : { column, descending: numeric || column === "started" };
    draw();
  },
});
const chooser = new ColumnChooser((ids) => {
  chosen = ids;
  order("choose-columns", { chosen: ids });
  draw();
});
const filter = el("vscode-textfield", {
  class: "filter",
  placeholder: "Filter, e.g. tree auc > 0.8 status = finished",
  label: "Filter runs",
  on: {
    input: () => {
      draw();
    },
  },
});
const count = el("span", { class: "quiet number", role: "status" });
const problem = el("p", { class: "problem", role: "alert", hidden: true });
const none = el("div", { class: "none", hidden: true });
const chooseColumns = el(
  "vscode-button",
  {
    icon: "list-selection",
    secondary: true,
    "aria-controls": "column-chooser",
    on: {
      click: () => {
        chooser.toggle();
      },
    },
  },
  "Columns",
);

page().classList.add("runs-table");
page().append(
  el("header", { class: "toolbar" }, el("h1", {}, "Runs"), filter, count, chooseColumns),
  problem,
  el(
    "div",
    { class: "stage-area" },
    el("div", { class: "grid-area" }, grid.element, none),
    chooser.element,
  ),
);
const kept = keptState();
if (typeof kept["filter"] === "string") filter.value = kept["filter"];
if (typeof kept["column"] === "string")
  sort = { column: kept["column"], descending: kept["descending"] === true };

listen((message) => {
  if (message.kind === "cannot-show") {
    none.replaceChildren(emptyState("error", "The runs cannot be shown", message.message));
    none.hidden = false;
  }
  if (message.kind !== "show-runs") return;
  view = message.view;
  columns = columnsOf(view);
  chosen ??= view.chosen;
  draw();
});

function draw(): void {
  keepState({ filter: filter.value, ...sort });
  if (!view) return;
  const total = view.runIds.length;
  const shownIds = new Set(chosen ?? defaultColumns(columns, total));
  const shown = columns.filter(({ id }) => shownIds.has(id));
  const byId = new Map(columns.map((column) => [column.id, column]));
  const wanted = parseFilter(filter.value, [...byId.keys()]);
  const rows: number[] = [];
  for (let row = 0; row < total; row++)
    if (wanted.matches((id) => byId.get(id)?.value(row))) rows.push(row);
  const sortColumn = byId.get(sort.column);
  if (sortColumn) sortRows(rows, sortColumn, sort.descending);
  grid.show(shown, rows, sort);
  chooser.show(columns, [...shownIds]);
  count.textContent =
    rows.length === total
      ? plural(total, "run")
      : `${rows.length.toLocaleString()} of ${plural(total, "run")}`;
  problem.textContent = wanted.problem ?? "";
  problem.hidden = wanted.problem === null;
  drawNone(total, rows.length);
}

function drawNone(total: number, found: number): void {
  none.hidden = found > 0;
  if (total === 0)
    none.replaceChildren(
      emptyState(
        "beaker",
        "No runs yet",
        'Start one in a notebook or a script: project.startRun({ experiment: "first" })',
      ),
    );
  else if (found === 0)
    none.replaceChildren(
      emptyState("filter", "No run matches the filter", "Take a word away, or clear the filter."),
    );
}

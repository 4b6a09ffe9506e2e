import "./runs-table.css";
import "@vscode-elements/elements/dist/vscode-button/index.js";
import { ColumnChooser, type ChoosableColumn } from "./column-chooser";
import { columnsOf, defaultColumns, type Column } from "./columns";
import { el, page } from "./el";
import { isProjectFilter, parseFilter } from "./filter";
import { plural } from "./format";
import { Grid } from "./grid";
import { keepState, keptState, listen, order, request } from "./host";
import { button, emptyState } from "./parts";
import type { RunCommand, RunsKey, RunsView } from "./protocol";
import { sortRows, type SortOrder } from "./row-order";

let view: RunsView | undefined;
let columns: Column[] = [];
/** Every metric, param and tag of the project, once it was asked for. */
let keys: readonly RunsKey[] | undefined;
let choosable: readonly ChoosableColumn[] = [];
let chosen: string[] | null = null;
let needed: readonly string[] = [];
let sort: SortOrder = { column: "started", descending: true };
/** The answer to a filter in the project's own language. */
let found: { filter: string; runIds: ReadonlySet<string>; problem: string | null } | undefined;

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
  star: (row) => {
    const runId = view?.runIds[row];
    if (runId === undefined) return;
    const command = view?.starred[row] === 1 ? "unstarRuns" : "starRuns";
    order("run-command", { command, runIds: [runId] });
  },
  select: () => {
    drawSelection();
  },
});
const chooser = new ColumnChooser(
  () => void readKeys(),
  (ids) => {
    chosen = ids;
    readColumns();
    draw();
  },
);
const filter = el("vscode-textfield", {
  class: "filter",
  placeholder: "Filter, e.g. tree auc > 0.8 status = finished",
  label: "Filter runs",
  "aria-describedby": "filter-problem",
  on: {
    input: () => {
      draw();
    },
  },
});
const count = el("span", { class: "quiet number count-of-runs", role: "status" });
const problem = el("p", { class: "problem", id: "filter-problem", role: "alert", hidden: true });
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
const selectedCount = el("span", { class: "number", role: "status" });
const compare = commandButton("Compare", "compare-changes", "compareRuns", false);
const selection = el(
  "div",
  { class: "selection", role: "toolbar", "aria-label": "Selected runs", hidden: true },
  selectedCount,
  compare,
  commandButton("Star", "star-empty", "starRuns"),
  commandButton("Hide", "eye-closed", "hideRuns"),
  commandButton("Delete", "trash", "deleteRuns"),
  button(
    "Clear",
    "clear-all",
    () => {
      grid.selected.clear();
      draw();
    },
    true,
  ),
);

function commandButton(text: string, iconName: string, command: RunCommand, secondary = true) {
  return button(
    text,
    iconName,
    () => {
      order("run-command", { command, runIds: [...grid.selected] });
    },
    secondary,
  );
}

page().classList.add("runs-table");
page().replaceChildren(
  el("header", { class: "toolbar" }, el("h1", {}, "Runs"), filter, count, chooseColumns),
  problem,
  selection,
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
  const isWhole = message.view.total <= message.view.runIds.length;
  const isPlain = filter.value.trim() === "" && sort.column === "started" && sort.descending;
  count.textContent = `reading ${plural(message.view.total, "run")}…`;
  // The first rows of another order, or of a filter, are not known before the others.
  if (!isWhole && !isPlain) return;
  view = message.view;
  columns = columnsOf(view);
  chosen ??= view.chosen;
  found = undefined;
  const known = new Set(view.runIds);
  if (isWhole) for (const id of grid.selected) if (!known.has(id)) grid.selected.delete(id);
  tellChoosable();
  draw();
});

/** Asks for the values of the columns that are shown, filtered or ordered by. */
function readColumns(): void {
  order("choose-columns", { chosen, needed: [...needed] });
}

async function readKeys(): Promise<void> {
  keys = await request("run-keys", null);
  tellChoosable();
  draw();
}

function tellChoosable(): void {
  const own = columns.filter(({ group }) => group === "run");
  const logged: { id: string; runs: number }[] = keys
    ? [...keys]
    : columns.filter(({ group }) => group !== "run").map(({ id }) => ({ id, runs: 0 }));
  choosable = [
    ...own.map(({ id, title, group }) => ({ id, title, group, runs: 0 })),
    ...logged.map(({ id, runs }) => ({
      id,
      title: id.slice(id.indexOf(".") + 1),
      group: id.slice(0, id.indexOf(".")) as ChoosableColumn["group"],
      runs,
    })),
  ];
}

function draw(): void {
  keepState({ filter: filter.value, ...sort });
  if (!view) return;
  const { runIds, total } = view;
  const shownIds = new Set(chosen ?? defaultColumns(columns, runIds.length));
  const shown = columns.filter(({ id }) => shownIds.has(id));
  const { rows, problem: trouble } = matchingRows();
  const sortColumn = columns.find(({ id }) => id === sort.column);
  if (sortColumn) sortRows(rows, sortColumn, sort.descending);
  const { starred, hidden } = view;
  grid.show(shown, rows, sort, {
    id: (row) => runIds[row] ?? "",
    isStarred: (row) => starred[row] === 1,
    menu: (row) => ({
      webviewSection: "run",
      runIds: grid.selected.has(runIds[row] ?? "") ? [...grid.selected] : [runIds[row]],
      runStarred: starred[row] === 1,
      runHidden: hidden[row] === 1,
      preventDefaultContextMenuItems: true,
    }),
  });
  chooser.show(choosable, [...shownIds]);
  if (total > runIds.length)
    count.textContent = `${plural(runIds.length, "run")}, reading ${total.toLocaleString()}…`;
  else
    count.textContent =
      rows.length === runIds.length
        ? plural(runIds.length, "run")
        : `${rows.length.toLocaleString()} of ${plural(runIds.length, "run")}`;
  problem.textContent = trouble ?? "";
  problem.hidden = trouble === null;
  drawSelection();
  drawNone(runIds.length, rows.length);
}

/** Rows that match the filter, which is this table's own or, with MLflow's words, the project's. */
function matchingRows(): { rows: number[]; problem: string | null } {
  const text = filter.value.trim();
  const rows = Array.from(view?.runIds ?? [], (_, row) => row);
  if (text === "") return { rows, problem: null };
  if (isProjectFilter(text)) {
    if (found?.filter !== text) askProject(text);
    const { runIds, problem } = found ?? { runIds: undefined, problem: null };
    if (found?.filter === text && problem !== null) return { rows, problem };
    return {
      rows: rows.filter((row) => runIds?.has(view?.runIds[row] ?? "") ?? true),
      problem: null,
    };
  }
  const byId = new Map(columns.map((column) => [column.id, column]));
  const wanted = parseFilter(text, [...byId.keys(), ...(keys ?? []).map(({ id }) => id)]);
  if (wanted.problem !== null && !keys) void readKeys();
  const missing = wanted.columns.filter((id) => !byId.has(id));
  if (missing.length > 0) {
    if (missing.some((id) => !needed.includes(id))) {
      needed = wanted.columns;
      readColumns();
    }
    return { rows, problem: null };
  }
  return {
    rows: rows.filter((row) => wanted.matches((id) => byId.get(id)?.value(row))),
    problem: wanted.problem !== null && !keys ? null : wanted.problem,
  };
}

let asking: ReturnType<typeof setTimeout> | undefined;

/** Asks the project soon, once the user stops typing. */
function askProject(text: string): void {
  clearTimeout(asking);
  asking = setTimeout(() => {
    request("filter-runs", { filter: text }).then(
      (runIds) => {
        found = { filter: text, runIds: new Set(runIds), problem: null };
        draw();
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        found = { filter: text, runIds: new Set(), problem: message };
        draw();
      },
    );
  }, 200);
}

function drawSelection(): void {
  const { size } = grid.selected;
  selection.hidden = size === 0;
  selectedCount.textContent = `${size.toLocaleString()} selected`;
  compare.toggleAttribute("disabled", size < 2);
  compare.title = size < 2 ? "Select one more run to compare" : "";
}

function drawNone(total: number, shown: number): void {
  none.hidden = shown > 0;
  if (total === 0)
    none.replaceChildren(
      emptyState(
        "beaker",
        "No runs yet",
        'Start one in a notebook or a script: project.startRun({ experiment: "first" })',
      ),
    );
  else if (shown === 0)
    none.replaceChildren(
      emptyState("filter", "No run matches the filter", "Take a word away, or clear the filter."),
    );
}

import { statusBadge } from "./badges";
import { formatDuration, formatNumber, formatTime } from "./format";
import type { RunsColumn, RunsView } from "./protocol";

/** What a cell is compared by; null where the run has none. */
export type CellValue = string | number | null;

/** One column of the runs table. Rows are positions in the view. */
export interface Column {
  /** `name`, `status`, `params.depth`, `metrics.auc` …: the words of the filter as well. */
  id: string;
  title: string;
  group: "run" | "params" | "metrics" | "tags";
  numeric: boolean;
  width: number;
  value(row: number): CellValue;
  cell(row: number): Node | string;
}

/** Every column that the runs have. */
export function columnsOf(view: RunsView): Column[] {
  return [...runColumns(view), ...view.columns.map(loggedColumn)];
}

/** The columns shown to someone who has not chosen any: few params and metrics, the ones that vary. */
export function defaultColumns(columns: readonly Column[], rows: number): string[] {
  const sample = Math.min(rows, 200);
  const varying = (group: Column["group"], most: number) =>
    columns
      .filter((column) => column.group === group)
      .map((column) => {
        const seen = new Set<CellValue>();
        for (let row = 0; row < sample; row++) seen.add(column.value(row));
        return { column, varies: seen.size > 1 };
      })
      .sort((a, b) => Number(b.varies) - Number(a.varies))
      .slice(0, most)
      .map(({ column }) => column.id);
  return [
    "name",
    "status",
    "experiment",
    "started",
    "duration",
    ...varying("metrics", 4),
    ...varying("params", 4),
  ];
}

function runColumns(view: RunsView): Column[] {
  const column = (
    id: string,
    width: number,
    value: (row: number) => CellValue,
    cell: (row: number) => Node | string = (row) => String(value(row) ?? ""),
  ): Column => ({
    id,
    title: id.replace(/^./u, (letter) => letter.toUpperCase()),
    group: "run",
    numeric: id === "duration",
    width,
    value,
    cell,
  });
  const duration = (row: number) => {
    const end = view.endedAt[row] ?? NaN;
    return (Number.isNaN(end) ? Date.now() : end) - (view.startedAt[row] ?? NaN);
  };
  return [
    column("name", 200, (row) => view.names[row] ?? null),
    column(
      "status",
      104,
      (row) => view.statuses[row] ?? null,
      (row) => statusBadge(view.statuses[row] ?? "killed"),
    ),
    column("experiment", 150, (row) => view.experiments[row] ?? null),
    column(
      "started",
      168,
      (row) => view.startedAt[row] ?? null,
      (row) => formatTime(view.startedAt[row] ?? NaN),
    ),
    column("duration", 104, duration, (row) => formatDuration(duration(row))),
  ];
}

function loggedColumn(column: RunsColumn): Column {
  const { id } = column;
  const [group] = id.split(".", 1);
  const title = id.slice(id.indexOf(".") + 1);
  const width = Math.min(220, Math.max(104, title.length * 8 + 44));
  const common = { id, title, group: group as Column["group"], width };
  if (column.kind === "text") {
    const { values } = column;
    return {
      ...common,
      numeric: false,
      value: (row) => values[row] ?? null,
      cell: (row) => values[row] ?? "",
    };
  }
  const value = (row: number) => (column.present[row] === 1 ? (column.values[row] ?? NaN) : null);
  return {
    ...common,
    numeric: true,
    value,
    cell: (row) => {
      const number = value(row);
      return number === null ? "" : formatNumber(number);
    },
  };
}

import { basename } from "node:path";
import type { ColumnImportance, ExplanationReport } from "../explain/explanation-report";
import type { TableScan } from "../store/scan/table-scan";

type Told = Pick<ExplanationReport, "importance" | "outputs" | "unit"> & {
  data: Pick<TableScan, "rows" | "origin">;
};

/** `age adds most: 0.61 log-odds of >50K on average, then hours and education; 1,234 rows of adult.csv.` */
export function explanationSummary({ importance, outputs, unit, data }: Told): string {
  const [first, ...others] = ranked(importance);
  const rows = `${data.rows.toLocaleString("en-US")} ${data.rows === 1 ? "row" : "rows"}${placeOf(data.origin)}`;
  if (!first || first.value === 0) return `No column changes what the model says; ${rows}.`;
  const next = others.filter(({ value }) => value > 0).slice(0, 2);
  const then = next.length === 0 ? "" : `, then ${next.map(({ column }) => column).join(" and ")}`;
  const all = outputs.length > 1 ? ` over ${outputs.length} outputs` : "";
  return `${first.column} adds most: ${Number(first.value.toPrecision(2))} ${unit} on average${all}${then}; ${rows}.`;
}

/** In a word or two, where the rows came from. */
function placeOf(origin: TableScan["origin"]): string {
  if (origin.kind === "file") return ` of ${basename(origin.path)}`;
  return origin.kind === "logged-table" ? ` of logged ${origin.table}` : "";
}

/** The mean over outputs, highest first. */
function ranked(importance: readonly (readonly ColumnImportance[])[]) {
  const [first = []] = importance;
  return first
    .map(({ column }, c) => ({
      column,
      value: importance.reduce((sum, list) => sum + (list[c]?.value ?? 0), 0) / importance.length,
    }))
    .sort((a, b) => b.value - a.value);
}

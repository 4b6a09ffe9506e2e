import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { AssayerError } from "../errors";
import type { LongWork } from "../store/long-work";
import type { Project } from "../project";
import type { ParamValue } from "../store/journal/events";
import { openTableFile, type FileSeries, type TableFile } from "../store/tables/table-file";
import { appendRun, appendSeries, identify, requireSteps, type ForeignRun } from "./foreign-runs";
import { importInto, type ImportReport, type ImportTarget } from "./import-target";

export interface ImportWandbOptions extends LongWork {
  /** Experiment of the runs; default `wandb`. */
  experiment?: string;
  /** Columns of the table of runs that are params; default those that no history has. */
  paramColumns?: readonly string[];
  /** Columns of the table of runs that are metrics, with one value; default those that are numbers, without a history. */
  metricColumns?: readonly string[];
}

type Row = Awaited<ReturnType<TableFile["rows"]>>[number];

interface OpenedFile {
  path: string;
  table: TableFile;
}

interface NamedSeries {
  run: string;
  key: string;
  series: FileSeries;
}

/** Columns that W&B adds to a history or a table of runs, and what they are here. */
const known = new Set([
  "Name",
  "ID",
  "State",
  "Notes",
  "User",
  "Tags",
  "Created",
  "Runtime",
  "Sweep",
  "Group",
  "Job Type",
  "Hostname",
  "Start Time",
  "End Time",
  "Updated",
  "Commit",
  "GitHub",
  "GPU Type",
  "GPU Count",
  "Host",
  "Description",
  "Entity",
  "Project",
  "Username",
]);

const states: Readonly<Record<string, ForeignRun["status"]>> = {
  finished: "finished",
  failed: "failed",
  crashed: "failed",
  killed: "killed",
  running: "killed",
};

function isRunsTable({ columns }: TableFile): boolean {
  return columns.has("Name") && columns.has("State");
}

function isHistory({ columns }: TableFile): boolean {
  return columns.has("_step");
}

function isChart({ columns }: TableFile): boolean {
  const names = [...columns.keys()];
  return (
    /^(Step|_step|global_step|Relative Time.*|Wall Time)$/u.test(names[0] ?? "") &&
    names.some((name) => name.includes(" - "))
  );
}

/** The run a history file is of: its name, or that of the artifact's folder, without what W&B adds. */
function runOfHistory(path: string): string {
  const stem = basename(path).replace(/\.(csv|parquet)(\.gz)?$/iu, "");
  const name = /^\d+$/u.test(stem) ? basename(dirname(path)) : stem;
  return name.replace(/^run-/u, "").replace(/[-_]history(?:[:_-]?v\d+)?$/u, "");
}

async function readHistory(
  path: string,
  table: TableFile,
  target: ImportTarget,
): Promise<NamedSeries[]> {
  await table.groupRuns(undefined);
  const time = table.columns.has("_timestamp") ? { time: "_timestamp" } : {};
  const found: NamedSeries[] = [];
  for (const [key, kind] of table.columns) {
    if (key.startsWith("_") || key === "" || /^Unnamed: \d+$|^column0+$/u.test(key)) continue;
    if (kind !== "number")
      target.leave(
        "history columns that are no numbers",
        "media, tables and text of a history are files elsewhere",
      );
    else {
      const series = await table.series({ value: key, step: "_step", ...time });
      requireSteps("importWandb", "_step", series.steps);
      found.push({ run: runOfHistory(path), key, series });
    }
  }
  return found;
}

/** A chart's export: `Step`, then `<run> - <metric>` for each run, with `__MIN` and `__MAX` where it was sampled. */
async function readChart(table: TableFile, target: ImportTarget): Promise<NamedSeries[]> {
  await table.groupRuns(undefined);
  const [step = ""] = [...table.columns.keys()];
  const found: NamedSeries[] = [];
  for (const [name, kind] of table.columns) {
    const cut = name.lastIndexOf(" - ");
    if (cut < 0 || /__(MIN|MAX)$/u.test(name) || name.endsWith(" - _step")) continue;
    if (kind !== "number") {
      target.leave("chart columns that are no numbers", "a metric has numbers only");
      continue;
    }
    const series = await table.series({ value: name, step });
    requireSteps("importWandb", step, series.steps);
    found.push({ run: name.slice(0, cut), key: name.slice(cut + 3), series });
  }
  return found;
}

function text(cell: Row[string] | undefined): string | null {
  if (cell === null || cell === undefined || cell === "") return null;
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

function timeOf(cell: Row[string] | undefined): number | null {
  if (cell instanceof Date) return cell.getTime();
  const time = typeof cell === "string" ? Date.parse(cell) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** Runtime is in seconds, or as `1h 2m 3s`. */
function milliseconds(cell: Row[string] | undefined): number {
  if (typeof cell === "number") return cell * 1000;
  const units: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
  const parts = [...(text(cell) ?? "").matchAll(/(\d+)\s*([dhms])/gu)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0) * 1000,
    0,
  );
}

/**
 * Brings over what W&B exports as files: the table of runs (CSV), histories (CSV of `run.history()` or
 * `run.scan_history()`, Parquet of a run's history artifact) and charts (CSV). A history is of the run that its
 * file, or the folder of its artifact, is named after: by `Name` or by `ID`. Runs are known again by their
 * experiment and name.
 *
 * W&B's table of runs does not say which of its columns are config and which summary: beside histories, columns
 * that none of them has are params; without a history numbers are metrics. `paramColumns` and `metricColumns` say it.
 *
 * @throws AssayerError "invalid-source" for a file that is none of these, "aborted"
 * @example await importWandb(project, ["runs.csv", "swift-river-3.csv"], { experiment: "segmentation" });
 */
export async function importWandb(
  project: Project,
  files: readonly string[],
  options: ImportWandbOptions = {},
): Promise<ImportReport> {
  if (files.length === 0)
    throw new AssayerError("invalid-argument", "importWandb requires one file or more; got none");
  const opened: OpenedFile[] = [];
  try {
    for (const file of files)
      opened.push({ path: resolve(file), table: await openTableFile(resolve(file)) });
    for (const { path, table } of opened)
      if (!isRunsTable(table) && !isHistory(table) && !isChart(table))
        throw new AssayerError(
          "invalid-source",
          `importWandb requires a table of runs (Name, State), a history (_step) or a chart (Step, <run> - <metric>); got columns ${[...table.columns.keys()].slice(0, 8).join(", ")}: ${path}`,
        );
    return await importInto(project, "importWandb", options, (target) =>
      importFiles(project, target, opened, options),
    );
  } finally {
    for (const { table } of opened) table.close();
  }
}

async function importFiles(
  project: Project,
  target: ImportTarget,
  files: readonly OpenedFile[],
  options: ImportWandbOptions,
): Promise<void> {
  const { experiment = "wandb" } = options;
  const series: NamedSeries[] = [];
  const rows = new Map<string, Row>();
  const columns = new Set<string>();
  for (const [position, { path, table }] of files.entries()) {
    if (isRunsTable(table)) {
      for (const row of await table.rows()) rows.set(text(row.Name) ?? "", row);
      for (const name of table.columns.keys()) columns.add(name);
    } else if (isHistory(table)) series.push(...(await readHistory(path, table, target)));
    else series.push(...(await readChart(table, target)));
    await target.step(`read ${basename(path)}`, (0.5 * (position + 1)) / files.length);
  }
  // A history may be named by the run's id.
  const nameOf = new Map([...rows].map(([name, row]) => [text(row.ID) ?? name, name]));
  for (const each of series) each.run = nameOf.get(each.run) ?? each.run;
  const names = [...new Set([...rows.keys(), ...series.map(({ run }) => run)])];
  const keys = new Set(series.map(({ key }) => key));
  const written = Math.max(...files.map(({ path }) => statSync(path).mtimeMs));
  const starts = new Map<string, number>();
  for (const { run, series: each } of series)
    for (const time of each.timestamps)
      if (!Number.isNaN(time)) starts.set(run, Math.min(starts.get(run) ?? Infinity, time));
  const runs = await identify(
    project,
    names.map((name) => {
      const row = rows.get(name);
      const startedAt =
        timeOf(row?.Created) ?? timeOf(row?.["Start Time"]) ?? starts.get(name) ?? null;
      return { kind: "wandb", experiment, name, startedAt };
    }),
    Math.floor(written),
  );
  const chosen = choose([...columns], keys, options);
  for (const [position, name] of names.entries()) {
    const { id = "", startedAt = 0 } = runs[position] ?? {};
    const own = series.filter(({ run }) => run === name);
    importRun(target, { id, startedAt, experiment, name, row: rows.get(name) ?? {}, own }, chosen);
    await target.step(
      `run ${position + 1} of ${names.length}`,
      0.5 + (0.4 * (position + 1)) / names.length,
    );
  }
}

type Choice = (column: string, value: Row[string]) => "param" | "metric" | "none";

/** What a column of the table of runs is. */
function choose(
  columns: readonly string[],
  keys: ReadonlySet<string>,
  { paramColumns = [], metricColumns = [] }: ImportWandbOptions,
): Choice {
  for (const name of [...paramColumns, ...metricColumns])
    if (!columns.includes(name))
      throw new AssayerError(
        "invalid-argument",
        `unknown column: ${name}; expected one of ${columns.join(", ") || "none, without a table of runs"}`,
      );
  return (column, value) => {
    if (paramColumns.includes(column)) return "param";
    if (metricColumns.includes(column)) return "metric";
    if (known.has(column) || column.startsWith("_") || keys.has(column)) return "none";
    return typeof value === "number" && keys.size === 0 ? "metric" : "param";
  };
}

function importRun(
  target: ImportTarget,
  run: {
    id: string;
    startedAt: number;
    experiment: string;
    name: string;
    row: Row;
    own: readonly NamedSeries[];
  },
  choice: Choice,
): void {
  const { id, startedAt, experiment, name, row, own } = run;
  const params = new Map<string, ParamValue>();
  const single = new Map<string, number>();
  const tags = new Map<string, string>();
  for (const [column, value] of Object.entries(row)) {
    if (value === null || value === "") continue;
    const kind = choice(column, value);
    if (kind === "metric" && typeof value === "number") single.set(column, value);
    else if (kind === "param")
      params.set(column, value instanceof Date ? value.toISOString() : value);
    else if (known.has(column) && !["Name", "Notes", "User"].includes(column))
      tags.set(`wandb.${column.toLowerCase()}`, text(value) ?? "");
  }
  const times = own.flatMap(({ series }) => Array.from(series.timestamps.subarray(-1)));
  const last = Math.max(startedAt, ...times.filter((time) => !Number.isNaN(time)));
  const ran = milliseconds(row.Runtime);
  const state = (text(row.State) ?? "finished").toLowerCase();
  appendRun(target, {
    ...{ id, experiment, name, startedAt },
    status: states[state] ?? "killed",
    endedAt: timeOf(row["End Time"]) ?? (ran > 0 ? startedAt + ran : last),
    user: text(row.User) ?? text(row.Username) ?? "unknown",
    note: text(row.Notes),
    params,
    tags,
  });
  for (const { key, series } of own) appendSeries(target, key, series, [{ id, startedAt }]);
  for (const [key, value] of single)
    target.points(id, key, Float64Array.of(value), Float64Array.of(0), Float64Array.of(startedAt));
}

import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AssayerError } from "../errors";
import type { LongWork } from "../store/long-work";
import type { Project } from "../project";
import { openTableFile, type TableFile } from "../store/tables/table-file";
import type { ParamValue } from "../store/journal/events";
import {
  appendRun,
  appendSeries,
  identify,
  paramOf,
  requireSteps,
  uniqueNames,
} from "./foreign-runs";
import { importInto, type ImportReport, type ImportTarget } from "./import-target";

export interface ImportCsvOptions extends LongWork {
  /** Experiment of the runs. */
  experiment: string;
  /** Column with the name of the run; default `run`, `run_id` or `run_name`, whichever is there first. */
  runColumn?: string;
  /**
   * Column of steps: each row is then one step of a run. Default `step`, `_step`, `epoch` or `iteration` where one of
   * these is there; without one each row is a run.
   */
  stepColumn?: string;
  /** Column of times: dates, or seconds or milliseconds since the epoch; default `timestamp` or `_timestamp`. */
  timeColumn?: string;
  /** Default: text and booleans. */
  paramColumns?: readonly string[];
  /** Default: numbers. */
  metricColumns?: readonly string[];
  /** When the runs began, where the file does not say; default when the file was written. */
  startedAt?: Date;
}

/** What each column of the file is. */
interface Mapping {
  run: string | undefined;
  step: string | undefined;
  time: string | undefined;
  params: string[];
  metrics: string[];
}

const usual = {
  run: ["run", "run_id", "run_name"],
  step: ["step", "_step", "epoch", "iteration"],
  time: ["timestamp", "_timestamp"],
} as const;

function chooseColumns(file: TableFile, options: ImportCsvOptions): Mapping {
  const { runColumn, stepColumn, timeColumn, paramColumns, metricColumns } = options;
  const named = [
    runColumn,
    stepColumn,
    timeColumn,
    ...(paramColumns ?? []),
    ...(metricColumns ?? []),
  ];
  for (const name of named)
    if (name !== undefined && !file.columns.has(name))
      throw new AssayerError(
        "invalid-argument",
        `unknown column: ${name}; expected one of ${[...file.columns.keys()].join(", ")}`,
      );
  const find = (names: readonly string[]) =>
    [...file.columns.keys()].find((column) => names.includes(column.toLowerCase()));
  const run = runColumn ?? find(usual.run);
  const step = stepColumn ?? find(usual.step);
  const time = timeColumn ?? find(usual.time);
  const special = new Set([run, step, time, ...(paramColumns ?? []), ...(metricColumns ?? [])]);
  const rest = [...file.columns].filter(([name]) => !special.has(name));
  const ofKind = (...kinds: string[]) =>
    rest.filter(([, kind]) => kinds.includes(kind)).map(([name]) => name);
  const params = [...(paramColumns ?? ofKind("text", "boolean"))];
  const metrics = [...(metricColumns ?? ofKind("number"))];
  const wrong = metrics.find((name) => file.columns.get(name) !== "number");
  if (wrong !== undefined)
    throw new AssayerError(
      "invalid-source",
      `importCsv requires numbers in metricColumns; got ${file.columns.get(wrong) ?? ""} in ${wrong}`,
    );
  return { run, step, time, params, metrics };
}

/**
 * Brings runs out of a CSV or Parquet file: a row for each run, or a row for each step of a run. Without options,
 * numbers become metrics, text and booleans params. Runs are known again by their experiment and name, so that a file
 * that has grown adds only what is new.
 *
 * @throws AssayerError "invalid-source" for a file that cannot be read or steps that are not whole numbers,
 * "invalid-argument" for a column that is not there, "aborted"
 * @example await importCsv(project, "sweep.csv", { experiment: "sweep", paramColumns: ["lr"] });
 */
export async function importCsv(
  project: Project,
  file: string,
  options: ImportCsvOptions,
): Promise<ImportReport> {
  const path = resolve(file);
  const table = await openTableFile(path);
  try {
    const mapping = chooseColumns(table, options);
    return await importInto(project, "importCsv", options, (target) =>
      importTable(project, target, { table, mapping, path, options }),
    );
  } finally {
    table.close();
  }
}

interface Work {
  table: TableFile;
  mapping: Mapping;
  path: string;
  options: ImportCsvOptions;
}

async function importTable(project: Project, target: ImportTarget, work: Work): Promise<void> {
  const { table, mapping, path, options } = work;
  const { experiment, startedAt } = options;
  const written = (startedAt ?? statSync(path).mtime).getTime();
  const stem = basename(path).replace(/\.(csv|parquet)(\.gz)?$/iu, "");
  const kept = new Set([
    mapping.run,
    mapping.step,
    mapping.time,
    ...mapping.params,
    ...mapping.metrics,
  ]);
  for (const name of table.columns.keys())
    if (!kept.has(name))
      target.leave(
        "columns that are neither params nor metrics",
        "name them in paramColumns or metricColumns",
      );
  const perStep = mapping.step !== undefined;
  const names = uniqueNames(await table.groupRuns(mapping.run, !perStep), stem);
  const wanted = names.map((name) => ({ kind: "csv", experiment, name, startedAt: null }));
  const runs = await identify(project, wanted, written);
  const params: Awaited<ReturnType<TableFile["onlyValues"]>>[] = [];
  for (const column of mapping.params) params.push(await table.onlyValues(column));
  const kinds = mapping.params.map((column) => table.columns.get(column) ?? "text");
  for (const [position, name] of names.entries()) {
    const { id = "", startedAt = written } = runs[position] ?? {};
    const own = new Map<string, ParamValue>();
    for (const [p, column] of mapping.params.entries()) {
      const value = params[p]?.[position];
      if (value === undefined)
        target.leave("params with several values in a run", "name the column in metricColumns");
      else if (value !== null) own.set(column, paramOf(value, kinds[p]));
    }
    appendRun(target, {
      ...{
        id,
        experiment,
        name,
        startedAt,
        endedAt: startedAt,
        status: "finished",
        user: "unknown",
      },
      params: own,
      tags: new Map([["import.file", basename(path)]]),
      note: null,
    });
  }
  for (const [position, column] of mapping.metrics.entries()) {
    const { step, time } = mapping;
    const series = await table.series({
      value: column,
      ...(step && { step }),
      ...(time && { time }),
    });
    requireSteps("importCsv", step, series.steps);
    appendSeries(target, column, series, runs);
    await target.step(`metric ${column}`, (0.85 * (position + 1)) / mapping.metrics.length);
  }
}
